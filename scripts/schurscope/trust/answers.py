"""The answers of the diagnostics in words, made from their numbers."""

import numpy as np
import pandas as pd

from schurscope.ablation import LEAST_MASS
from schurscope.figures.style import init_name
from schurscope.trust import explanation
from schurscope.trust.verdicts import SMALL, count, depends_on_order, share

HIGH = 97.5  # percentile above which a sector costs more than chance
ROUNDING = 1e-10


def answers(datasets: dict, table: pd.DataFrame, found: pd.DataFrame) -> dict[str, str]:
    """Diagnostic -> its answer in a few sentences; ``table``: per_network, ``found``: verdicts."""
    if table is not None and table.empty:
        return dict.fromkeys(datasets, "No network has a Schur form, so there is nothing to say.")
    return {name: ANSWERS[name](own, table, found) for name, own in datasets.items()}


def _order(datasets, table, found) -> str:
    change = table["cr_change"].max()
    if np.isnan(change):
        return "No blocks could be re-ordered: LAPACK cannot swap them, and nothing is known."
    if change <= ROUNDING:
        first = "−CR does not depend on the order of blocks: in all networks and orders W without it changes by at most"
    else:
        first = "The numerics have failed: −CR cannot depend on the order of blocks, but W without CR changes by up to"
    moved = {sector: depends_on_order(part) for sector, part in table.groupby("sector")}
    last = (
        ": there, it belongs to the order by modulus as much as to the sector"
        if moved["RR"].any() or moved["CC"].any()
        else ""
    )
    return (
        f"{first} {change:.0e} of its norm. The effect of −RR moves by more than a quarter of itself (and by more than"
        f" {SMALL:g}) in {share(moved['RR'])} networks, that of −CC in {share(moved['CC'])}{last}."
    )


def _cut(datasets, table, found) -> str:
    one, words = table[table["sector"] == "RR"], []
    for task, part in one.groupby("task", sort=False):
        span = f"{part['n_R'].min():.0f} to {part['n_R'].max():.0f}"
        words.append(f"{task} {share(part['moves'] == 1)} (n_R {span})")
    last = " Where it does, R and C are not two groups of modes but a line drawn through one."
    return (
        f"n_R would change with α ± {datasets[0].attrs['near']:g} in {share(one['moves'] == 1)} networks:"
        f" {', '.join(words)}.{last if (one['moves'] == 1).any() else ''}"
    )


def _controls(datasets, table, found) -> str:
    words = []
    for sector, part in table[table["mass"] >= LEAST_MASS].groupby("sector", sort=False):
        above = ", ".join(str(int(np.sum((part[name] >= HIGH) & (part["effect"] > SMALL)))) for name in PERCENTILES)
        words.append(f"−{sector} {above} of {len(part)}")
    if not words:
        return "Every sector is empty: there is nothing to compare."
    return (
        f"Networks that lose something with the sector, and more than with at least {HIGH:g} % of"
        f" {datasets[0].sizes['draw']} random changes of the same norm (random entries of N, directions in T,"
        f" directions within the sector): {'; '.join(words)}."
    )


def _dose(datasets, table, found) -> str:
    words = []
    for sector, part in table.groupby("sector", sort=False):
        enough = part["whole"].to_numpy() > SMALL
        if enough.any():
            half = np.median((part["half"] / part["whole"]).to_numpy()[enough])
            words.append(f"−{sector} {half:.0%} (n = {int(enough.sum())})")
    if not words:
        return "No network loses anything with a sector."
    return (
        "Removing half of a coupling costs so much of what removing the whole costs (median over networks that lose"
        f" something): {', '.join(words)}. 50 % would be proportional; less means that a little can go without harm."
    )


def _stabilizers(datasets, table, found) -> str:
    attributes = datasets[0].attrs
    rows = [row for row in found.to_dict("records") if count(row["candidate"]) > 0]
    words = [
        f"−{r['sector']} in {r['task']}, N = {r['width']}, {init_name(r['init'])} ({r['candidate']})" for r in rows
    ]
    return (
        "Candidate approximate functional invariances, as the paper defines them (discrepancy at most"
        f" {attributes['epsilon']:g}, removed mass at least {attributes['mass']:g}): {'; '.join(words) or 'none'}."
    )


def _subspace(datasets, table, found) -> str:
    correlations = explanation.correlations(explanation.predictors(datasets), int(datasets[0].attrs["resamples"]))
    whole = correlations[correlations["task"] == correlations["task"].iloc[-1]] if len(correlations) else correlations
    whole = whole.set_index("predictor")
    names = ["Frobenius mass", "activity-weighted mass"]
    if whole.empty or whole["rho"][names].isna().any():
        return "There are too few networks with something to remove, or too equal ones, to rank effects by anything."

    def said(name):
        rho, low, high = whole.loc[name, ["rho", "low", "high"]]
        return f"ρ = {rho:.2f}" + ("" if np.isnan(low) else f" [{low:.2f}, {high:.2f}]")

    size, activity = (whole.loc[name] for name in names)
    better = "better than" if activity["low"] > size["rho"] and activity["rho"] > size["high"] else "about as well as"
    better = "worse than" if activity["high"] < size["rho"] and activity["rho"] < size["low"] else better
    overlaps = whole["rho"][[name for name in whole.index if " side in " in name]].abs()
    best = f" The overlap with the largest ρ is that of the {overlaps.idxmax()} ({said(overlaps.idxmax())})."
    intervals = "too few networks for intervals" if np.isnan(size["low"]) else "95 % intervals over networks"
    shares = [max(one["rho"], 0.0) ** 2 for one in (activity, size)]
    return (
        f"Over {int(size['n'])} networks, how much of the recurrent drive a coupling carries on the task's own activity"
        f" ranks what its removal costs {better} its Frobenius mass ({said(names[1])} against {said(names[0])};"
        f" Spearman, {intervals}).{best if overlaps.notna().any() else ''} So activity accounts for {shares[0]:.0%} of"
        f" the variance of ranks and size alone for {shares[1]:.0%}: what is left is what the subspace explanation does"
        " not account for."
    )


def _decoder(datasets, table, found) -> str:
    words = []
    for sector, part in table.groupby("sector", sort=False):
        back = part["recovered"].dropna().clip(0, 1)
        if len(back):
            words.append(f"−{sector} {np.median(back):.0%} (n = {len(back)})")
    if not words:
        return "No network loses anything with a sector, so there is nothing to bring back."
    return (
        "A new readout, fitted to the ablated network, brings back so much of the loss (median over networks that lose"
        f" something): {', '.join(words)}. What comes back was only moved out of the old readout's sight; the rest was"
        " not found by a linear readout."
    )


def _nonnormality(datasets, table, found) -> str:
    words = []
    for dataset in datasets:
        for init in dataset["init"].values:
            values = dataset["henrici"].sel(init=init).values
            if np.isfinite(values).any():
                span = f"{np.nanmin(values):.2g} to {np.nanmax(values):.2g}"
                words.append(f"{dataset['task'].item()}, {init_name(init)} {span}")
    return f"Henrici's departure over the norm of W (0 for a normal matrix, at most 1): {'; '.join(words) or 'none'}."


ANSWERS = {
    "order": _order,
    "cut": _cut,
    "controls": _controls,
    "dose": _dose,
    "stabilizers": _stabilizers,
    "subspace": _subspace,
    "decoder": _decoder,
    "nonnormality": _nonnormality,
}
PERCENTILES = ("percentile_of_entries", "percentile", "percentile_in_sector")
