"""Replay accuracy: the share of scored entries whose sign is right, over all lags and by lag.

Outputs and targets are (batch, time, output), masks boolean of the same shape (True where scored); every result is
dimensionless and NaN where there is nothing to divide by.
"""

import numpy as np

from schurscope.metrics.entries import aligned, beside
from schurscope.metrics.metric import Metric


def replay_accuracy(outputs, targets, mask=None) -> float:
    """Share of scored entries whose sign is the target's; 0 counts as +1 (Draeger 2026, section 3)."""
    return replay_scores(outputs, targets, mask)[0]


def replay_scores(outputs, targets, mask=None) -> tuple[float, np.ndarray]:
    """(replay accuracy, replay accuracy by lag); NaN where a scored output is NaN."""
    outputs, targets, mask = aligned(outputs, targets, mask)
    hits = np.sum(((outputs >= 0) == (targets >= 0)) & mask, axis=(0, 2))
    scored = mask.sum(axis=(0, 2))
    if np.isnan(outputs).any():
        hits = np.where(np.any(np.isnan(outputs) & mask, axis=(0, 2)), np.nan, hits)
    by_lag = hits[scored > 0] / scored[scored > 0]
    return float(hits.sum() / scored.sum()) if scored.any() else np.nan, by_lag


class ReplayAccuracy(Metric):
    name, label, lost_label = "accuracy", "accuracy", "lost accuracy"
    higher_is_better, solved, most = True, 0.9999, 1.0
    after = "accuracy", "replay accuracy"
    variables = {
        "accuracy": ((), "replay accuracy over all lags", False),
        "accuracy_by_lag": (("lag",), "replay accuracy at each lag", False),
    }

    def problem(self, targets, mask):
        if np.isin(targets[mask], (-1, 0, 1)).all():
            return None
        return "accuracy compares signs, but the scored targets have other values than -1, 0 and 1; use another metric"

    def measure(self, targets, mask, target_mean="channel"):
        return lambda outputs: dict(zip(self.variables, replay_scores(outputs, targets, mask), strict=True))

    def weight(self, targets, mask):
        return float(mask.sum())

    def stacked(self, outputs, targets, mask):
        xp, targets, mask = beside(outputs, targets, mask)
        hits = xp.sum(((outputs >= 0) == (targets >= 0)) & mask, axis=(-3, -2, -1))
        lost = xp.any(xp.isnan(outputs) & mask, axis=(-3, -2, -1))
        return xp.where(lost, xp.nan, xp.astype(hits, xp.float64) / xp.sum(mask))


METRIC = ReplayAccuracy()
