"""Mean and standard error over networks, leaving out what is not there."""

import numpy as np


def mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over the finite values along ``axis``; NaN where there is none."""
    finite = np.isfinite(values)
    counts = finite.sum(axis)
    sums = np.sum(values, axis=axis, where=finite)
    return np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)


def sem(values: np.ndarray, axis: int) -> np.ndarray:
    """Standard error of the mean over the finite values along ``axis`` (ddof 1); NaN for fewer than two."""
    finite = np.isfinite(values)
    counts = finite.sum(axis)
    deviations = values - np.expand_dims(mean(values, axis), axis)
    squares = np.sum(deviations**2, axis=axis, where=finite)
    variance = np.divide(squares, counts - 1.0, out=np.full(counts.shape, np.nan), where=counts > 1)
    return np.sqrt(variance / np.maximum(counts, 1))


def count(values: np.ndarray, axis: int) -> np.ndarray:
    """Number of finite values along ``axis``."""
    return np.isfinite(values).sum(axis)
