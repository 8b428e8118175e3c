"""A verdict on every sector: counts and means over the solved networks of a task, width and construction."""

import numpy as np
import pandas as pd

from schurscope.reports.analyses.controls import LEVEL, P_VALUES
from schurscope.reports.analyses.shares import SMALL, depends_on_order

CELL = ("task", "width", "init", "sector")
KINDS = {  # an effect -> what it says
    "needed": lambda effect: effect > SMALL,
    "may go": lambda effect: np.abs(effect) <= SMALL,
    "better without": lambda effect: effect < -SMALL,
}
OPEN = ("not decidable", "empty", "networks differ")  # verdicts beside KINDS


def sectors(table: pd.DataFrame) -> pd.DataFrame:
    """One row a CELL, from per_network.

    ``networks`` with a Schur form, ``solved`` of them, ``empty`` of those (nothing is removed); over the ``n`` that are
    left: mean and SEM of the effect, mean removed mass, and in how many the ``verdict`` holds (``verdict_n``: more than
    half of them), the cut is ``fragile``, the effect is ``order_dependent``, ``above_random`` (costs more than random
    directions in T of its norm) and a ``candidate`` invariance. NaN: not measured.
    """
    rows = []
    for key, whole in table.groupby(list(CELL), sort=False):
        chosen = whole[whole["solved"] == 1]
        part = chosen[chosen["empty"] == 0]
        n, effect = len(part), part["effect"].to_numpy(dtype=float)
        row = dict(zip(CELL, key, strict=True)) | {"alpha": whole["alpha"].iloc[0]}
        row |= {"networks": len(whole), "solved": len(chosen), "empty": int((chosen["empty"] == 1).sum()), "n": n}
        row["effect_mean"] = effect.mean() if n else np.nan
        row["effect_sem"] = effect.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
        row["removed_mass_mean"] = part["removed_mass"].mean()
        row["verdict"], row["verdict_n"] = _verdict(effect, len(chosen))
        row["fragile"] = _count(part, "fragile", lambda p: p["fragile"] == 1)
        row["order_dependent"] = _count(part, "effect_range_over_orders", depends_on_order)
        row["above_random"] = _count(part, P_VALUES["direction in T"], lambda p: p[P_VALUES["direction in T"]] <= LEVEL)
        row["candidate"] = _count(part, "candidate_invariance", lambda p: p["candidate_invariance"] == 1)
        rows.append(row)
    return pd.DataFrame(rows)


def in_words(row: dict) -> str:
    """A row as people say it."""
    if not row["solved"]:
        return "not decidable: no network is solved"
    if row["verdict"] == "empty":
        return f"empty in {row['empty']} of {row['solved']}: nothing is removed"
    n = row["n"]
    words = [row["verdict"] + (f" in {row['verdict_n']} of {n}" if row["verdict"] in KINDS else "")]
    for name, said in {
        "candidate": "a candidate invariance",
        "order_dependent": "depends on the order",
        "fragile": "the cut is fragile",
    }.items():
        if row[name] > 0:  # NaN: not measured
            words.append(f"{said} in {int(row[name])} of {n}")
    return "; ".join(words)


def _verdict(effect: np.ndarray, solved: int) -> tuple[str, int]:
    """What holds in more than half of the networks, and in how many."""
    if not len(effect):
        return ("empty" if solved else "not decidable"), 0
    counts = {kind: int(np.sum(holds(effect))) for kind, holds in KINDS.items()}
    kind = max(counts, key=lambda kind: counts[kind])
    return (kind, counts[kind]) if counts[kind] > len(effect) / 2 else ("networks differ", 0)


def _count(part: pd.DataFrame, measured: str, holds) -> float:
    return float(np.sum(holds(part))) if measured in part and len(part) else np.nan
