"""The answers of the diagnostics in words, made from their numbers."""

import numpy as np
import pandas as pd

from schurscope import explanation
from schurscope.ablation import LEAST_MASS
from schurscope.figures.style import init_name
from schurscope.trust import SMALL, count, depends_on_order, share

HIGH = 97.5  # percentile above which a sector costs more than chance
LEVEL = 0.05  # difference of two rank correlations that is one
ROUNDING = 1e-10


def answers(datasets: dict, table: pd.DataFrame, found: pd.DataFrame) -> dict[str, str]:
    """Diagnostic -> its answer in a few sentences; ``table``: per_network, ``found``: verdicts."""
    return {name: ANSWERS[name](own, table, found) for name, own in datasets.items()}


def _order(datasets, table, found) -> str:
    change = table["cr_change"].max()
    failed = "" if change <= ROUNDING else " (more than rounding explains: the numerics have failed)"
    moved = {sector: share(depends_on_order(part)) for sector, part in table.groupby("sector")}
    return (
        "−CR does not depend on the order of blocks: over all networks and orders, W without CR changes by at most"
        f" {change:.0e} of its norm{failed}. The effect of −RR moves by more than a quarter of itself in"
        f" {moved['RR']} networks, that of −CC in {moved['CC']}: there, it belongs to the order by modulus as much as"
        " to the sector."
    )


def _cut(datasets, table, found) -> str:
    one, words = table[table["sector"] == "RR"], []
    for task, part in one.groupby("task", sort=False):
        span = f"{part['n_R'].min():.0f} to {part['n_R'].max():.0f}"
        words.append(f"{task} {share((part['moves'] == 1).to_numpy())} (n_R {span})")
    return (
        f"n_R would change with α ± {datasets[0].attrs['near']:g} in {share((one['moves'] == 1).to_numpy())} networks:"
        f" {', '.join(words)}. Where it does, R and C are not two groups of modes but a line drawn through one."
    )


def _controls(datasets, table, found) -> str:
    words = []
    for sector, part in table[table["mass"] >= LEAST_MASS].groupby("sector", sort=False):
        above = ", ".join(str(int(np.sum(part[name] >= HIGH))) for name in PERCENTILES)
        words.append(f"−{sector} {above} of {len(part)}")
    return (
        f"Networks in which removing the sector costs more than {HIGH:g} % of random changes of the same norm (random"
        f" entries of N, directions in T, directions within the sector): {'; '.join(words)}."
    )


def _dose(datasets, table, found) -> str:
    words = []
    for sector, part in table.groupby("sector", sort=False):
        enough = part["whole"].to_numpy() > SMALL
        if enough.any():
            half = np.median((part["half"] / part["whole"]).to_numpy()[enough])
            words.append(f"−{sector} {half:.0%} (n = {int(enough.sum())})")
    return (
        "Removing half of a coupling costs so much of what removing the whole costs (median over networks that lose"
        f" something): {', '.join(words) or 'no network loses anything'}. 50 % would be proportional; less means that a"
        " little can go without harm."
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
    whole = correlations[correlations["task"] == correlations["task"].iloc[-1]].set_index("predictor")

    def said(name):
        rho, low, high = whole.loc[name, ["rho", "low", "high"]]
        return f"ρ = {rho:.2f}" + ("" if np.isnan(low) else f" [{low:.2f}, {high:.2f}]")

    overlaps = whole["rho"][[name for name in whole.index if " side in " in name]].abs()
    best = overlaps.idxmax() if overlaps.notna().any() else overlaps.index[0]
    size, activity = whole.loc["Frobenius mass", "rho"], whole.loc["activity-weighted mass", "rho"]
    better = "better than" if activity > size + LEVEL else "worse than" if activity < size - LEVEL else "as well as"
    return (
        f"Over {int(whole['n'].iloc[0])} networks, how much of the recurrent drive a coupling carries on the task's own"
        f" activity ranks what its removal costs {better} its Frobenius mass ({said('activity-weighted mass')} against"
        f" {said('Frobenius mass')}; Spearman, 95 % intervals over networks). The overlap that ranks it best is that of"
        f" the {best} ({said(best)}). So activity accounts for {activity**2:.0%} of the variance of ranks and size"
        f" alone for {size**2:.0%}: what is left is what the subspace explanation does not account for."
    )


def _decoder(datasets, table, found) -> str:
    words = []
    for sector, part in table.groupby("sector", sort=False):
        back = part["recovered"].dropna()
        if len(back):
            words.append(f"−{sector} {np.median(back):.0%} (n = {len(back)})")
    return (
        "A new readout brings back so much of the loss (median over networks that lose something):"
        f" {', '.join(words) or 'no network loses anything'}. What comes back was only moved out of the old readout's"
        " sight; the rest is gone from any linear readout."
    )


def _nonnormality(datasets, table, found) -> str:
    words = []
    for dataset in datasets:
        for init in dataset["init"].values:
            values = dataset["henrici"].sel(init=init).values
            if np.isfinite(values).any():
                span = f"{np.nanmin(values):.2g} to {np.nanmax(values):.2g}"
                words.append(f"{dataset['task'].item()}, {init_name(init)} {span}")
    return f"Henrici's departure over the norm of W (0 for a normal matrix, at most 1): {'; '.join(words)}."


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
