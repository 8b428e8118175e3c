"""Lyapunov exponents along the trajectories that a network really takes, in nats a step (Benettin et al. 1980).

A frame Q of orthogonal directions is carried along: J_t Q_t = Q_{t+1} R_{t+1}, by QR at *every* step, because what is
not renormalised at once takes the small exponents with it. The exponents are the means of log |R_ii|, after a warm-up
in which the frame turns to where it belongs. The signs of R's diagonal do not matter: only moduli are kept.

Two lengths, the first half of the steps and all, say how far the means have converged; and their sum has to be the mean
of log |det J|, which is had apart from the frame (the sum rule).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from schurscope.cells import Weights, cell_of
from schurscope.cells.rollout import initial
from schurscope.foundations.errors import SchurscopeError

CHUNK = 256  # steps whose Jacobians are made at once: they stay in the cache
GRADED = 1e-3  # the norm of the smallest row over that of the largest, below which rows are sorted
NEAR_ZERO = 3.0  # over the steps: below, an exponent counts as 0; a bounded phase is off by O(1) / steps


class NoSpectrum(SchurscopeError):
    """The trajectory leaves the floats."""


@dataclass(frozen=True)
class Spectrum:
    """Of each trial: ``exponents`` (trial, exponent), nonincreasing; ``convergence``, as these: how far those of the
    first half of the steps are off; and ``log_det`` (trial,), the mean of log |det J|. ``steps``: how many counted.

    -inf where a direction is lost in one step, as by a unit whose slope is 0.
    """

    exponents: np.ndarray
    convergence: np.ndarray
    log_det: np.ndarray
    steps: int

    @property
    def sum_rule(self) -> np.ndarray:
        """|sum of exponents - log_det|, (trial,); NaN where both are -inf."""
        with np.errstate(invalid="ignore"):
            return np.abs(self.exponents.sum(axis=-1) - self.log_det)


def spectrum(weights: Weights, inputs: np.ndarray, h0: np.ndarray | None = None, warm_up: int = 0) -> Spectrum:
    """The exponents of a network along its own trajectories for inputs (trial, time, input).

    ``h0`` (trial, states * unit): where they begin, in place of the network's own; ``warm_up``: steps before those
    that count. Raises SchurscopeError for too few steps, and where a trajectory leaves the floats.
    """
    inputs = np.asarray(inputs, dtype=np.float64)
    counted = inputs.shape[1] - warm_up
    if counted < 2:
        raise SchurscopeError(
            f"{inputs.shape[1]} steps leave {max(counted, 0)} after a warm-up of {warm_up}; at least 2 must be left"
        )
    states = trajectory(weights, inputs, h0)
    found = [_of_one(weights, own, x, warm_up) for own, x in zip(states, inputs, strict=True)]
    exponents, convergence, log_det = (np.stack(part) for part in zip(*found, strict=True))
    return Spectrum(exponents, convergence, log_det, counted)


def trajectory(weights: Weights, inputs: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """The states that each step begins with, (trial, time, states * unit), in float64.

    Raises NoSpectrum where they are not finite any more.
    """
    cell, p = cell_of(weights), _float64(weights)
    h = initial(weights, len(inputs), h0)
    states = np.empty((inputs.shape[1], *h.shape))
    with np.errstate(over="ignore", invalid="ignore"):
        for t, x in enumerate(np.moveaxis(inputs, 1, 0)):
            states[t] = h
            h = cell.step(p, h, x)
    if not np.isfinite(states).all():
        step = int(np.argmin(np.isfinite(states).all(axis=(1, 2))))
        raise NoSpectrum(f"the trajectory leaves the floats at step {step}: there is no spectrum")
    return np.moveaxis(states, 0, 1)


def _of_one(weights, states, inputs, warm_up):
    """(exponents, convergence, log_det) of one trial; states (time, ...), inputs (time, input)."""
    cell, p, dets = cell_of(weights), _float64(weights), []

    def jacobians() -> Iterator[np.ndarray]:
        for first in range(0, len(states), CHUNK):
            part = slice(first, first + CHUNK)
            made = cell.jacobian(p, states[part], inputs[part])
            with np.errstate(divide="ignore"):
                dets.append(cell.log_det(p, states[part], inputs[part], made))
            yield from made

    grown = growth(jacobians(), states.shape[-1])
    log_det = np.concatenate(dets)
    _mark_lost(grown, log_det)
    counted, log_det = grown[warm_up:], log_det[warm_up:]
    exponents = ordered(counted)
    with np.errstate(invalid="ignore"):
        convergence = np.abs(ordered(counted[: len(counted) // 2]) - exponents)
    return exponents, convergence, log_det.mean()


def growth(jacobians: Iterable[np.ndarray], size: int) -> np.ndarray:
    """log |R_ii| at every step, (time, size), of the frame that ``jacobians`` (size, size), one after another, carry.

    The frame begins with the axes. It is never made: its reflections are applied to the next Jacobian as they are,
    which saves a fourth of the work. Where the rows of a Jacobian are of very different
    sizes, as of tanh units of which some saturate, the largest come first: Householder's reflections then keep the
    small ones to their own rounding (Cox and Higham 1998), and with them the last exponents.
    """
    room = max(64, int(lapack.dgeqrf_lwork(size, size)[0]))
    frame, tau, _, _ = lapack.dgeqrf(np.eye(size, order="F"), lwork=room)
    diagonals, order, plain = [], None, np.arange(size)  # ``order``: of the rows that the frame is written in
    for jacobian in jacobians:
        squares = np.einsum("ij,ij->i", jacobian, jacobian)
        rows = np.argsort(-squares) if squares.min() < GRADED**2 * squares.max() else None
        if not (order is rows is None):
            jacobian = jacobian[np.ix_(plain if rows is None else rows, plain if order is None else order)]
        order = rows
        carried, _, _ = lapack.dormqr("R", "N", frame, tau, np.asfortranarray(jacobian), room, overwrite_c=True)
        frame, tau, _, _ = lapack.dgeqrf(carried, lwork=room, overwrite_a=True)
        diagonals.append(frame.diagonal().copy())
    with np.errstate(divide="ignore"):
        return np.log(np.abs(np.array(diagonals)))


def ordered(grown: np.ndarray) -> np.ndarray:
    """Means over time of (time, exponent), nonincreasing."""
    return np.sort(grown.mean(axis=0))[::-1]


def _mark_lost(grown, log_det) -> None:
    """Where a Jacobian is singular, what is left of the directions that it takes is rounding: -inf."""
    for t in np.flatnonzero(np.isneginf(log_det)):
        largest = grown[t].max()
        grown[t, grown[t] < largest + np.log(len(grown[t]) * np.finfo(float).eps)] = -np.inf


def near_zero(exponents: np.ndarray, steps: int) -> np.ndarray:
    """How many exponents (..., exponent) lie within 3 / steps of 0, (...)."""
    return np.sum(np.abs(exponents) < NEAR_ZERO / steps, axis=-1)


def entropy(exponents: np.ndarray, steps: int) -> np.ndarray:
    """The sum of the positive exponents, those that count as 0 left out, (...): Kolmogorov-Sinai entropy where Pesin's
    identity holds, else an upper bound. Nats a step."""
    return np.sum(np.where(exponents >= NEAR_ZERO / steps, exponents, 0.0), axis=-1)


def dimension(exponents: np.ndarray) -> float:
    """The Kaplan-Yorke dimension of one spectrum (exponent,), nonincreasing; its size where no sum is negative."""
    sums = np.cumsum(exponents)
    if exponents[0] < 0:
        return 0.0
    negative = np.flatnonzero(sums < 0)
    if not len(negative):
        return float(len(exponents))
    k = int(negative[0])
    return k + (sums[k - 1] / abs(exponents[k]) if k else 0.0)


def _float64(weights: Weights) -> dict[str, np.ndarray]:
    return {name: np.asarray(array, dtype=np.float64) for name, array in weights.parameters().items()}
