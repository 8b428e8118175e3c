"""Mean and standard error over networks, leaving out what is not there.

By masked arrays: ``scipy.stats.sem(nan_policy="omit")`` gives the same, slice by slice (two hundred times slower on a
summary, with warnings where few networks are left), and importing scipy.stats takes a second.
"""

import numpy as np


def mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over the finite values along ``axis``; NaN where there is none."""
    return np.ma.filled(np.ma.masked_invalid(values).mean(axis), np.nan)[()]


def sem(values: np.ndarray, axis: int) -> np.ndarray:
    """Standard error of the mean over the finite values along ``axis`` (ddof 1); NaN for fewer than two."""
    there = np.ma.masked_invalid(values)
    return np.ma.filled(there.std(axis, ddof=1) / np.sqrt(there.count(axis)), np.nan)[()]


def count(values: np.ndarray, axis: int) -> np.ndarray:
    """Number of finite values along ``axis``."""
    return np.isfinite(values).sum(axis)
