"""Which predicts the effect of a removal better: its Frobenius mass, its activity-weighted mass, or its overlaps?

Spearman's rank correlation over (network, sector), with intervals by bootstrap over networks: the sectors of one
network are not independent. The effect is the rollout discrepancy, which is comparable between tasks; in the pooled
rows, ranks are taken within each task first.
"""

import numpy as np
import pandas as pd
from scipy.stats import bootstrap, rankdata

from schurscope.analyses.ablation import LEAST_MASS
from schurscope.reports.networks import networks

NETWORK = ("task", "width", "init", "seed")
FLOOR = 1e-12  # what is below this is rounding, and tied
POOLED = "all tasks"
FEWEST = 4  # networks for an interval
LEVEL = 0.95


def predictors(datasets) -> pd.DataFrame:
    """One row a (network, sector) that is not empty: what a diagnostic ``subspace`` found, by name."""
    rows = []
    for one in networks(datasets):
        for sector in one["sector"].values:
            at = one.sel(sector=sector)
            row = {"sector": sector, "discrepancy": at["discrepancy"], "effect": at["effect"]}
            row |= {"Frobenius mass": at["mass"], "activity-weighted mass": at["activity_mass"]}
            for space in one["subspace"].values:
                for side in one["side"].values:
                    row[f"{side} side in {space}"] = at["overlap"].sel(subspace=space, side=side)
            if float(at["mass"]) >= LEAST_MASS:
                plain = {name: getattr(value, "item", lambda v=value: v)() for name, value in row.items()}
                rows.append({name: one[name].item() for name in NETWORK} | plain)
    return pd.DataFrame(rows, columns=None if rows else [*NETWORK, "sector", "discrepancy"])


def correlations(table: pd.DataFrame, resamples: int) -> pd.DataFrame:
    """Rank correlation of each predictor with the discrepancy: task, predictor, n, rho, low, high; empty for none.

    ``table``: from ``predictors``. n counts networks. low and high bound the 95 % interval (NaN for fewer than 4).
    """
    names = [name for name in table.columns if "mass" in name or " side in " in name]
    rows = []
    for task in [*dict.fromkeys(table["task"]), *([POOLED] if table["task"].nunique() > 1 else [])]:
        part = table if task == POOLED else table[table["task"] == task]
        networks = part.groupby(list(NETWORK), sort=False).ngroup().to_numpy()
        y = _ranks(part, "discrepancy")
        for name in names:
            rho, low, high = correlation(_ranks(part, name), y, networks, resamples)
            rows.append(
                {"task": task, "predictor": name, "n": networks.max() + 1, "rho": rho, "low": low, "high": high}
            )
    return pd.DataFrame(rows, columns=["task", "predictor", "n", "rho", "low", "high"])


def _ranks(part: pd.DataFrame, name: str) -> np.ndarray:
    """Ranks within each task, from 0 to 1."""
    values = np.maximum(part[name].to_numpy(dtype=float), FLOOR)
    ranks = np.empty(len(part))
    for task in dict.fromkeys(part["task"]):
        here = (part["task"] == task).to_numpy()
        ranks[here] = rankdata(values[here]) / here.sum()
    return ranks


def correlation(x: np.ndarray, y: np.ndarray, networks: np.ndarray, resamples: int) -> tuple[float, float, float]:
    """(rho, low, high) of two rows of ranks; whole networks are drawn again and again."""
    members = [np.flatnonzero(networks == network) for network in range(networks.max() + 1)]

    def rho(chosen):
        at = np.concatenate([members[int(i)] for i in chosen])
        return _pearson(rankdata(x[at]), rankdata(y[at]))

    whole = rho(range(len(members)))
    if len(members) < FEWEST or np.isnan(whole):
        return whole, np.nan, np.nan
    found = bootstrap(
        (np.arange(len(members)),),
        rho,
        n_resamples=resamples,
        vectorized=False,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    drawn = found.bootstrap_distribution[np.isfinite(found.bootstrap_distribution)]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(drawn) else (np.nan, np.nan)
    return whole, float(low), float(high)


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    x, y = x - x.mean(), y - y.mean()
    size = np.sqrt(np.sum(x**2) * np.sum(y**2))
    return float(np.sum(x * y) / size) if size > 0 else np.nan
