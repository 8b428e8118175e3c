"""Trials: what a network is run on, and how well it does there."""

from dataclasses import dataclass
from typing import Any

from schurscope import metrics
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights


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


def score(weights: Weights, trials: Trials, metric: str) -> float:
    """Replay accuracy ("accuracy") or FVU ("fvu") of a network on ``trials``."""
    measure = metrics.replay_accuracy if metric == "accuracy" else metrics.fvu
    return measure(rollout(weights, trials.inputs, trials.h0), trials.targets, trials.mask)


def is_solved(metric: str, value: float, threshold: float) -> bool:
    """Accuracy at least the threshold, or FVU at most; False for NaN."""
    return value >= threshold if metric == "accuracy" else value <= threshold
