"""Does what a network does from inputs to outputs have a symmetry? No matrix on its states is needed.

y(u) are a network's outputs from its own initial state, g acts on inputs and D on outputs. The network has the symmetry
where y(g u) = D y(u) for every u; over some trials,

    largest      max |y(g u) - D y(u)| / (1 + |y(u)|)            over scored steps, as eq. 4 of Mo 2026
    discrepancy  E|y(g u) - D y(u)|^2 / E|y(u) - mean y|^2       as of an ablated network from the intact one

A network whose step commutes with the group, and whose initial state the group leaves alone, has it to rounding; one
that has it need not be so made.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from schurscope.cells import Weights, cell_of
from schurscope.cells.rollout import initial
from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics import discrepancy
from schurscope.neutral.symmetry import PRECISIONS, orthogonal
from schurscope.tasks import Trials


@dataclass(frozen=True)
class OffBy:
    """How far outputs of transformed inputs are off the transformed outputs; NaN where these are not finite."""

    largest: float
    discrepancy: float


def map_errors(
    weights: Weights,
    trials: Trials,
    elements: dict[str, tuple[np.ndarray, np.ndarray]],
    said: Callable = lambda outputs: outputs,
) -> dict[tuple[str, str], OffBy]:
    """(name, precision) -> OffBy of each of ``elements`` (tasks/symmetries.py), computed in float32 and float64.

    ``said``: what outputs say (Metric.said), where that is compared in their place, as log-probabilities of classes.
    A step is scored where the mask is true in any channel. Raises SchurscopeError for a matrix that is not orthogonal
    or does not fit, and for trials with initial states of their own: how the group acts on these is not known.
    """
    if trials.h0 is not None:
        raise SchurscopeError("these trials have initial states of their own; how a group acts on states is not known")
    sizes = {"input": weights.W_xh.shape[1], "output": len(weights.W_hy)}
    acting = {}
    for name, pair in elements.items():
        acting[name] = [orthogonal(g, what) for g, what in zip(pair, sizes, strict=True)]
        for g, (what, size) in zip(acting[name], sizes.items(), strict=True):
            if len(g) != size:
                raise SchurscopeError(f"{name!r} acts on {len(g)} {what} channels; the network has {size}")
    scored, found = trials.mask.any(axis=-1), {}
    for precision in PRECISIONS:
        plain = said(outputs(weights, trials.inputs, precision)).astype(np.float64)
        for name, (g, D) in acting.items():
            moved = said(outputs(weights, trials.inputs @ g.T, precision)).astype(np.float64)
            found[name, precision] = _off(moved, plain @ D.T, scored)
    return found


def outputs(weights: Weights, inputs, precision: str) -> np.ndarray:
    """(batch, time, output) for inputs (batch, time, input), all in float32 or float64."""
    cell, p = cell_of(weights), {name: np.asarray(w, dtype=precision) for name, w in weights.parameters().items()}
    W_hy = np.asarray(weights.W_hy, dtype=precision)
    b_y = np.zeros(len(W_hy), dtype=precision) if weights.b_y is None else np.asarray(weights.b_y, dtype=precision)
    inputs = np.asarray(inputs, dtype=precision)
    h, found = initial(weights, len(inputs)).astype(precision), []
    for t in range(inputs.shape[1]):
        h = cell.step(p, h, inputs[:, t])
        found.append(cell.visible(h) @ W_hy.T + b_y)
    return np.stack(found, axis=1)


def _off(moved, expected, scored) -> OffBy:
    if not np.isfinite(moved).all() or not np.isfinite(expected).all():
        return OffBy(np.nan, np.nan)
    off, size = (np.linalg.norm(array, axis=-1)[scored] for array in (moved - expected, expected))
    every = np.broadcast_to(scored[..., None], moved.shape)
    return OffBy(float(np.max(off / (1 + size), initial=0.0)), discrepancy(moved, expected, every))
