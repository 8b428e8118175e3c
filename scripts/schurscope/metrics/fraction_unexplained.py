"""Fraction of variance unexplained: of targets (FVU), or of another network's outputs (discrepancy).

Outputs and targets are (batch, time, output), masks boolean of the same shape (True where scored); every result is
dimensionless and NaN where there is nothing to divide by.
"""

import numpy as np

from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics.entries import aligned

MEANS = {"channel": (0, 1), "trajectory": 0}  # target_mean -> axes that y_bar is taken over


def fvu(outputs, targets, mask=None, target_mean: str = "channel") -> float:
    """Fraction of variance unexplained, Draeger 2026 eq. 7: E|y_hat - y|^2 / E|y - y_bar|^2 over what is not masked.

    ``target_mean`` says what y_bar is: "channel", one mean per output channel over all trials and steps (the
    default), or "trajectory", one per channel and step over trials.
    """
    return unexplained(outputs, targets, mask, variance(targets, mask, target_mean))


def discrepancy(outputs, reference, mask=None) -> float:
    """Rollout discrepancy d of two networks: E|y_S - y|^2 / E|y - y_bar|^2, y the intact network's outputs."""
    return unexplained(outputs, reference, mask, variance(reference, mask))


def variance(targets, mask=None, target_mean: str = "channel") -> float:
    """Sum of |y - y_bar|^2 over what is not masked: the denominator of FVU and discrepancy."""
    if not isinstance(target_mean, str) or target_mean not in MEANS:
        raise SchurscopeError(f"target_mean {target_mean!r} does not exist; allowed: {', '.join(MEANS)}")
    _, targets, mask = aligned(targets, targets, mask)
    counts = mask.sum(axis=MEANS[target_mean], keepdims=True)
    sums = np.sum(targets, axis=MEANS[target_mean], keepdims=True, where=mask)
    return _squares(targets - sums / np.maximum(counts, 1), mask)


def unexplained(outputs, targets, mask, whole: float) -> float:
    """Sum of |y_hat - y|^2 over what is not masked, over ``whole`` (a ``variance``); NaN where that is 0."""
    outputs, targets, mask = aligned(outputs, targets, mask)
    return _squares(outputs - targets, mask) / whole if whole > 0 else np.nan


def _squares(difference, mask) -> float:
    """Sum of squares of what is not masked; ``difference`` is overwritten."""
    np.copyto(difference, 0.0, where=~mask)
    return float(np.vdot(difference, difference))
