"""Cross-entropy of a softmax over the output channels with one-hot targets, in nats a scored step.

A step is scored where its mask is true in any channel.
"""

import numpy as np
from array_api_compat import array_namespace

from schurscope.metrics.classes import RECALLED, recall
from schurscope.metrics.entries import aligned, beside
from schurscope.metrics.metric import Error, error_variables


def of_steps(outputs, targets):
    """-sum_k target_k log softmax(output)_k of every step, (..., time), from (..., time, output); array API."""
    xp = array_namespace(outputs)
    shifted = outputs - xp.max(outputs, axis=-1, keepdims=True)
    return xp.log(xp.sum(xp.exp(shifted), axis=-1)) - xp.sum(targets * shifted, axis=-1)


def cross_entropy(outputs, targets, mask=None) -> float:
    """Mean over scored steps, in nats; NaN where none is scored."""
    outputs, targets, mask = aligned(outputs, targets, mask)
    scored = mask.any(axis=-1)
    return float(np.mean(of_steps(outputs, targets)[scored])) if scored.any() else np.nan


def problem(targets, mask) -> str | None:
    """Why cross-entropy is not defined on these trials, in words; None if it is."""
    scored = np.asarray(targets)[np.asarray(mask).any(axis=-1)]
    if scored.shape[-1] > 1 and np.isin(scored, (0, 1)).all() and (scored.sum(axis=-1) == 1).all():
        return None
    return "cross-entropy needs one-hot targets over at least two channels, one 1 and else 0 at every scored step"


class CrossEntropy(Error):
    """``unit``: nats in one unit of the score."""

    name, label, lost_label, solved = "cross_entropy", "cross-entropy", "Δcross-entropy", 0.1
    variables = error_variables("cross_entropy", "cross-entropy, nats a scored step", "cross-entropy") | RECALLED
    of_classes = True
    unit = 1.0

    def problem(self, targets, mask):
        return problem(targets, mask)

    def measure(self, targets, mask, target_mean="channel"):
        recalled = recall(targets, mask)
        return lambda outputs: {
            self.name: cross_entropy(outputs, targets, mask) / self.unit,
            "recall_accuracy": recalled(outputs),
        }

    def weight(self, targets, mask):
        return float(mask.any(axis=-1).sum())

    def stacked(self, outputs, targets, mask):
        xp, targets, mask = beside(outputs, targets, mask)
        scored = xp.any(mask, axis=-1)
        sums = xp.sum(xp.where(scored, of_steps(outputs, targets), 0.0), axis=(-2, -1))
        return sums / xp.sum(xp.astype(scored, outputs.dtype)) / self.unit


METRIC = CrossEntropy()
