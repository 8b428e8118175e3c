"""Classification accuracy: the share of scored steps whose largest output is the target's class (one-hot targets).

A step is scored where its mask is true in any channel; of equal outputs the first counts as the largest.
"""

import numpy as np

from schurscope.metrics import cross_entropy
from schurscope.metrics.entries import aligned, beside
from schurscope.metrics.metric import Metric


def classification_accuracy(outputs, targets, mask=None) -> float:
    """Share of scored steps that are right; NaN where none is scored, or a scored output is not a number."""
    outputs, targets, mask = aligned(outputs, targets, mask)
    scored = mask.any(axis=-1)
    some, classes = outputs[scored], np.argmax(targets[scored], axis=-1)
    if not len(some) or np.isnan(some).any():
        return np.nan
    return float(np.mean(np.argmax(some, axis=-1) == classes))


class ClassificationAccuracy(Metric):
    name, label, lost_label = "classification_accuracy", "classification accuracy", "lost classification accuracy"
    of_classes, higher_is_better, solved, most = True, True, 0.9, 1.0
    after = "classification_accuracy", "classification accuracy"
    variables = {
        "classification_accuracy": ((), "share of scored steps whose largest output is the target's class", True)
    }

    def problem(self, targets, mask):
        if cross_entropy.problem(targets, mask) is None:
            return None
        return "classification accuracy needs one-hot targets over at least two channels, one 1 and else 0 where scored"

    def measure(self, targets, mask, target_mean="channel"):
        return lambda outputs: {self.name: classification_accuracy(outputs, targets, mask)}

    def weight(self, targets, mask):
        return float(mask.any(axis=-1).sum())

    def stacked(self, outputs, targets, mask):
        xp, targets, mask = beside(outputs, targets, mask)
        scored = xp.any(mask, axis=-1)
        right = (xp.argmax(outputs, axis=-1) == xp.argmax(targets, axis=-1)) & scored
        lost = xp.any(xp.isnan(outputs) & scored[..., None], axis=(-3, -2, -1))
        share = xp.astype(xp.sum(right, axis=(-2, -1)), xp.float64) / xp.sum(xp.astype(scored, xp.int64))
        return xp.where(lost, xp.nan, share)


METRIC = ClassificationAccuracy()
