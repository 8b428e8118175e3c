"""Intervals over seeds, and false discoveries held down over all rows that have a null value (docs/census.md)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

LEVEL = 0.95
RESAMPLES = 2000


def over_seeds(seeds, statistic: Callable) -> dict[str, np.ndarray]:
    """``value``, ``low``, ``high`` of a statistic, (k,), and its ``error``, the standard deviation over resamples.

    ``statistic``: row numbers (with repetitions) -> k numbers. ``seeds`` (row,): rows of one seed are drawn together,
    with replacement (cluster bootstrap), and intervals are percentiles. Resamples in which it is NaN are left out.
    """
    groups = [np.flatnonzero(seeds == seed) for seed in np.unique(seeds)]
    value = np.atleast_1d(statistic(np.arange(len(seeds))))
    source = np.random.default_rng(0)  # the same resamples for every question
    found = np.full((RESAMPLES, len(value)), np.nan)
    for draw in range(RESAMPLES if len(groups) > 1 else 0):
        chosen = source.integers(len(groups), size=len(groups))
        found[draw] = statistic(np.concatenate([groups[group] for group in chosen]))
    low, high, error = (np.full(len(value), np.nan) for _ in range(3))
    for k, column in enumerate(found.T):
        there = column[np.isfinite(column)]
        if len(there) > 1:
            low[k], high[k] = np.quantile(there, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            error[k] = there.std(ddof=1)
    return {"value": value, "low": low, "high": high, "error": error}


def p_of(value: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Two-sided, of the null value 0, by the normal law; NaN where there is no error."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(value == 0, error * 0 + 1, 2 * norm.sf(np.abs(value) / error))


def controlled(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with ``q``: p after Benjamini and Hochberg over all rows that have one."""
    there = rows["p"].notna().to_numpy()
    q = np.full(len(rows), np.nan)
    if there.any():
        q[there] = false_discovery_control(rows["p"].to_numpy()[there])
    return rows.assign(q=q)
