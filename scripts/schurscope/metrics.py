"""How well a rollout does: FVU, replay accuracy, and the discrepancy of two rollouts.

Outputs and targets are (batch, time, output), masks boolean of the same shape (True where scored); every result is
dimensionless and NaN where there is nothing to divide by.
"""

import numpy as np

from schurscope.errors import SchurscopeError

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
    _, targets, mask = _aligned(targets, targets, mask)
    counts = mask.sum(axis=MEANS[target_mean], keepdims=True)
    sums = np.sum(targets, axis=MEANS[target_mean], keepdims=True, where=mask)
    return _squares(targets - sums / np.maximum(counts, 1), mask)


def unexplained(outputs, targets, mask, whole: float) -> float:
    """Sum of |y_hat - y|^2 over what is not masked, over ``whole`` (a ``variance``); NaN where that is 0."""
    outputs, targets, mask = _aligned(outputs, targets, mask)
    return _squares(outputs - targets, mask) / whole if whole > 0 else np.nan


def replay_accuracy(outputs, targets, mask=None) -> float:
    """Share of scored entries whose sign is the target's; 0 counts as +1 (Draeger 2026, section 3)."""
    return replay_scores(outputs, targets, mask)[0]


def replay_accuracy_by_lag(outputs, targets, mask=None) -> np.ndarray:
    """Replay accuracy of each scored step, (lag,); the first scored step is lag 1."""
    return replay_scores(outputs, targets, mask)[1]


def replay_scores(outputs, targets, mask=None) -> tuple[float, np.ndarray]:
    """(replay accuracy, replay accuracy by lag); NaN where a scored output is NaN."""
    outputs, targets, mask = _aligned(outputs, targets, mask)
    hits = np.sum(((outputs >= 0) == (targets >= 0)) & mask, axis=(0, 2))
    scored = mask.sum(axis=(0, 2))
    if np.isnan(outputs).any():
        hits = np.where(np.any(np.isnan(outputs) & mask, axis=(0, 2)), np.nan, hits)
    by_lag = hits[scored > 0] / scored[scored > 0]
    return float(hits.sum() / scored.sum()) if scored.any() else np.nan, by_lag


def _squares(difference, mask) -> float:
    """Sum of squares of what is not masked; ``difference`` is overwritten."""
    np.copyto(difference, 0.0, where=~mask)
    return float(np.vdot(difference, difference))


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
