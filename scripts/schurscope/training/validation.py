"""Whether networks are solved: all validation trials say that they are, but some of them can show that they are not."""

import numpy as np

from schurscope.metrics.metric import Metric
from schurscope.tasks.trials import Trials

PART = 32  # trials that are looked at at once
ROUNDING = 1e-9  # of what is lost: it excludes nothing


class Validation:
    """``threshold``: of "solved", None where training does not stop for it."""

    def __init__(self, metric: Metric, trials: Trials, threshold: float | None):
        self.metric, self.trials, self.threshold = metric, trials, threshold
        self.parts = [trials.part(first, first + PART) for first in range(0, len(trials.inputs), PART)]
        self.weights = [metric.weight(part.targets, part.mask) for part in self.parts]
        self.weight = metric.weight(trials.targets, trials.mask)

    def scores(self, group, last: bool) -> list[float]:
        """The score of each network of a group; of all trials where one may be solved, or for the ``last`` time.

        Else of the first trials, as many as show that no network can reach the threshold, were the others perfect.
        """
        if last or min(self.weights) == 0:
            return group.scores(self.trials)
        perfect, lost, seen = self.metric.perfect, 0.0, 0.0
        for part, weight in zip(self.parts, self.weights, strict=True):
            lost = lost + (np.array(group.scores(part)) - perfect) * weight
            seen += weight
            best = perfect + lost / self.weight * (1 - ROUNDING)
            if self.threshold is None or not any(self.metric.reached(value, self.threshold) for value in best):
                return list(perfect + lost / seen)
        return group.scores(self.trials)
