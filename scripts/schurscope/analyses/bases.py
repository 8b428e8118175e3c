"""Other orthogonal coordinates of the same recurrent matrix: what a circuit in Schur coordinates is compared with.

In each, every entry of M = P^T W P may go, but for the Schur forms, in which the blocks on the diagonal stay. P itself
has n (n - 1) / 2 numbers, but for the neurons' own coordinates. Draws are named by the network's address.
"""

from collections.abc import Callable

import numpy as np

from schurscope.analyses.coordinates import NOTHING, Coordinates, schur_coordinates
from schurscope.analyses.sensitivity import states_before
from schurscope.cells import Weights
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import Stream
from schurscope.schur.form import SchurForm, stored_form
from schurscope.schur.ordering import blocks_of, moved_form
from schurscope.tasks.trials import Trials


def in_basis(name: str, form: SchurForm, weights: Weights, trials: Trials, source: Stream) -> Coordinates:
    """The coordinates of that name; ``trials``: those that couplings are chosen on. Raises SchurscopeError."""
    if name not in BASES:
        raise SchurscopeError(f"basis {name!r} does not exist; allowed: {', '.join(BASES)}")
    return BASES[name](form, weights, trials, source)


def neurons(form, weights, trials, source) -> Coordinates:
    """W itself."""
    return every_entry(np.eye(len(form.W)), form.W)


def principal_components(form, weights, trials, source) -> Coordinates:
    """Directions of the states' covariance over steps and trials, the largest first."""
    h = states_before(weights, trials)[1:].reshape(-1, len(form.W)).astype(np.float64)
    variance, P = np.linalg.eigh(np.cov(h, rowvar=False))
    return every_entry(P[:, np.argsort(-variance, kind="stable")], form.W)


def random_orthogonal(form, weights, trials, source) -> Coordinates:
    """Haar: the factor Q of a normal matrix, with R's diagonal made positive."""
    Q, R = np.linalg.qr(source.normal(0, form.W.shape))
    return every_entry(Q * np.sign(np.diagonal(R)), form.W)


def schur_shuffled(form, weights, trials, source) -> Coordinates:
    """Another real Schur form of W: its blocks in a random order."""
    return _reordered(form, source.uniform(0, (len(form.blocks),)))


def schur_reversed(form, weights, trials, source) -> Coordinates:
    """Another real Schur form of W: its blocks in order of nondecreasing modulus."""
    return _reordered(form, -np.arange(len(form.blocks)))


def schur_rotated(form, weights, trials, source) -> Coordinates:
    """The ordered Schur form, each plane of a 2x2 block turned by a random angle: no entry between blocks rests on
    LAPACK's standard form any more.
    """
    turn = np.eye(len(form.T))
    for angle, (start, size) in zip(source.uniform(0, (len(form.blocks),), 0, 2 * np.pi), form.blocks, strict=True):
        if size == 2:
            c, s = np.cos(angle), np.sin(angle)
            turn[start : start + 2, start : start + 2] = [[c, -s], [s, c]]
    plain = schur_coordinates(form)
    M = np.where(plain.free, turn.T @ form.T @ turn, 0.0)  # what stands below the blocks is 0
    for start, size in form.blocks:
        own = slice(start, start + size)
        M[own, own] = turn[own, own].T @ form.T[own, own] @ turn[own, own]
    return of_free(form.Q @ turn, M, plain.free)


def every_entry(P: np.ndarray, W: np.ndarray) -> Coordinates:
    """Every entry of P^T W P may go."""
    return of_free(P, P.T @ W @ P, np.ones(W.shape, dtype=bool))


def of_free(P: np.ndarray, M: np.ndarray, free: np.ndarray) -> Coordinates:
    """Coordinates in which the entries ``free`` (n, n) may go, each by itself."""
    there = free & (np.abs(M) > NOTHING * np.linalg.norm(M))
    unit = np.full(M.shape, -1)
    unit[there] = np.arange(there.sum())
    return Coordinates(P, np.where(free & ~there, 0.0, M), unit, free)


def _reordered(form: SchurForm, keys) -> Coordinates:
    T, Q = moved_form(form.T.copy(), form.Q.copy(), list(keys))
    starts = [size for _, size in blocks_of(T)]
    block = np.repeat(np.arange(len(starts)), starts)
    return of_free(Q, stored_form(form.W, Q, T).T, block[:, None] < block[None, :])


BASES: dict[str, Callable] = {
    "schur_shuffled": schur_shuffled,
    "schur_reversed": schur_reversed,
    "schur_rotated": schur_rotated,
    "neurons": neurons,
    "principal_components": principal_components,
    "random_orthogonal": random_orthogonal,
}
