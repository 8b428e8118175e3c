"""Every number of the paper beside ours, and whether the difference can be told from chance."""

import math

import numpy as np
import pandas as pd
from scipy.stats import t as student

from schurscope.metrics import statistics

ROUNDING = {"accuracy": 0.0005}  # half of the paper's last digit, where that is more than a trace
LEVEL = 0.95
WHERE = ("task", "width", "init", "alpha", "removed", "metric")
HERE = ("here", "here_sem", "n", "networks_solved", "networks_empty", "n_R")
FOUND = ("difference", "difference_low", "difference_high", "interval", "verdict", "reason")
DIFFERENCE, PREDICTION = "difference of means", "prediction"


def paper_vs_here(paper: pd.DataFrame, summaries) -> pd.DataFrame:
    """A row a number of the paper (columns WHERE, value, sem, networks): ours, the difference, its interval, a verdict.

    Ours are mean, SEM and n over solved networks in which something is removed. Where the paper gives a SEM, the
    interval is Welch's for the difference of two means; where it does not, a *prediction* interval: where the mean of
    as many further networks as the paper has (one in Fig. 1 and Table 1) would lie. ``agrees``: the interval holds 0
    (or the difference is within the paper's rounding) and is no wider than the paper's number;
    ``differs``: it does not hold 0; ``not decidable`` otherwise, and where fewer than two networks are left.
    """
    by_task = {summary["task"].item(): summary for summary in summaries}
    rows = []
    for row in paper.to_dict("records"):
        profile = _profile(row, by_task.get(row["task"]))
        here = dict.fromkeys(HERE[:2], math.nan) | dict.fromkeys(HERE[2:5], 0) | {"n_R": ""}
        found = dict.fromkeys(FOUND[:3], math.nan) | {"interval": "", "verdict": "not in this config", "reason": ""}
        if profile is not None:
            values, here = _ours(row, profile)
            found |= compared(row["value"], row["sem"], row["networks"], values, ROUNDING.get(row["metric"], 0.0))
            if not len(values) and here["networks_empty"]:
                found |= {"verdict": "empty here", "reason": "nothing is removed in any solved network"}
        rows.append({**row, **here, **found})
    table = pd.DataFrame(rows).rename(columns={"value": "paper", "sem": "paper_sem", "networks": "paper_n"})
    return table[["source", *WHERE, "paper", "paper_sem", "paper_n", *HERE, *FOUND, "note"]]


def compared(value: float, sem: float, networks: int, ours: np.ndarray, rounding: float) -> dict:
    """FOUND for one number of the paper (a mean of ``networks``, ``sem`` NaN where it gives none) and our networks'."""
    found = dict.fromkeys(FOUND[:3], math.nan) | {"interval": "", "reason": ""}
    if math.isnan(value):
        return found | {"verdict": "no number in the paper"}
    if not len(ours):
        return found | {"verdict": "not decidable", "reason": "no network is solved"}
    found["difference"] = float(np.mean(ours)) - value
    if len(ours) < 2:
        return found | {"verdict": "not decidable", "reason": "one network has no spread"}
    half, found["interval"] = half_width(sem, networks, ours)
    found["difference_low"], found["difference_high"] = found["difference"] - half, found["difference"] + half
    if abs(found["difference"]) > max(half, rounding):
        return found | {"verdict": "differs"}
    if half > abs(value) / 2:
        return found | {"verdict": "not decidable", "reason": "the interval is wider than the paper's number"}
    return found | {"verdict": "agrees"}


def half_width(sem: float, networks: int, ours: np.ndarray) -> tuple[float, str]:
    """Half of the 95 % interval of our mean minus the paper's number, and its kind."""
    n, variance = len(ours), float(np.var(ours, ddof=1))
    if math.isnan(sem):
        kind = f"{PREDICTION} for {networks} {'network' if networks == 1 else 'networks'}"
        return float(student.interval(LEVEL, n - 1)[1]) * math.sqrt(variance * (1 / n + 1 / networks)), kind
    both = (variance / n, sem**2)
    if not sum(both):
        return 0.0, DIFFERENCE
    freedom = sum(both) ** 2 / (both[0] ** 2 / (n - 1) + both[1] ** 2 / (networks - 1))  # Welch and Satterthwaite
    return float(student.interval(LEVEL, freedom)[1]) * math.sqrt(sum(both)), DIFFERENCE


def _profile(row, summary):
    """The networks that one of the paper's numbers is about, at its alpha; None where there are none."""
    if summary is None or row["metric"] not in summary:
        return None
    if row["width"] not in summary["width"] or row["init"] not in summary["init"]:
        return None
    profile = summary.sel(width=row["width"], init=row["init"])
    nearest = int(np.argmin(abs(profile["alpha"].values - row["alpha"])))
    return profile.isel(alpha=nearest) if abs(profile["alpha"].values[nearest] - row["alpha"]) <= 1e-9 else None


def _ours(row, profile) -> tuple[np.ndarray, dict]:
    """The solved networks' values, and HERE."""
    profile = profile.sel(seed=(profile["solved"] == 1).values & (profile["status"] == "ok").values)
    values = profile[row["metric"]]
    values = (values.sel(removed=row["removed"]) if "removed" in values.dims else values).values
    empty = int((profile["empty"].sel(removed=row["removed"]) == 1).sum())
    mean, sem = float(statistics.mean(values, 0)), float(statistics.sem(values, 0))
    values = values[np.isfinite(values)]
    sizes = ", ".join(f"{size:.0f}" for size in profile["n_R"].values)
    return values, dict(zip(HERE, (mean, sem, len(values), profile.sizes["seed"], empty, sizes), strict=True))
