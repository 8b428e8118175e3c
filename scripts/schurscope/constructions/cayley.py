"""Cayley: W_hh = O(A) D O(A)^T at every iterate, normal by construction (Draeger 2026, section 3).

O(A) = (I - A)(I + A)^-1 with A = (U - U^T)/2 rebuilt from a free matrix U at every step, so that A stays skew;
D has real 1x1 blocks a and 2x2 blocks ((a, -b), (b, a)). U, a and b are trained; which rows of D form a block is fixed
at the start, where U is Unif[-m, m] and D holds the eigenvalues of a Unif[-m, m] matrix, m = 1/sqrt(N).
"""

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace


@dataclass(frozen=True)
class Cayley:
    """Parameters U (N, N); a and b (N,), one entry a block; what is left over, and b of a 1x1 block, is not used.
    ``member`` (N, N): 1 where the row belongs to the block; ``turn`` (N, N): ((0, -1), (1, 0)) on every 2x2 block."""

    parameters: dict
    member: np.ndarray
    turn: np.ndarray
    in_graph = False  # an inverse reports to the CPU whether it succeeded, which a captured graph cannot

    def matrix(self, parameters):
        O, D, _ = self._factors(parameters)
        return O @ D @ O.mT

    def pullback(self, parameters, gradient):
        xp = array_namespace(gradient)
        O, D, eye = self._factors(parameters)
        inverse = (O + eye) / 2  # (I + A)^-1, because O = 2 (I + A)^-1 - I
        gradient_O = gradient @ O @ D.mT + gradient.mT @ O @ D
        gradient_A = -2 * inverse.mT @ gradient_O @ inverse.mT
        gradient_D = O.mT @ gradient @ O
        member, turn = self._patterns(xp, gradient)
        return {
            "U": (gradient_A - gradient_A.mT) / 2,
            "a": _times(xp.sum(gradient_D * eye, axis=-1), member.mT),
            "b": _times(xp.sum(gradient_D * turn, axis=-1), member.mT),
        }

    def _factors(self, parameters):
        U, a, b = parameters["U"], parameters["a"], parameters["b"]
        xp = array_namespace(U)
        member, turn = self._patterns(xp, U)
        eye = xp.eye(U.shape[-1], dtype=U.dtype, device=U.device)
        O = 2 * xp.linalg.inv(eye + (U - U.mT) / 2) - eye
        D = _times(a, member)[..., None] * eye + _times(b, member)[..., None] * turn
        return O, D, eye

    def _patterns(self, xp, like):
        return (xp.asarray(pattern, dtype=like.dtype, device=like.device) for pattern in (self.member, self.turn))


def _times(vector, matrix):
    """matrix @ vector, over leading axes."""
    return (matrix @ vector[..., None])[..., 0]


def start(width, source):
    bound = width**-0.5
    U = source.uniform(0, (width, width), -bound, bound)
    eigenvalues = np.linalg.eigvals(source.uniform(1, (width, width), -bound, bound))
    pairs, reals = eigenvalues[eigenvalues.imag > 0], eigenvalues[eigenvalues.imag == 0].real
    blocks = len(pairs) + len(reals)
    owner = np.concatenate([np.repeat(np.arange(len(pairs)), 2), len(pairs) + np.arange(len(reals))])
    turn = np.zeros((width, width))
    first = 2 * np.arange(len(pairs))
    turn[first, first + 1] = -1.0
    turn[first + 1, first] = 1.0
    a = np.concatenate([pairs.real, reals, np.zeros(width - blocks)])
    b = np.concatenate([pairs.imag, np.zeros(width - len(pairs))])
    return Cayley({"U": U, "a": a, "b": b}, np.eye(width)[owner], turn)
