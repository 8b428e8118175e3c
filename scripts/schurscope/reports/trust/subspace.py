"""The page on what predicts an effect: its question, its columns a network and sector, its answer in words."""

import numpy as np

from schurscope.reports.trust import explanation
from schurscope.reports.trust.explanation import ACTIVITY, ALIKE, FEWEST_CELLS, POOLED, SIZE

QUESTION = "Does the subspace that a task uses explain what may go?"
COLUMNS = {"activity_weighted_mass": lambda d: d["activity_mass"]}


def numbers(datasets, table, alpha):
    """explanation.correlations of the solved networks."""
    return explanation.correlations(explanation.predictors(datasets), int(datasets[0].attrs["resamples"]))


def answer(rows, alpha) -> str:
    main = POOLED if (rows["task"] == POOLED).any() else rows["task"].iloc[-1]
    found = rows[rows["task"] == main].set_index(["quantity", "predictor"])
    n, cells = (int(found[name].iloc[0]) for name in ("n", "cells"))
    networks = f"{n} solved networks of {cells} cells (task, width, construction)"
    if found.loc[[("rho", SIZE), ("rho", ACTIVITY)], "rho"].isna().any():
        return f"Not decidable at α = {alpha:g}: among {networks} too little can be ranked."

    def said(*key):
        rho, low, high = found.loc[key, ["rho", "low", "high"]]
        return short(rho) + ("" if np.isnan(low) else f" [{short(low)}, {short(high)}]")

    words = [
        f"Over {networks}, at α = {alpha:g}, the share of the recurrent drive that a coupling carries on the task's own"
        f" activity ranks what its removal costs with ρ = {said('rho', ACTIVITY)}, its Frobenius mass with ρ ="
        f" {said('rho', SIZE)} (Spearman; in brackets 95 %, bootstrap of networks within cells). The paired difference"
        f" is {said('difference', ACTIVITY)}: {_which(found.loc[('difference', ACTIVITY)])}. Partial correlations:"
        f" activity given size {said('partial', ACTIVITY)}, size given activity {said('partial', SIZE)}."
    ]
    tasks = rows[(rows["task"] != POOLED) & (rows["quantity"] == "difference")]
    few = tasks[tasks["cells"] < FEWEST_CELLS]
    enough = tasks[tasks["cells"] >= FEWEST_CELLS]
    words += [
        f"In {row['task']} alone ({row['n']} networks) the difference is {short(row['rho'])} [{short(row['low'])},"
        f" {short(row['high'])}]: {_which(row)}."
        for row in enough.to_dict("records")
    ]
    if len(few):
        counts = ", ".join(f"{row['task']} {row['cells']}" for row in few.to_dict("records"))
        words.append(f"Not decidable for a task alone, which takes {FEWEST_CELLS} cells: {counts}.")
    alike = rows[(rows["quantity"] == "alike") & (rows["task"] != POOLED) & (rows["rho"] >= ALIKE)]
    if len(alike):
        counts = ", ".join(f"{row['task']} (ρ = {row['rho']:.2f})" for row in alike.to_dict("records"))
        words.append(f"Where the two masses rank alike, networks cannot tell them apart: {counts}.")
    overlaps = found.loc["rho"].filter(like=" side in ", axis=0)
    if overlaps["rho"].notna().any():
        best = overlaps["rho"].abs().idxmax()
        words.append(f"The overlap with the largest ρ is that of the {best}, {said('rho', best)}.")
    return " ".join(words)


def short(value: float) -> str:
    return "not defined" if np.isnan(value) else f"{value:.2f}".replace("-", "−")


def _which(difference) -> str:
    """What an interval of activity minus size says."""
    if np.isnan(difference["low"]):
        return "not decidable, too few networks for an interval"
    if difference["low"] > 0:
        return "activity ranks effects better"
    return "size ranks effects better" if difference["high"] < 0 else "not decidable which ranks effects better"
