"""Cayley: W_hh = O(A) D O(A)^T at every iterate, normal by construction (Draeger 2026, section 3).

O(A) = (I - A)(I + A)^-1 with A = (U - U^T)/2 rebuilt from a free matrix U at every step, so that A stays skew;
D has real 1x1 blocks a and 2x2 blocks ((a, -b), (b, a)). U, a and b are trained; which rows of D form a block is fixed
at the start, where U is Unif[-m, m] and D holds the eigenvalues of a Unif[-m, m] matrix, m = 1/sqrt(N).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cayley:
    """Parameters U (N, N); a and b (blocks,), where b of a 1x1 block is not used. ``owner`` (N,): each row's block;
    ``turn`` (N, N): the pattern ((0, -1), (1, 0)) on every 2x2 block."""

    parameters: dict[str, np.ndarray]
    owner: np.ndarray
    turn: np.ndarray

    def matrix(self, parameters, xp=np):
        O, D = self._factors(parameters, xp)
        return O @ D @ O.T

    def pullback(self, parameters, gradient):
        O, D = self._factors(parameters, np)
        inverse = (O + np.eye(len(O), dtype=O.dtype)) / 2  # (I + A)^-1, because O = 2 (I + A)^-1 - I
        gradient_O = gradient @ O @ D.T + gradient.T @ O @ D
        gradient_A = -2 * inverse.T @ gradient_O @ inverse.T
        gradient_D = O.T @ gradient @ O
        return {
            "U": (gradient_A - gradient_A.T) / 2,
            "a": self._per_block(np.diagonal(gradient_D)),
            "b": self._per_block(np.sum(gradient_D * self.turn, axis=1)),
        }

    def _factors(self, parameters, xp):
        U, a, b = parameters["U"], parameters["a"], parameters["b"]
        A = (U - U.T) / 2
        eye = xp.eye(len(U), dtype=U.dtype, device=U.device)
        O = 2 * xp.linalg.inv(eye + A) - eye
        turn = xp.asarray(self.turn, dtype=U.dtype, device=U.device)
        D = a[self.owner][:, None] * eye + b[self.owner][:, None] * turn
        return O, D

    def _per_block(self, rows):
        return np.bincount(self.owner, weights=rows).astype(rows.dtype)


def start(width, source):
    bound = width**-0.5
    U = source.uniform(0, (width, width), -bound, bound)
    eigenvalues = np.linalg.eigvals(source.uniform(1, (width, width), -bound, bound))
    pairs, reals = eigenvalues[eigenvalues.imag > 0], eigenvalues[eigenvalues.imag == 0].real
    owner = np.concatenate([np.repeat(np.arange(len(pairs)), 2), len(pairs) + np.arange(len(reals))])
    turn = np.zeros((width, width))
    first = 2 * np.arange(len(pairs))
    turn[first, first + 1] = -1.0
    turn[first + 1, first] = 1.0
    a = np.concatenate([pairs.real, reals])
    b = np.concatenate([pairs.imag, np.zeros(len(reals))])
    return Cayley({"U": U, "a": a, "b": b}, owner, turn)
