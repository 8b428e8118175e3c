"""One network under examination: its Schur form, its trials, and the effect of any change of its recurrent matrix."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from schurscope import metrics
from schurscope.cells.rollout import rollout, steps_of
from schurscope.cells.weights import Weights
from schurscope.foundations.streams import Stream, stream
from schurscope.schur.form import SchurForm
from schurscope.tasks import Task
from schurscope.tasks.trials import Trials


@dataclass(frozen=True)
class Subject:
    """``alphas``: the cuts of the profile; ``alpha``: the one that is shown; ``address``: names the random draws.

    ``metric``: a registered one; what a change costs, its *effect*, is lost accuracy or ΔFVU: positive is worse.
    """

    weights: Weights
    form: SchurForm
    trials: Trials
    metric: str
    alphas: list[float]
    alpha: float
    address: tuple
    target_mean: str = "channel"
    task: Task | None = None  # None where the trials are somebody's own
    first: bool = False  # of its width and construction: the one that is drawn where there is room for one

    def outputs(self, W_hh: np.ndarray) -> np.ndarray:
        """What the outputs (trial, time, output) of the network say with another recurrent matrix (Metric.said)."""
        outputs = rollout(replace(self.weights, W_hh=W_hh), self._steps, self.trials.h0)
        return metrics.make_metric(self.metric).said(outputs)

    def states(self, W_hh: np.ndarray) -> np.ndarray:
        """Hidden states h[t], (trial, time, unit)."""
        read_all = replace(self.weights, W_hh=W_hh, W_hy=np.eye(len(W_hh)), b_y=None)
        return rollout(read_all, self._steps, self.trials.h0)

    @cached_property
    def _steps(self):
        return steps_of(self.trials.inputs)

    @cached_property
    def intact(self) -> np.ndarray:
        """Outputs of the network as it is."""
        return self.outputs(self.weights.W_hh)

    @cached_property
    def _measure(self):
        scored = metrics.make_metric(self.metric)
        return scored.measure(self.trials.targets, self.trials.mask, self.target_mean)

    def performance(self, outputs: np.ndarray) -> float:
        """The metric of some outputs."""
        return self._measure(outputs)[self.metric]

    @cached_property
    def _intact_performance(self) -> float:
        return self.performance(self.intact)

    def lost(self, outputs: np.ndarray, reference: np.ndarray | None = None) -> float:
        """What some outputs cost beside the reference (the intact ones): positive is worse."""
        before = self._intact_performance if reference is None else self.performance(reference)
        return metrics.make_metric(self.metric).lost(self.performance(outputs), before)

    def effect(self, W_hh: np.ndarray) -> float:
        """What another recurrent matrix costs."""
        return self.lost(self.outputs(W_hh))

    def change(self, sector: str) -> np.ndarray:
        """What removing a sector at ``alpha`` takes from T, (mode, mode_from): T there, else 0."""
        return np.where(self.form.mask(sector, self.alpha), self.form.T, 0.0)

    def with_T(self, T: np.ndarray) -> np.ndarray:
        """The recurrent matrix Q T Q^T; W itself where T is the form's own."""
        return self.form.W if np.array_equal(T, self.form.T) else self.form.Q @ T @ self.form.Q.T

    def stream(self, name: str) -> Stream:
        """Random draws of one diagnostic for this network."""
        return stream("diagnostic", name, *self.address)

    def discrepancy(self, outputs: np.ndarray) -> float:
        """Rollout discrepancy of some outputs from the intact ones."""
        return metrics.discrepancy(outputs, self.intact, self.trials.mask)

    def fvu(self, outputs: np.ndarray) -> float:
        """FVU of some outputs, also where the metric is accuracy."""
        return metrics.fvu(outputs, self.trials.targets, self.trials.mask)
