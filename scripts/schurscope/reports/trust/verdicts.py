"""A verdict on every sector: numbers over the networks of a task, width and construction, and words."""

import numpy as np
import pandas as pd

from schurscope.analyses.ablation import LEAST_MASS
from schurscope.reports.trust.shares import SMALL, column, count, depends_on_order, share


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
        row["range over orders"] = _median(column(part, "range"))
        row["depends on order"] = share(depends_on_order(part)) if "range" in part else ""
        row["cut moves"] = share(part["moves"] == 1) if "moves" in part else ""
        row["percentile"] = _median(column(part, "percentile"))
        row["candidate"] = share(part["candidate"] == 1) if "candidate" in part else ""
        row["back with new readout"] = _median(column(part, "recovered"))
        rows.append(row | {"verdict": _verdict(row, effects(part))})
    return pd.DataFrame(rows)


def effects(part: pd.DataFrame) -> np.ndarray:
    """The effect in each network; NaN where the sector is empty."""
    found = column(part, "effect", column(part, "effect_of_order"))
    return np.where(masses(part) < LEAST_MASS, np.nan, found)


def masses(part: pd.DataFrame) -> np.ndarray:
    return column(part, "mass", column(part, "mass_of_order"))


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


def _mean(values) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def _median(values) -> float:
    return float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan
