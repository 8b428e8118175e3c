"""Triangular: W_hh = P (D + T) P^T, trained in Schur form (nnRNN, Kerg et al. 2019, eq. 5).

P = exp(A), A skew. D has the 2x2 blocks gamma_i ((cos theta_i, -sin theta_i), (sin theta_i, cos theta_i)). T is
*strictly lower* triangular, the paper's orientation, the entry below the diagonal of each block included, so that
|eigenvalue| is not gamma where that entry t is not 0, but sqrt(gamma^2 + gamma t sin theta) for complex pairs. Read
from the last coordinate to the first, D + T is upper: with R the reversal, (P R) (R (D + T) R) (P R)^T is a real Schur
form of W_hh, but for blocks that are not in LAPACK's standard form or have real eigenvalues.

Starts with gamma 1, theta Unif[0, 2 pi) and T = 0; P turns the same planes as D, by Henaff's angles, so that W_hh = D.
"""

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from schurscope.constructions import exponential
from schurscope.foundations.errors import SchurscopeError


@dataclass(frozen=True)
class Triangular:
    """Parameters X and T (N, N), gamma and theta (N / 2,). ``turn`` (N, N): ((0, -1), (1, 0)) on every block."""

    parameters: dict
    turn: np.ndarray
    in_graph = True
    stored = ("X", "gamma", "theta", "T")

    def matrix(self, parameters):
        return self.forward(parameters)[0]

    def forward(self, parameters):
        P, of_exp = exponential.exp(exponential.skew(parameters["X"]))
        inner = self.theta_matrix(parameters)
        return P @ inner @ P.mT, (P, of_exp, inner)

    def pullback(self, parameters, gradient, kept=None):
        xp = array_namespace(gradient)
        P, of_exp, inner = self.forward(parameters)[1] if kept is None else kept
        along = P.mT @ gradient @ P
        gamma, theta = parameters["gamma"], parameters["theta"]
        eye, turn = self._patterns(gradient)
        cos, sin = xp.cos(theta), xp.sin(theta)
        to_cos, to_sin = _of_blocks(xp, along * eye), _of_blocks(xp, along * turn)
        to_P = gradient @ P @ inner.mT + gradient.mT @ P @ inner
        return {
            "X": exponential.to_upper(exponential.pullback(of_exp, to_P)),
            "gamma": cos * to_cos + sin * to_sin,
            "theta": gamma * (cos * to_sin - sin * to_cos),
            "T": xp.tril(along, k=-1),
        }

    def theta_matrix(self, parameters):
        """D + T: the matrix that the paper calls Theta."""
        xp = array_namespace(parameters["T"])
        eye, turn = self._patterns(parameters["T"])
        gamma, theta = parameters["gamma"], parameters["theta"]
        on_rows = [xp.repeat(gamma * of(theta), 2, axis=-1)[..., None] for of in (xp.cos, xp.sin)]
        return on_rows[0] * eye + on_rows[1] * turn + xp.tril(parameters["T"], k=-1)

    def _patterns(self, like):
        xp = array_namespace(like)
        eye = xp.eye(like.shape[-1], dtype=like.dtype, device=like.device)
        return eye, xp.asarray(self.turn, dtype=like.dtype, device=like.device)


def theta_of(parameters) -> np.ndarray:
    """D + T, (N, N), of the parameters of one network."""
    return Triangular(parameters, _turn(len(parameters["T"]))).theta_matrix(parameters)


def lifted(X, inner):
    """P inner P^T, P = exp(X - X^T) of the upper triangle of X: what stands in these coordinates, among the units."""
    P, _ = exponential.exp(exponential.skew(X))
    return P @ inner @ P.mT


def _of_blocks(xp, entries):
    """Sums over each block's two rows, (..., N / 2)."""
    rows = xp.sum(entries, axis=-1)
    return xp.sum(xp.reshape(rows, (*rows.shape[:-1], -1, 2)), axis=-1)


def check_width(width):
    if width % 2:
        raise SchurscopeError(f"width {width} is odd; init 'triangular' is made of 2x2 blocks and needs an even width")


def start(width, source):
    parameters = {
        "X": exponential.in_planes(exponential.henaff(width, source, 0), width),
        "gamma": np.ones(width // 2),
        "theta": source.uniform(1, (width // 2,), 0.0, 2 * np.pi),
        "T": np.zeros((width, width)),
    }
    return Triangular(parameters, _turn(width))


def _turn(width):
    turn, even = np.zeros((width, width)), np.arange(0, width, 2)
    turn[even, even + 1], turn[even + 1, even] = -1.0, 1.0
    return turn
