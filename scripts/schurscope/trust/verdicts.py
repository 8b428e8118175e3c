"""Can this profile be trusted? The diagnostics of all networks in one table, and a verdict on every sector."""

import numpy as np
import pandas as pd

from schurscope.ablation import LEAST_MASS
from schurscope.schur import SECTORS

NETWORK = ("task", "width", "init", "seed", "solved")
SMALL = 0.01  # an effect (lost accuracy or ΔFVU) below this is no loss
DEPENDS = 0.25  # a range over orders above this share of the effect, and above SMALL, is a dependence
ANYWHERE = "direction in T"


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
        "mass": lambda d: d["removed_mass"],
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
        "half": lambda d: np.interp(0.5, d["dose"].values, d["effect"].values),
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
    if not rows:
        return pd.DataFrame(columns=[*NETWORK, "sector"])
    return table.rename(columns={"effect": "effect_of_order", "mass": "mass_of_order"}) if name == "order" else table


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """One row a (task, width, construction, sector): numbers over its networks, and a verdict in words.

    What was not measured is empty. Effects are those of networks whose sector holds something.
    """
    rows = []
    for key, part in table.groupby(["task", "width", "init", "sector"], sort=False):
        row = dict(zip(("task", "width", "init", "sector"), key, strict=True)) | {"n": len(part)}
        row["solved"] = share(part["solved"] == 1)
        row["effect"] = _mean(effects(part))
        there = masses(part)[~(masses(part) < LEAST_MASS)]
        row["mass"] = _median(there) if len(there) else 0.0
        row["range over orders"] = _median(_column(part, "range"))
        row["depends on order"] = share(depends_on_order(part)) if "range" in part else ""
        row["cut moves"] = share(part["moves"] == 1) if "moves" in part else ""
        row["percentile"] = _median(_column(part, "percentile"))
        row["candidate"] = share(part["candidate"] == 1) if "candidate" in part else ""
        row["back with new readout"] = _median(_column(part, "recovered"))
        rows.append(row | {"verdict": _verdict(row, effects(part))})
    return pd.DataFrame(rows)


def effects(part: pd.DataFrame) -> np.ndarray:
    """The effect in each network; NaN where the sector is empty."""
    found = _column(part, "effect", _column(part, "effect_of_order"))
    return np.where(masses(part) < LEAST_MASS, np.nan, found)


def masses(part: pd.DataFrame) -> np.ndarray:
    return _column(part, "mass", _column(part, "mass_of_order"))


def depends_on_order(part: pd.DataFrame) -> np.ndarray:
    """Whether a network's effect moves with the order by more than a quarter of itself (and by more than nothing)."""
    spread, effect = _column(part, "range"), np.abs(_column(part, "effect_of_order"))
    return spread > np.maximum(DEPENDS * effect, SMALL)


def _verdict(row: dict, found: np.ndarray) -> str:
    """``found``: the effect in each network; what holds in more than half of those with something to remove."""
    there = found[np.isfinite(found)]
    if not len(there):
        return "empty: nothing is removed"
    half = len(there) / 2
    kinds = {"needed": there > SMALL, "may go": np.abs(there) <= SMALL, "better without": there < -SMALL}
    kind = next((kind for kind, holds in kinds.items() if np.sum(holds) > half), "networks differ")
    most = kinds.get(kind, np.ones(1, dtype=bool))
    words = [kind if most.all() else f"{kind} in {share(most)}"]
    if kind == "may go" and count(row["candidate"]) > half:
        words.append("a candidate invariance")
    if kind == "needed" and row["percentile"] < 50:
        words.append("but less than most random changes of its size")
    if count(row["depends on order"]) > half:
        words.append("depends on the order")
    if count(row["cut moves"]) > half:
        words.append("the cut is fragile")
    return "; ".join(words)


def _column(part: pd.DataFrame, name: str, otherwise=np.nan) -> np.ndarray:
    return part[name].to_numpy(dtype=float) if name in part else np.broadcast_to(otherwise, len(part))


def _mean(values) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def _median(values) -> float:
    return float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan


def share(holds) -> str:
    """ "k of n"."""
    return f"{int(np.sum(holds))} of {len(holds)}"


def count(of: str) -> int:
    """k of "k of n"."""
    return int(of.split()[0]) if of else 0
