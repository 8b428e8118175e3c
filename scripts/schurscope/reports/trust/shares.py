"""In how many networks something holds, and what counts as an effect."""

import numpy as np
import pandas as pd

SMALL = 0.01  # an effect (lost accuracy or ΔFVU) below this is no loss
DEPENDS = 0.25  # a range over orders above this share of the effect, and above SMALL, is a dependence


def depends_on_order(part: pd.DataFrame) -> np.ndarray:
    """Whether a network's effect moves with the order by more than a quarter of itself (and by more than nothing)."""
    spread, effect = column(part, "range"), np.abs(column(part, "effect_of_order"))
    return spread > np.maximum(DEPENDS * effect, SMALL)


def column(part: pd.DataFrame, name: str, otherwise=np.nan) -> np.ndarray:
    return part[name].to_numpy(dtype=float) if name in part else np.broadcast_to(otherwise, len(part))


def share(holds) -> str:
    """ "k of n"."""
    return f"{int(np.sum(holds))} of {len(holds)}"


def count(of: str) -> int:
    """k of "k of n"."""
    return int(of.split()[0]) if of else 0
