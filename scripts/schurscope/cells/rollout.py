"""The forward map in time, in one place (Draeger 2026, eqs. 1 and 2).

h[t] is the cell's step from h[t-1] and x[t], y[t] = W_hy h[t] + b_y; h before the first step is h0. The paper's
networks are tanh networks with leak 1, no biases and h0 = 0.
"""

from typing import NamedTuple

import numpy as np

from schurscope.cells import cell_of
from schurscope.cells.pointwise import Pointwise
from schurscope.cells.weights import Weights


class Steps(NamedTuple):
    """Inputs by steps: x (time, batch, input) in float64, and whether there is any at a step, (time,)."""

    x: np.ndarray
    driven: np.ndarray


def steps_of(inputs: np.ndarray) -> Steps:
    """Inputs (batch, time, input) for many rollouts."""
    x = np.array(np.swapaxes(inputs, 0, 1), dtype=np.float64, order="C")
    return Steps(x, x.any(axis=(1, 2)))


def rollout(weights: Weights, inputs: np.ndarray | Steps, h0: np.ndarray | None = None) -> np.ndarray:
    """Outputs (batch, time, output) for inputs (batch, time, input), in float64.

    ``h0`` (batch, unit): each trial's initial state, in place of the network's own. A network's outputs depend on its
    own weights and inputs alone: each product has the shape of one batch. Only one step's hidden states are kept, so
    that they stay in the cache, and written over: this is ``Cell.step`` without new memory.
    """
    cell, p = cell_of(weights), {name: np.asarray(w, dtype=np.float64) for name, w in weights.parameters().items()}
    if not isinstance(cell, Pointwise):
        return _step_by_step(cell, p, weights, inputs, h0)
    hh, xh, hy = (np.array(w.T, dtype=np.float64, order="C") for w in (weights.W_hh, weights.W_xh, weights.W_hy))
    steps = inputs if isinstance(inputs, Steps) else steps_of(inputs)
    outputs = np.empty((*steps.x.shape[:2], hy.shape[1]))
    h = initial(weights, steps.x.shape[1], h0)
    drive = np.empty_like(h)
    for x, driven, y in zip(*steps, outputs, strict=True):
        np.matmul(h, hh, out=drive)
        if driven:  # autonomous steps have no input to add
            drive += np.dot(x, xh)  # of one input in half the time of matmul
        if weights.b_h is not None:
            drive += weights.b_h
        if cell.leak == 1:
            cell.fill(p, drive, h)
        else:
            cell.fill(p, drive, drive)
            h *= 1 - cell.leak
            h += cell.leak * drive
        np.matmul(h, hy, out=y)
    if weights.b_y is not None:
        outputs += weights.b_y
    return np.ascontiguousarray(np.swapaxes(outputs, 0, 1))


def _step_by_step(cell, p, weights, inputs, h0) -> np.ndarray:
    """The same for a cell of any kind."""
    steps = inputs if isinstance(inputs, Steps) else steps_of(inputs)
    h, b_y = initial(weights, steps.x.shape[1], h0), 0 if weights.b_y is None else weights.b_y
    outputs = np.empty((steps.x.shape[1], len(steps.x), len(weights.W_hy)))
    for t, x in enumerate(steps.x):
        h = cell.step(p, h, x)
        outputs[:, t] = cell.visible(h) @ weights.W_hy.T + b_y
    return outputs


def initial(weights: Weights, batch: int, h0: np.ndarray | None = None) -> np.ndarray:
    """The states before the first step, (batch, states * unit): ``h0``, else the network's own, else 0."""
    h = np.zeros((batch, cell_of(weights).states * weights.W_hy.shape[1]))
    start = weights.h0 if h0 is None else h0
    return h if start is None else h + start
