"""(e) What does the profile's variance belong to: task, width, start, seed, the cut?"""

import warnings

import numpy as np
import pandas as pd

from schurscope.reports.census.measures import LEAST
from schurscope.reports.census.rows import rows
from schurscope.schur.form import SECTORS

QUESTION = "What does the profile's variance belong to?"
FACTORS = ("task", "width", "init")
PARTS = (*FACTORS, "interactions", "seed", "rest")
CALLED = {name: name for name in PARTS} | {"init": "the start", "rest": "single networks", "cut": "the cut"}
FEWEST = 5  # seeds with all their networks


def found(table, alphas, alpha: float) -> list[dict]:
    """A row a sector and part: its share of the sum of squares of log10 effect at ``alpha``, in the balanced design.

    Over the seeds whose networks are all there; "cut": the share within networks, over ``alphas``.
    """
    whole = []
    for sector in SECTORS:
        y, seeds = balanced(table, [f"d_{sector}_{one:g}" for one in alphas])
        if len(seeds) < FEWEST:
            continue
        now = y[..., list(alphas).index(alpha)]
        own = pd.DataFrame({"seed": seeds})
        names = [f"{sector}: {part}" for part in (*PARTS, "cut")]

        def statistic(chosen, y=y, now=now):
            return np.append(shares(now[..., chosen]), _within(y[..., chosen, :]))

        whole += rows("e", {}, names, own, statistic)
    return whole


def balanced(table, columns) -> tuple[np.ndarray, np.ndarray]:
    """log10 effects (task, width, init, seed, column), and the seeds, of which no network is missing."""
    values = np.log10(np.maximum(table[columns].to_numpy(dtype=float), LEAST))
    levels = [list(dict.fromkeys(table[name])) for name in FACTORS]
    seeds = sorted(set(table["seed"]))
    y = np.full((*map(len, levels), len(seeds), len(columns)), np.nan)
    places = [pd.Categorical(table[name], of).codes for name, of in zip(FACTORS, levels, strict=True)]
    y[(*places, np.searchsorted(seeds, table["seed"]))] = values
    there = np.isfinite(y).all(axis=(0, 1, 2, 4))
    return y[..., there, :], np.array(seeds)[there]


def shares(y: np.ndarray) -> np.ndarray:
    """Shares of the sum of squares of y (task, width, init, seed) about its mean: PARTS."""
    total = np.sum((y - y.mean()) ** 2)
    cells = y.mean(axis=3, keepdims=True)
    main = [np.sum((_margin(y, (axis,)) - y.mean()) ** 2 * np.ones_like(y)) for axis in range(3)]
    between = np.sum((cells - y.mean()) ** 2 * np.ones_like(y))
    seed = np.sum((_margin(y, (3,)) - y.mean()) ** 2 * np.ones_like(y))
    parts = np.array([*main, between - sum(main), seed, total - between - seed])
    return parts / total if total > 0 else np.full(len(PARTS), np.nan)


def of_the_seed(table, column: str) -> dict:
    """Variance of the seeds and of what is left, by a mixed model (statsmodels): task, width, start and their
    interactions fixed, the seed random; ``share``: the seeds' of both.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM  # only a census needs it

    own = table[["seed", *FACTORS, column]].dropna()
    y = np.log10(np.maximum(own[column].to_numpy(dtype=float), LEAST))
    groups = pd.get_dummies(own.groupby(list(FACTORS)).ngroup()).to_numpy(dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the seeds' variance is at its limit, 0
        fit = MixedLM(y, groups, groups=own["seed"].to_numpy()).fit(reml=True)
    seed, rest = float(np.asarray(fit.cov_re)[0, 0]), float(fit.scale)
    return {"n": len(own), "seed": seed, "rest": rest, "share": seed / (seed + rest)}


def _margin(y, kept) -> np.ndarray:
    return y.mean(axis=tuple(axis for axis in range(y.ndim) if axis not in kept), keepdims=True)


def _within(y) -> float:
    total = np.sum((y - y.mean()) ** 2)
    return float(np.sum((y - y.mean(axis=-1, keepdims=True)) ** 2) / total) if total > 0 else np.nan
