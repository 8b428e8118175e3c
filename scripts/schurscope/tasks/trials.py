"""Trials: what a network is run on, and how well it does there."""

from dataclasses import dataclass
from typing import Any

from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.metrics import make_metric


@dataclass(frozen=True)
class Trials:
    """inputs (..., batch, time, input), targets (..., batch, time, output), mask (as targets; True where scored).

    Arrays of the source that they were drawn from; ``...`` is its ``lead``. ``h0`` (batch, unit): each trial's own
    initial state, where it has one.
    """

    inputs: Any
    targets: Any
    mask: Any
    h0: Any = None

    def part(self, first: int, end: int | None) -> "Trials":
        """Some of one batch, as a slice has it."""
        return self.at(slice(first, end))

    def at(self, places) -> "Trials":
        """Those of one batch at some places: a slice, or an array of indices."""
        arrays = (self.inputs, self.targets, self.mask, self.h0)
        return Trials(*(None if array is None else array[places] for array in arrays))


def score(weights: Weights, trials: Trials, metric: str) -> float:
    """A registered metric of a network on ``trials``."""
    return make_metric(metric).score(rollout(weights, trials.inputs, trials.h0), trials.targets, trials.mask)
