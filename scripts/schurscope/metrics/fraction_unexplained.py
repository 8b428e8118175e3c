"""Fraction of variance unexplained: of targets (FVU), or of another network's outputs (discrepancy).

Outputs and targets are (batch, time, output), masks boolean of the same shape (True where scored); every result is
dimensionless and NaN where there is nothing to divide by.
"""

import numpy as np

from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics.entries import aligned, beside
from schurscope.metrics.metric import Error, error_variables

LEAST_MASS = 1e-5  # below this share of the norm of T, nothing is removed, and the sensitivity S is not defined
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


def sensitivity(delta_fvu, removed_mass):
    """S of eq. 9: delta FVU over the removed share of the norm of T; NaN where that share is below 1e-5."""
    enough = removed_mass >= LEAST_MASS
    return np.where(enough, delta_fvu / np.where(enough, removed_mass, 1.0), np.nan)


class FVU(Error):
    name, label, lost_label, solved = "fvu", "FVU", "ΔFVU", 0.05
    variables = error_variables("fvu", "fraction of variance unexplained", "FVU") | {
        "sensitivity": ((), "delta FVU over removed mass; NaN below a mass of 1e-5", True),
    }

    def problem(self, targets, mask):
        return None if variance(targets, mask) > 0 else "the scored targets do not vary, so FVU is not defined"

    def measure(self, targets, mask, target_mean="channel"):
        whole = variance(targets, mask, target_mean)
        return lambda outputs: {"fvu": unexplained(outputs, targets, mask, whole)}

    def weight(self, targets, mask):
        return variance(targets, mask)

    def stacked(self, outputs, targets, mask):
        whole = variance(targets, mask)
        xp, targets, mask = beside(outputs, targets, mask)
        error = xp.where(mask, outputs - targets, 0.0)
        lost = xp.any(xp.isnan(outputs) & mask, axis=(-3, -2, -1))
        return xp.where(lost, xp.nan, xp.sum(error * error, axis=(-3, -2, -1)) / whole)

    def compared(self, grid, intact):
        found = super().compared(grid, intact)
        return found | {"sensitivity": sensitivity(found["delta_fvu"], grid["removed_mass"])}


METRIC = FVU()
