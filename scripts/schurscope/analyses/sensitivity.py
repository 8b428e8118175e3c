"""What setting entries of a recurrent matrix to zero does to the outputs, to first order, by adjoints.

In orthogonal coordinates W_hh = P M P^T an output y depends on an entry of M as

    dy/dM_ij = sum over steps s of (p_i . lambda_s) (p_j . h_{s-1}),    lambda_s = dy/dz_s,

z the units' drive. Outputs times steps are far fewer than entries, so that lambda is carried back from every output
(n numbers a step), not a change of h forward from every entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from schurscope.analyses.coordinates import Coordinates
from schurscope.cells import Weights, cell_of
from schurscope.cells.rollout import initial
from schurscope.tasks.trials import Trials

CHUNK = 2**24  # bytes of adjoints that are there at once: fresh memory for more would cost more than the arithmetic


@dataclass(frozen=True)
class Linear:
    """A network about its own path: states before each step (step, trial, unit), leak f'(z) there, float32; leak."""

    before: np.ndarray
    slopes: np.ndarray
    leak: float

    def at(self, places) -> "Linear":
        """On some of the trials."""
        return Linear(self.before[:, places], self.slopes[:, places], self.leak)


def directions(
    weights: Weights,
    trials: Trials,
    coordinates: Coordinates,
    which: np.ndarray,
    path: Linear | None = None,
    chances: np.ndarray | None = None,
) -> Iterator[tuple]:
    """(places, J): what units of ``which`` take from scored outputs when they go, a part of the trials at a time.

    ``weights``: the network where it is linearised; ``path``: ``linear`` of these trials, where it is there already.
    ``chances`` (trial, time, output): softmax of the outputs there; then it is log-probabilities that units take from.
    ``places``: (trial, time, output) index arrays of the rows.
    J (row, unit) float32: sum over the unit's entries of M_ij dy/dM_ij, with the values that M has in ``coordinates``.
    """
    batch, steps = trials.mask.shape[:2]
    n = len(weights.W_hh)
    columns, starts, values = _entries(coordinates, which)
    both = np.hstack([coordinates.P, weights.W_hh]).astype(np.float32)
    W_hy = weights.W_hy.astype(np.float32)
    path = linear(weights, trials) if path is None else path
    rows = int(trials.mask.any(axis=0).sum())
    some = max(1, CHUNK // (4 * max(rows, 1) * n * (steps + n)))
    for first in range(0, batch, some):
        part, own = trials.part(first, first + some), path.at(slice(first, first + some))
        times, channels = np.nonzero(part.mask.any(axis=0))  # in order of time: those after a step are the last rows
        reach = np.append(np.searchsorted(times, np.arange(steps)), len(times))
        adjoint = np.zeros((len(part.mask), steps, len(times), n), dtype=np.float32)
        mu = np.zeros((len(times), len(part.mask), n), dtype=np.float32)
        for s in reversed(range(steps)):
            mu[reach[s] : reach[s + 1]] = W_hy[channels[reach[s] : reach[s + 1]], None, :]
            if chances is not None:  # d log p_k = dy_k - sum of p dy
                mu[reach[s] : reach[s + 1]] -= chances[first : first + some, s].astype(np.float32) @ W_hy
            later = mu[reach[s] :]
            at_drive = later * own.slopes[s]
            found = (at_drive.reshape(-1, n) @ both).reshape(*later.shape[:2], 2 * n)
            adjoint[:, s, reach[s] :] = found[..., :n].swapaxes(0, 1)
            if own.leak < 1:
                later *= 1 - own.leak
                later += found[..., n:]
            else:
                later[:] = found[..., n:]
        h = (own.before.reshape(-1, n) @ both[:, :n]).reshape(own.before.shape).swapaxes(0, 1)  # (trial, step, mode)
        flat = adjoint.reshape(len(h), steps, -1).swapaxes(1, 2)
        J = np.take(np.matmul(flat, h).reshape(len(h) * len(times), n * n), columns, axis=1)
        J *= values
        if len(starts) < len(columns):
            J = np.add.reduceat(J, starts, axis=1)
        rows = part.mask[:, times, channels].ravel()
        trial = np.repeat(np.arange(len(h)), len(times))[rows]
        places = first + trial, np.tile(times, len(h))[rows], np.tile(channels, len(h))[rows]
        yield places, J if rows.all() else J[rows]


def _entries(coordinates: Coordinates, which: np.ndarray):
    """Places in the flat matrix of all entries of some units, where each unit begins, and M there in float32."""
    unit = coordinates.unit.ravel()
    place = np.full(coordinates.units + 1, -1)
    place[which] = np.arange(len(which))
    entries = np.flatnonzero(place[unit] >= 0)
    entries = entries[np.argsort(place[unit[entries]], kind="stable")]
    starts = np.searchsorted(place[unit[entries]], np.arange(len(which)))
    return entries, starts, coordinates.M.ravel()[entries].astype(np.float32)


def states_before(weights: Weights, trials: Trials) -> np.ndarray:
    """The state before each step, (step, trial, unit), float32."""
    return linear(weights, trials).before


def linear(weights: Weights, trials: Trials) -> Linear:
    """The path of a network on these trials."""
    cell, p = cell_of(weights), weights.parameters()
    h = initial(weights, len(trials.inputs), trials.h0)
    shape = (trials.inputs.shape[1], *h.shape)
    before, slopes = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.float32)
    for t in range(len(before)):
        before[t] = h
        z = cell.drive(p, h, trials.inputs[:, t])
        f = cell.activate(p, z)
        slopes[t] = cell.leak * cell.slope(p, z, f)
        h = (1 - cell.leak) * h + cell.leak * f
    return Linear(before, slopes, cell.leak)
