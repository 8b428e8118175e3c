"""Can this profile be trusted? The diagnostics of all networks in one table, and the answers in words made from it."""

import numpy as np
import pandas as pd

from schurscope import explanation
from schurscope.ablation import LEAST_MASS
from schurscope.figures.style import init_name
from schurscope.schur import SECTORS

NETWORK = ("task", "width", "init", "seed")
SMALL = 0.01  # an effect (lost accuracy or ΔFVU) below this is no loss
DEPENDS = 0.25  # a range over orders above this share of the effect, and above SMALL, is a dependence
HIGH, LOW = 97.5, 2.5  # percentiles
ROUNDING = 1e-10
ANYWHERE = "direction in T"
LEVEL = 0.05  # difference of two rank correlations that is one


def per_network(datasets: dict, alpha: float) -> pd.DataFrame:
    """One row a (network, sector) with a Schur form: what each diagnostic that is there says at ``alpha``.

    ``datasets``: diagnostic -> its datasets, one a task.
    """
    tables = [_frame(found, name, alpha) for name, found in datasets.items() if name in COLUMNS]
    whole = tables[0]
    for table in tables[1:]:
        whole = whole.merge(table, on=[*NETWORK, "sector"], how="left")
    return whole


COLUMNS = {  # diagnostic -> column -> what it is in the diagnostic's dataset of one network and sector
    "order": {
        "effect": lambda d: d["effect"],
        "range": lambda d: d["reordered_effect"].max() - d["reordered_effect"].min(),
        "cr_change": lambda d: d["cr_change"].max(),
    },
    "cut": {"n_R": lambda d: d["n_R"], "moves": lambda d: d["moves"]},
    "controls": {
        "effect": lambda d: d["effect"],
        "mass": lambda d: d["removed_mass"],
        "percentile": lambda d: d["percentile"].sel(control=ANYWHERE),
        "percentile_in_sector": lambda d: d["percentile"].isel(control=2),
        "percentile_of_entries": lambda d: d["percentile"].isel(control=0),
    },
    "dose": {
        "whole": lambda d: d["effect"].isel(dose=-1),
        "half": lambda d: d["effect"].sel(dose=0.5, method="nearest"),
        "slope": lambda d: d["slope"],
    },
    "stabilizers": {
        "discrepancy": lambda d: d["discrepancy"],
        "candidate": lambda d: d["candidate"],
    },
    "decoder": {"recovered": lambda d: d["recovered"], "lost": lambda d: d["lost"]},
}


def _frame(datasets, name: str, alpha: float) -> pd.DataFrame:
    rows = []
    for dataset in datasets:
        at = dataset.sel(alpha=alpha, method="nearest", tolerance=1e-9) if "alpha" in dataset.dims else dataset
        for place in np.ndindex(*(at.sizes[dim] for dim in ("width", "init", "seed"))):
            one = at.isel(dict(zip(("width", "init", "seed"), place, strict=True)))
            if one["status"] != "ok":
                continue
            key = {part: one[part].item() for part in NETWORK}
            for sector in SECTORS:
                dim = next((dim for dim in ("sector", "removed") if dim in one.dims), None)
                own = one if dim is None else one.sel({dim: sector})
                values = {column: float(value(own)) for column, value in COLUMNS[name].items()}
                rows.append(key | {"sector": sector} | values)
    table = pd.DataFrame(rows)
    return table if name == "controls" or "effect" not in table else table.rename(columns={"effect": "effect_of_order"})


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """One row a (task, width, construction, sector): numbers over its networks, and a verdict in words."""
    rows = []
    for key, part in table.groupby(["task", "width", "init", "sector"], sort=False):
        effect = _column(part, "effect", _column(part, "effect_of_order"))
        row = dict(zip(("task", "width", "init", "sector"), key, strict=True)) | {"n": len(part)}
        row["effect"] = float(np.nanmean(effect)) if np.isfinite(effect).any() else np.nan
        row["mass"] = _median(_column(part, "mass"))
        row["range over orders"] = _median(_column(part, "range"))
        row["depends on order"] = _share(depends_on_order(part))
        row["cut moves"] = _share(_column(part, "moves") == 1)
        row["percentile"] = _median(_column(part, "percentile"))
        row["candidate"] = _share(_column(part, "candidate") == 1)
        row["back with new readout"] = _median(_column(part, "recovered"))
        rows.append(row | {"verdict": _verdict(row, part)})
    return pd.DataFrame(rows)


def depends_on_order(part: pd.DataFrame) -> np.ndarray:
    """Whether a network's effect moves with the order by more than a quarter of itself (and by more than nothing)."""
    spread, effect = _column(part, "range"), np.abs(_column(part, "effect_of_order"))
    return spread > np.maximum(DEPENDS * effect, SMALL)


def _verdict(row: dict, part: pd.DataFrame) -> str:
    half = len(part) / 2
    if np.isnan(row["effect"]):
        return "not measured"
    if row["mass"] < LEAST_MASS:
        return "empty: nothing is removed"
    if row["effect"] < -SMALL:
        words = ["better without"]
    elif row["effect"] <= SMALL:
        words = ["may go" + (", a candidate invariance" if _count(row["candidate"]) > half else "")]
    else:
        words = ["needed"]
        if row["percentile"] < 50:
            words.append("but less than most random changes of its size")
    if _count(row["depends on order"]) >= max(half, 1):
        words.append("depends on the order")
    if _count(row["cut moves"]) >= max(half, 1):
        words.append("the cut is fragile")
    return "; ".join(words)


def answers(datasets: dict, table: pd.DataFrame, found: pd.DataFrame) -> dict[str, str]:
    """Diagnostic -> its answer in a few sentences; ``table``: per_network, ``found``: verdicts."""
    return {name: ANSWERS[name](own, table, found) for name, own in datasets.items()}


def _order(datasets, table, found) -> str:
    change = table["cr_change"].max()
    failed = "" if change <= ROUNDING else " (more than rounding explains: the numerics have failed)"
    moved = {sector: _share(depends_on_order(part)) for sector, part in table.groupby("sector")}
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
        words.append(f"{task} {_share((part['moves'] == 1).to_numpy())} (n_R {span})")
    return (
        f"n_R would change with α ± {datasets[0].attrs['near']:g} in {_share((one['moves'] == 1).to_numpy())} networks:"
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
            share = np.median((part["half"] / part["whole"]).to_numpy()[enough])
            words.append(f"−{sector} {share:.0%} (n = {int(enough.sum())})")
    return (
        "Removing half of a coupling costs so much of what removing the whole costs (median over networks that lose"
        f" something): {', '.join(words) or 'no network loses anything'}. 50 % would be proportional; less means that a"
        " little can go without harm."
    )


def _stabilizers(datasets, table, found) -> str:
    attributes = datasets[0].attrs
    rows = [row for row in found.to_dict("records") if _count(row["candidate"]) > 0]
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


def _column(part: pd.DataFrame, name: str, otherwise=np.nan) -> np.ndarray:
    return part[name].to_numpy(dtype=float) if name in part else np.broadcast_to(otherwise, len(part))


def _median(values) -> float:
    return float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan


def _share(holds) -> str:
    return f"{int(np.sum(holds))} of {len(holds)}"


def _count(share: str) -> int:
    return int(share.split()[0])
