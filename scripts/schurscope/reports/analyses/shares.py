"""What counts as an effect, and how counts and spreads are written."""

import numpy as np
import pandas as pd

BY_TASK = " By task: "  # how the last part of an answer begins, which pages set smaller
SMALL = 0.01  # an effect (lost accuracy or ΔFVU) below this is no loss
DEPENDS = 0.25  # a range over orders above this share of the effect, and above SMALL, is a dependence


def solved(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of solved networks in which something is removed: those that every statement is about."""
    return table[(table["solved"] == 1) & (table["empty"] == 0)]


def depends_on_order(part: pd.DataFrame) -> np.ndarray:
    """Whether a network's effect moves with the order by more than a quarter of itself (and by more than nothing)."""
    spread, effect = (part[name].to_numpy(dtype=float) for name in ("effect_range_over_orders", "effect"))
    return spread > np.maximum(DEPENDS * np.abs(effect), SMALL)


def spread(values) -> dict:
    """Median, smallest, largest and number of some networks' values."""
    values = np.asarray(values, dtype=float)
    return {"median": float(np.median(values)), "low": values.min(), "high": values.max(), "n": len(values)}


def percent(row) -> str:
    """A spread as people write it: 61 % [50 to 70] (n = 3)."""
    median, low, high = (f"{100 * row[name]:.0f}" for name in ("median", "low", "high"))
    return f"{median} % (n = 1)" if row["n"] == 1 else f"{median} % [{low} to {high}] (n = {int(row['n'])})"


def in_all(rows: pd.DataFrame, column: str) -> dict[str, tuple[int, int]]:
    """Sector -> (in how many networks of all tasks, of how many), from rows with n a (task, sector)."""
    return {sector: (int(own[column].sum()), int(own["n"].sum())) for sector, own in rows.groupby("sector", sort=False)}


def by_task(rows: pd.DataFrame, said) -> str:
    """ "copy: −RR ..., −CR ...; sine: ..." from one row a (task, sector) and what ``said`` says of a row."""
    tasks = []
    for task, part in rows.groupby("task", sort=False):
        tasks.append(f"{task}: " + ", ".join(f"−{row['sector']} {said(row)}" for row in part.to_dict("records")))
    return "; ".join(tasks)
