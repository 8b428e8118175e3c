"""Rows of answers: a number with its interval, n, and p where it has a null value."""

import numpy as np
import pandas as pd

from schurscope.reports.census.measures import PLACE
from schurscope.reports.census.resampling import over_seeds, p_of

COLUMNS = ("question", *PLACE, "quantity", "n", "value", "low", "high", "p")


def rows(question: str, where: dict, quantities, table: pd.DataFrame, statistic, tested=()) -> list[dict]:
    """A row a quantity: ``statistic`` (row numbers -> numbers) of a table of networks, with intervals over its seeds.

    ``tested``: the quantities that have the null value 0. n: networks in the table.
    """
    found = over_seeds(table["seed"].to_numpy(), statistic)
    p = p_of(found["value"], found["error"])
    place = dict.fromkeys(PLACE, "") | where
    return [
        {"question": question, **place, "quantity": quantity, "n": len(table)}
        | {name: float(found[name][k]) for name in ("value", "low", "high")}
        | {"p": float(p[k]) if quantity in tested else np.nan}
        for k, quantity in enumerate(quantities)
    ]


def mean_over_groups(values: np.ndarray, groups: np.ndarray):
    """Row numbers -> mean over groups, with equal weight, of the means of ``values`` (row, k) in them; NaN is out."""
    values = values.reshape(len(values), -1)
    there, filled = np.isfinite(values), np.nan_to_num(values)
    size = groups.max() + 1

    def statistic(chosen):
        members = np.zeros((size, len(values)))
        np.add.at(members, (groups[chosen], chosen), 1)
        with np.errstate(invalid="ignore"):
            means = (members @ filled) / (members @ there)
        return np.ma.masked_invalid(means).mean(axis=0).filled(np.nan)

    return statistic


def groups_of(table: pd.DataFrame) -> np.ndarray:
    """The number of each network's group (task, width, start)."""
    return table.groupby(PLACE, sort=False).ngroup().to_numpy()


def by_task(table: pd.DataFrame):
    """(task, its networks, numbered anew) in the table's order."""
    for task, own in table.groupby("task", sort=False):
        yield task, own.reset_index(drop=True)
