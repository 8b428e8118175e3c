"""Delay lines, matrices near them, and what they say of the Fisher memory curve of any matrix (Kerg et al. 2019).

All curves are for a source u of norm 1 and noise of variance 1, without a unit; float64.
"""

import numpy as np

from schurscope.foundations.errors import SchurscopeError


def near_delay_line(units: int, alpha: float, beta: float = 0.0, diagonal: float = 0.0) -> np.ndarray:
    """The matrices of Fig. 1 and Table 6 (eq. 2), (units, units).

    ``diagonal`` d on the diagonal, ``alpha`` just below it, ``beta`` further below. The source is the first unit.
    """
    below = np.tril(np.full((units, units), float(beta)), -2)
    return below + np.diag(np.full(units - 1, float(alpha)), -1) + diagonal * np.eye(units)


def delay_line_memory(gain: float, lags) -> np.ndarray:
    """J(k) of an endless delay line that multiplies by ``gain`` at each step, a number a lag (before eq. 4, and [9]).

    J(k) = a^k (a - 1) / (a^(k+1) - 1) with a = gain^2, and 1 / (k + 1) for a = 1; one of n units has it for k < n.

    It is the optimum: a matrix W of spectral norm s has at no lag more than the delay line of gain s. For J(k) is the
    largest (y . W^k u)^2 / y^T C y over y; with b_j = |(W^j)^T y|^2 the numerator is at most b_k, y^T C y is at least
    b_0 + ... + b_k, and b_k <= s^(2(k-j)) b_j. So J(k) <= 1 / (1 + s^-2 + ... + s^-2k), which is the formula.
    The same holds along a trajectory whose Jacobians have at most the norm s.
    """
    k = np.asarray(lags, dtype=float)
    if gain == 0:
        return (k == 0).astype(float)
    step = -2 * np.log(gain)  # 1 / (sum of e^(j step), j from 0 to k)
    if step == 0:
        return 1 / (k + 1)
    with np.errstate(over="ignore"):
        return np.expm1(step) / np.expm1((k + 1) * step)


def is_near_delay_line(W: np.ndarray) -> bool:
    """Whether Proposition 1 is about W: strictly lower triangular, one positive number all along the sub-diagonal."""
    below = np.diag(W, -1)
    return len(W) > 1 and not np.triu(W).any() and below[0] > 0 and bool((below == below[0]).all())


def proposition_1(W: np.ndarray, lags) -> np.ndarray:
    """The least J(k) that Proposition 1 allows, for the first unit as source, a number a lag.

    Proposition 1: let W (n, n) be strictly lower triangular with sqrt(a) on the whole sub-diagonal, W = D A with D the
    delay line of gain sqrt(a) and A lower triangular with 1 on its diagonal. Then for k < n

        J(k) >= a^k (a - 1) / (a^(k+1) - 1) / sigma^(2(n-1)),

    sigma the largest singular value of A. sigma is 1 for the delay line itself, where it is an equality; the bound says
    little where it is not near 1. A comes from orthogonalising the columns of W, last column first; W says nothing
    of its last row, which is that of the identity here. For k >= n the bound is 0. Raises SchurscopeError for other W.
    """
    if not is_near_delay_line(W):
        raise SchurscopeError(
            "Proposition 1 is about strictly lower triangular matrices with one positive number all along the"
            " sub-diagonal; this matrix is another"
        )
    n, gain = len(W), W[1, 0]
    A = np.eye(n)
    A[:-1] = W[1:] / gain
    kept = delay_line_memory(gain, lags) * np.exp(-2 * (n - 1) * np.log(np.linalg.norm(A, 2)))
    return np.where(np.asarray(lags) < n, kept, 0.0)
