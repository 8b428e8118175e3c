"""The rotation exp(A) of a skew matrix A, its pullback, and where A starts.

By scaling and squaring: products of matrices only, so that it runs in NumPy and torch, over leading axes, and in a
captured graph. The polynomial is exp's of degree 12 at A / 2^SQUARINGS: to rounding while |A| is below 2^SQUARINGS / 5
(the largest angle of a start is pi), and to 1e-8 while it is below 2^SQUARINGS.
"""

import math

import numpy as np
from array_api_compat import array_namespace

SQUARINGS = 4
COEFFICIENTS = [1 / math.factorial(k) for k in range(13)]


def skew(X):
    """A = triu(X, 1) - triu(X, 1)^T: only what stands above the diagonal of X counts."""
    upper = array_namespace(X).triu(X, k=1)
    return upper - upper.mT


def exp(A):
    """exp(A), and what its pullback needs."""
    xp = array_namespace(A)
    eye = xp.eye(A.shape[-1], dtype=A.dtype, device=A.device)
    small = A / 2**SQUARINGS
    powers = [eye, small]
    for _ in range(2):
        powers.append(powers[-1] @ small)
    cube = powers[3]
    sums = [_combination(powers, COEFFICIENTS[first : first + 3]) for first in (0, 3, 6, 9)]
    inner = [sums[3] + COEFFICIENTS[12] * cube]  # Paterson and Stockmeyer's scheme, in powers of the cube
    for lower in (sums[2], sums[1], sums[0]):
        inner.append(lower + cube @ inner[-1])
    squares = [inner[-1]]
    for _ in range(SQUARINGS):
        squares.append(squares[-1] @ squares[-1])
    return squares[-1], (powers, inner, squares)


def pullback(kept, gradient):
    """dLoss/dexp(A) -> dLoss/dA; ``kept``: what ``exp`` gave beside its value."""
    powers, inner, squares = kept
    eye, small, square, cube = powers
    for value in reversed(squares[:-1]):
        gradient = gradient @ value.mT + value.mT @ gradient
    to_powers = [0 * gradient for _ in range(4)]
    for first, value in ((0, inner[2]), (3, inner[1]), (6, inner[0])):
        _share(to_powers, gradient, COEFFICIENTS[first : first + 3])
        to_powers[3] = to_powers[3] + gradient @ value.mT
        gradient = cube.mT @ gradient
    _share(to_powers, gradient, COEFFICIENTS[9:13])
    to_square = to_powers[2] + to_powers[3] @ small.mT  # cube = square @ small
    to_small = to_powers[1] + square.mT @ to_powers[3] + to_square @ small.mT + small.mT @ to_square
    return to_small / 2**SQUARINGS


def to_upper(gradient):
    """dLoss/dA -> dLoss/dX of ``skew``."""
    return array_namespace(gradient).triu(gradient - gradient.mT, k=1)


def _combination(powers, coefficients):
    return sum(c * power for c, power in zip(coefficients, powers, strict=False))


def _share(to_powers, gradient, coefficients) -> None:
    for k, c in enumerate(coefficients):
        to_powers[k] = to_powers[k] + c * gradient


def in_planes(entries: np.ndarray, width: int) -> np.ndarray:
    """X (width, width) with these entries at (1, 2), (3, 4), ...; exp(skew(X)) turns each plane by its entry."""
    X = np.zeros((width, width))
    even = 2 * np.arange(len(entries))
    X[even, even + 1] = entries
    return X


def henaff(width: int, source, draw: int) -> np.ndarray:
    """Angles Unif(-pi, 0) (Henaff et al. 2016), as Kerg et al. 2019 and their code draw them; (width // 2,)."""
    return source.uniform(draw, (width // 2,), -np.pi, 0.0)


def cayley(width: int, source, draw: int) -> np.ndarray:
    """-tan(u / 2), u ~ Unif(0, pi / 2): what a Cayley map would turn into angles u (Helfrich et al. 2018)."""
    u = source.uniform(draw, (width // 2,), 0.0, np.pi / 2)
    return -np.sqrt((1 - np.cos(u)) / (1 + np.cos(u)))
