"""Context-dependent integration (after Mante et al. 2013; 4 inputs and length 48 as in Draeger 2026).

Two noisy streams and a one-hot context that is on all trial. A stream's step is its trial's coherence,
Unif[-``coherence``, ``coherence``), plus normal noise of standard deviation ``noise``; the target at each step is the
running sum of the cued stream over ``scale``, with a leak if ``leak`` is above 0. The paper speaks of a "slow
accumulated variable" and leaves the distributions open; all numbers here are ours.
"""

import numpy as np

from schurscope.tasks.base import Task, Trials


class Integration(Task):
    inputs = 4
    outputs = 1
    properties = {
        "length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 48},
        "coherence": {"type": "number", "minimum": 0, "default": 0.2},
        "noise": {"type": "number", "minimum": 0, "default": 0.5},
        "scale": {"type": "number", "exclusiveMinimum": 0, "default": 12.0},
        "leak": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.0},
    }

    def draw(self, source, batch, horizon):
        length = self.settings["length"]
        coherence = source.uniform(0, (batch, 1, 2), -self.settings["coherence"], self.settings["coherence"])
        context = source.integers(1, (batch,), 0, 1)
        evidence = coherence + self.settings["noise"] * source.normal(2, (batch, length, 2))
        inputs = np.zeros((batch, length, 4))
        inputs[:, :, :2] = evidence
        inputs[np.arange(batch), :, 2 + context] = 1.0
        cued = evidence[np.arange(batch), :, context]
        targets = leaky_sum(cued, self.settings["leak"])[:, :, None] / self.settings["scale"]
        return Trials(inputs, targets, np.ones(targets.shape, dtype=bool))


def leaky_sum(steps: np.ndarray, leak: float) -> np.ndarray:
    """z[t] = (1 - leak) z[t-1] + x[t] along the second axis; the plain running sum for leak 0."""
    if leak == 0:
        return np.cumsum(steps, axis=1)
    total = np.zeros(steps.shape[0])
    sums = np.empty_like(steps)
    for t in range(steps.shape[1]):
        total = (1.0 - leak) * total + steps[:, t]
        sums[:, t] = total
    return sums


TASK = Integration
