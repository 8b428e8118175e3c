"""Which predicts the effect of a removal better: its Frobenius mass, its activity-weighted mass, or its overlaps?

Spearman's rank correlation over (network, sector) of solved networks. Intervals are percentiles of a bootstrap that
draws whole networks, because the sectors of one network are not independent, within each cell (task, width,
construction), because networks of a cell are alike. The effect is the rollout discrepancy, which is comparable between
tasks; in the pooled rows, ranks are taken within each task first. Two predictors are compared *paired*: by the
difference of their correlations over the same networks, and by partial correlations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import bootstrap, rankdata

from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.networks import networks

CELL = ("task", "width", "init")
MEASURED = ("discrepancy", "effect")  # what is predicted
FLOOR = 1e-12  # what is below this is rounding, and tied
POOLED = "all tasks"
FEWEST = 4  # networks for an interval
FEWEST_CELLS = 5  # for an interval of one task
LEVEL = 0.95
SIZE, ACTIVITY = "Frobenius mass", "activity-weighted mass"
ALIKE = 0.95  # rank correlation of the two masses from which on they cannot be told apart


def predictors(datasets) -> pd.DataFrame:
    """One row a (solved network, sector) that is not empty: what a diagnostic ``subspace`` found, by name."""
    rows = []
    for one in networks(datasets):
        if one["solved"] != 1:
            continue
        for sector in one["sector"].values:
            at = one.sel(sector=sector)
            row = {"sector": sector, "discrepancy": at["discrepancy"], "effect": at["effect"]}
            row |= {SIZE: at["mass"], ACTIVITY: at["activity_mass"]}
            for space in one["subspace"].values:
                for side in one["side"].values:
                    row[f"{side} side in {space}"] = at["overlap"].sel(subspace=space, side=side)
            if float(at["mass"]) >= LEAST_MASS:
                plain = {name: getattr(value, "item", lambda v=value: v)() for name, value in row.items()}
                rows.append({name: one[name].item() for name in (*CELL, "seed")} | plain)
    return pd.DataFrame(rows, columns=None if rows else [*CELL, "seed", "sector", "discrepancy"])


def predictor_names(table: pd.DataFrame) -> list[str]:
    return [name for name in table.columns if name not in (*CELL, "seed", "sector", *MEASURED)]


@dataclass(frozen=True)
class Ranked:
    """Ranks of one task's rows, or of all; ``members``: the rows of each network, ``cells``: its cell's number."""

    ranks: dict[str, np.ndarray]
    members: list[np.ndarray]
    cells: np.ndarray

    def rho(self, one: str, other: str, rows: np.ndarray) -> float:
        return _pearson(rankdata(self.ranks[one][rows]), rankdata(self.ranks[other][rows]))

    def partial(self, one: str, given: str, rows: np.ndarray) -> float:
        """Partial rank correlation of ``one`` with the discrepancy, given another predictor."""
        a, b, c = (self.rho(*pair, rows) for pair in ((one, "discrepancy"), (given, "discrepancy"), (one, given)))
        rest = (1 - b**2) * (1 - c**2)
        return (a - b * c) / np.sqrt(rest) if rest > 1e-12 else np.nan

    def estimate(self, of: Callable[[np.ndarray], float], resamples: int) -> dict:
        """``rho``, and its 95 % interval ``low`` to ``high`` by bootstrap (NaN where there are too few networks)."""
        whole = of(np.concatenate(self.members))
        groups = [np.flatnonzero(self.cells == cell) for cell in np.unique(self.cells)]
        several, alone = [g for g in groups if len(g) > 1], [g for g in groups if len(g) == 1]
        if len(self.members) < FEWEST or not several or np.isnan(whole):
            return {"rho": whole, "low": np.nan, "high": np.nan}

        def again(*drawn):
            return of(np.concatenate([self.members[int(i)] for i in np.concatenate([*drawn, *alone])]))

        options = {"n_resamples": resamples, "vectorized": False, "confidence_level": LEVEL, "method": "percentile"}
        found = bootstrap(several, again, rng=np.random.default_rng(0), **options).bootstrap_distribution
        found = found[np.isfinite(found)]  # where all drawn are tied there is no correlation; SciPy's interval is NaN
        low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(found) else (np.nan, np.nan)
        return {"rho": whole, "low": float(low), "high": float(high)}


def ranked(table: pd.DataFrame) -> dict[str, Ranked]:
    """Each task's rows and, where there are several tasks, all of them, ranked within each task."""
    found = {}
    for task in [*dict.fromkeys(table["task"]), *([POOLED] if table["task"].nunique() > 1 else [])]:
        part = table if task == POOLED else table[table["task"] == task]
        number = part.groupby([*CELL, "seed"], sort=False).ngroup().to_numpy()
        members = [np.flatnonzero(number == network) for network in range(number.max() + 1)]
        cell = part.groupby(list(CELL), sort=False).ngroup().to_numpy()
        ranks = {name: _ranks(part, name) for name in (*predictor_names(table), "discrepancy")}
        found[task] = Ranked(ranks, members, cell[[rows[0] for rows in members]])
    return found


def correlations(table: pd.DataFrame, resamples: int) -> pd.DataFrame:
    """Rank correlations: task, quantity, predictor, n (networks), cells, rho, low, high; empty for none.

    ``quantity``: *rho*, of each predictor with the discrepancy; *partial*, of each mass given the other; *difference*,
    of the activity-weighted mass's rho minus the Frobenius mass's; *alike*, of the two masses with each other.
    ``table``: from ``predictors``. Intervals stand where a task has five cells, and for all tasks together.
    """
    rows = []
    for task, own in ranked(table).items():
        cells = len(np.unique(own.cells))
        common = {"task": task, "n": len(own.members), "cells": cells}
        for quantity, name, of in _quantities(own, predictor_names(table)):
            if task == POOLED or cells >= FEWEST_CELLS:
                found = own.estimate(of, resamples)
            else:
                found = {"rho": of(np.concatenate(own.members)), "low": np.nan, "high": np.nan}
            rows.append(common | {"quantity": quantity, "predictor": name} | found)
    return pd.DataFrame(rows, columns=["task", "quantity", "predictor", "n", "cells", "rho", "low", "high"])


def _quantities(own: Ranked, names: list[str]) -> list[tuple[str, str, Callable]]:
    """(quantity, predictor, function of rows) of correlations."""

    def rho(name):
        return lambda rows: own.rho(name, "discrepancy", rows)

    def partial(one, given):
        return lambda rows: own.partial(one, given, rows)

    return [
        *(("rho", name, rho(name)) for name in names),
        ("partial", ACTIVITY, partial(ACTIVITY, SIZE)),
        ("partial", SIZE, partial(SIZE, ACTIVITY)),
        ("difference", ACTIVITY, lambda rows: rho(ACTIVITY)(rows) - rho(SIZE)(rows)),
        ("alike", ACTIVITY, lambda rows: own.rho(ACTIVITY, SIZE, rows)),
    ]


def _ranks(part: pd.DataFrame, name: str) -> np.ndarray:
    """Ranks within each task, from 0 to 1."""
    values = np.maximum(part[name].to_numpy(dtype=float), FLOOR)
    ranks = np.empty(len(part))
    for task in dict.fromkeys(part["task"]):
        here = (part["task"] == task).to_numpy()
        ranks[here] = rankdata(values[here]) / here.sum()
    return ranks


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    """Of few numbers a thousand times: SciPy's takes ten times as long, and warns where all are tied."""
    x, y = x - x.mean(), y - y.mean()
    size = np.sqrt(np.sum(x**2) * np.sum(y**2))
    return float(np.sum(x * y) / size) if size > 0 else np.nan
