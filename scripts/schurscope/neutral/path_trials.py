"""Trials of circle_path (tasks/circle_path.py) where a model is told the first phase as its state, not by an input.

At t = 0 to T (cos, sin) of phi[t] is to be answered; the trials have streams of their own.
"""

from dataclasses import dataclass

import numpy as np

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.tasks.circle_path import SPEED, phases_of, wander

FULL, RESTRICTED = np.pi, np.pi / 4  # largest first phase, rad: the whole circle, or a quarter of it


@dataclass(frozen=True)
class Paths:
    """``phases`` (trial, time + 1), rad, not wrapped; ``velocities`` (trial, time), rad per unit time."""

    phases: np.ndarray
    velocities: np.ndarray

    @property
    def targets(self) -> np.ndarray:
        """(cos, sin), (trial, time + 1, 2)."""
        return np.stack([np.cos(self.phases), np.sin(self.phases)], axis=-1)


def paths(source, trials: int, steps: int, speed: float = SPEED, largest: float = FULL) -> Paths:
    """``trials`` of so many steps from a stream; the first phase is uniform within +- ``largest`` rad.

    Raises SchurscopeError for a range without width, or beyond the circle, no steps, or a negative speed.
    """
    if not 0 < largest <= np.pi:
        raise SchurscopeError(
            f"the first phases lie within +- {largest:g} rad; a number above 0 and at most pi is needed"
        )
    if steps < 1 or trials < 1 or not 0 <= speed < np.inf:
        raise SchurscopeError(f"trials and steps must be at least 1, the speed 0 or more: {trials}, {steps}, {speed}")
    first, velocities = wander(source, trials, steps, speed, largest)
    return Paths(phases_of(source.xp, first, velocities), velocities)


def training_paths(seed: int, update: int, trials: int, steps: int, largest: float) -> Paths:
    """The trials of one update; networks of one seed see the same, whatever they are made of."""
    return paths(stream("circle path training", seed, update=update), trials, steps, largest=largest)


def fixed_paths(of: str, trials: int, steps: int, speed: float = SPEED, largest: float = FULL) -> Paths:
    """Those of "validation" or "test", the same for every network."""
    return paths(stream("circle path", of, steps), trials, steps, speed, largest)
