"""Lifetimes of a phase in trained circle cells whose symmetry is broken afterwards (Mo 2026, Fig. A7).

eps M z, M = diag(1, -1), is added to the trained field; the phase begins ``PHASE`` from the axis that it is then drawn
to, without input, and its lifetime ends where it has moved by ``MOVED``. On a circle of constant radius the closed form
log(tan phi0 / tan(phi0 - theta)) / gap, gap = 2 eps, says when (breaking.py); a pinned cell has that circle.
"""

from dataclasses import replace

import numpy as np

from schurscope.neutral.breaking import traceless
from schurscope.neutral.circle_cell import CircleCell

PHASE, MOVED, LONGEST = 0.35, 0.2, 1500.0  # rad, rad, time units
STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 6e-2)


def lifetimes(cell: CircleCell, p, strengths=STRENGTHS, longest: float = LONGEST) -> np.ndarray:
    """(network, strength), multiples of dt: the first time at which the phase is off by MOVED; inf: not by ``longest``.

    ``p``: name -> float64 array with a first axis (network).
    """
    networks = len(next(iter(p.values())))
    found = np.full((networks, len(strengths)), np.inf)
    for place, strength in enumerate(strengths):
        broken = replace(cell, breaking=traceless(strength))
        ready, state = broken.prepared(p), broken.begin(p, np.full((networks, 1), PHASE))
        u = np.zeros((networks, 1, 1))
        for step in range(1, int(round(longest / cell.dt)) + 1):
            state = broken.step(ready, state, u)
            moved = np.abs(np.arctan2(state[:, 0, 1], state[:, 0, 0]) - PHASE)  # it starts and stays far from +- pi
            over = np.isinf(found[:, place]) & (moved >= MOVED)
            found[over, place] = step * cell.dt
            if np.isfinite(found[:, place]).all():
                break
    return found
