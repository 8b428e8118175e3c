"""How well a rollout does: FVU, replay accuracy, and the discrepancy of two rollouts.

Outputs and targets are (batch, time, output), masks boolean of the same shape (True where scored); every result is
dimensionless and NaN where there is nothing to divide by.
"""

import numpy as np

from schurscope.errors import SchurscopeError


def fvu(outputs, targets, mask=None, target_mean: str = "channel") -> float:
    """Fraction of variance unexplained, Draeger 2026 eq. 7: E|y_hat - y|^2 / E|y - y_bar|^2 over what is not masked.

    ``target_mean`` says what y_bar is: "channel", one mean per output channel over all trials and steps (the
    default), or "trajectory", one per channel and step over trials.
    """
    outputs, targets, mask = _aligned(outputs, targets, mask)
    axes = {"channel": (0, 1), "trajectory": 0}.get(target_mean)
    if axes is None:
        raise SchurscopeError(f"target_mean {target_mean!r} does not exist; allowed: channel, trajectory")
    return _unexplained(outputs, targets, mask, axes)


def discrepancy(outputs, reference, mask=None) -> float:
    """Rollout discrepancy d of two networks: E|y_S - y|^2 / E|y - y_bar|^2, y the intact network's outputs."""
    return _unexplained(*_aligned(outputs, reference, mask), (0, 1))


def replay_accuracy(outputs, targets, mask=None) -> float:
    """Share of scored entries whose sign is the target's; 0 counts as +1 (Draeger 2026, section 3)."""
    outputs, targets, mask = _aligned(outputs, targets, mask)
    correct = _correct(outputs, targets)
    return float(np.mean(correct[mask])) if mask.any() else np.nan


def _correct(outputs, targets):
    """1 where the sign is right, 0 where it is wrong, NaN where the output is."""
    return np.where(np.isnan(outputs), np.nan, (outputs >= 0) == (targets >= 0))


def replay_accuracy_by_lag(outputs, targets, mask=None) -> np.ndarray:
    """Replay accuracy of each scored step, (lag,); the first scored step is lag 1."""
    outputs, targets, mask = _aligned(outputs, targets, mask)
    hits = np.sum(_correct(outputs, targets), axis=(0, 2), where=mask)
    scored = mask.sum(axis=(0, 2))
    return hits[scored > 0] / scored[scored > 0]


def _unexplained(outputs, reference, mask, mean_axes) -> float:
    counts = mask.sum(axis=mean_axes, keepdims=True)
    sums = np.sum(reference, axis=mean_axes, keepdims=True, where=mask)
    deviation = reference - sums / np.maximum(counts, 1)
    variance = np.sum(deviation**2, where=mask)
    error = np.sum((outputs - reference) ** 2, where=mask)
    return float(error / variance) if variance > 0 else np.nan


def _aligned(outputs, targets, mask):
    for array in (outputs, targets):
        if np.asarray(array).dtype.kind not in "fiub":
            raise SchurscopeError("outputs and targets must be arrays of real numbers")
    outputs, targets = np.asarray(outputs, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    mask = np.ones(targets.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if outputs.ndim != 3 or not outputs.shape == targets.shape == mask.shape:
        shapes = ", ".join(str(a.shape) for a in (outputs, targets, mask))
        raise SchurscopeError(
            f"outputs, targets and mask must share one shape (batch, time, output); they have {shapes}"
        )
    return outputs, targets, mask
