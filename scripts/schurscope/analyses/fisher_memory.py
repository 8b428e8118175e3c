"""The Fisher memory curve of a linear network, with proven intervals (Kerg et al. 2019, eq. 7; Ganguli et al. 2008).

h[t] = W h[t-1] + u s[t] + noise, of variance 1 in every unit at every step. What h knows of a signal k steps ago is

    J(k) = u^T (W^k)^T C^-1 W^k u,   C = sum over k of W^k (W^k)^T,   J_tot = sum over k of J(k).

C converges where the spectral radius is below 1, and only there. It is ill-conditioned wherever W amplifies before it
forgets, and float64 may then have no digit right; so everything here is ball arithmetic (Arb, by python-flint): every
number is an interval that holds the exact value for the float64 numbers that W and u are, rounding included.

**The infinite sums.** Let A = W^m. Partial sums double: C_2m = C_m + A C_m A^T, from C_1 = I, while A becomes A A. The
rest of the sum is E = C - C_m = A C A^T. With q the Frobenius norm of A (an upper end of its interval), |E| <= q^2 |C|
and |C| <= |C_m| + |E| in the spectral norm, so that for q < 1

    |E| <= q^2 / (1 - q^2) |C_m|,

which bounds every entry of E; it is added to every entry's interval. J_tot = u^T X u with X = sum over k of
(W^k)^T C^-1 W^k, which doubles as X_2m = X_m + A^T X_m A from X_1 = C^-1, with the same bound on its rest. m doubles
until q^2 is below one unit of the precision; q < 1 itself proves that the sums converge. |trace A| >= n proves that C
does not, because the trace is at most n times the m-th power of the spectral radius. Where the intervals are wider than
WIDTH of the total, all is done again with twice the bits.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from schurscope.foundations.errors import SchurscopeError, needs

WIDTH = 1e-12  # of an interval, at most, over the total
PRECISIONS = (128, 256, 512, 1024, 2048, 4096)  # bits
DOUBLINGS = 64  # powers up to W^(2^64): a spectral radius nearer to 1 than about 1e-18 is told from 1 by nothing


class Diverges(SchurscopeError):
    """The spectral radius is 1 or more: there is no memory curve."""


@dataclass(frozen=True)
class Curve:
    """A curve at its ``lags``: J(k) and the ends of its interval, (lag,); J_tot and its ends; the bits that it took."""

    lags: np.ndarray
    memory: np.ndarray
    memory_low: np.ndarray
    memory_high: np.ndarray
    total: float
    total_low: float
    total_high: float
    bits: int


def fisher_memory(W, sources, lags=None) -> Curve:
    """The curve of W (n, n) for a source u (n,); for several, (n, source), the mean of their curves.

    ``lags``: whole numbers from 0; None: 0 to 2n - 1. Memory has no unit: a signal counts in standard deviations of the
    noise. Raises SchurscopeError: W or u does not fit, python-flint is missing; Diverges.
    """
    W, U = checked(W, sources)
    lags = checked_lags(lags, len(W))
    flint = _flint()
    for bits in PRECISIONS:
        with _precision(flint, bits):
            intervals = _intervals(flint, W, U, lags)
        if intervals is None:
            continue
        (value, *memory), (low, *memory_low), (high, *memory_high) = intervals
        if max(high - low, *np.subtract(memory_high, memory_low)) <= WIDTH * value:
            return Curve(lags, *map(np.array, (memory, memory_low, memory_high)), value, low, high, bits)
    raise SchurscopeError(
        f"the memory curve could not be told with {PRECISIONS[-1]} bits: powers of W grow too far before they decay"
    )


def checked(W, sources) -> tuple[np.ndarray, np.ndarray]:
    """(W, sources as columns) in float64. Raises SchurscopeError."""
    try:
        W, U = np.asarray(W, dtype=np.float64), np.asarray(sources, dtype=np.float64)
    except (TypeError, ValueError):
        raise SchurscopeError("W and the source must be arrays of real numbers") from None
    if W.ndim != 2 or W.shape[0] != W.shape[1] or not W.size:
        raise SchurscopeError(f"W has the shape {W.shape}; a square matrix is needed")
    if not np.isfinite(W).all():
        raise SchurscopeError("W is not finite; every number of it must be")
    if U.ndim not in (1, 2) or len(U) != len(W):
        raise SchurscopeError(f"the source has the shape {U.shape}; W has {len(W)} units, so ({len(W)},) is needed")
    U = U.reshape(len(W), -1)
    if not np.isfinite(U).all():
        raise SchurscopeError("the source is not finite; every number of it must be")
    if not U.any(axis=0).all() or not U.size:
        raise SchurscopeError("the source is 0; a direction in which a signal enters is needed")
    return W, U


def checked_lags(lags, units: int) -> np.ndarray:
    """Lags in ascending order, each once. Raises SchurscopeError."""
    found = np.arange(2 * units) if lags is None else np.unique(np.asarray(lags))
    if not found.size or found.dtype.kind not in "iu":
        raise SchurscopeError("lags must be whole numbers, at least one of them")
    if found[0] < 0:
        raise SchurscopeError(f"lags must be 0 or more; {found[0]} is below")
    return found.astype(np.int64)


def _flint():
    try:
        import flint
    except ImportError as error:
        raise SchurscopeError(f"the memory curve {needs(error)}") from None
    return flint


@contextmanager
def _precision(flint, bits: int):
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def _intervals(flint, W, U, lags):
    """(values, lower ends, upper ends) of J_tot, then of J at each lag; None where these bits do not do."""
    n, channels = U.shape
    found = _powers(flint, W)
    if found is None:
        return None
    powers, q2 = found
    C = _summed(flint, _matrix(flint, np.eye(n)), powers, q2)
    try:
        inverse = C.inv()
    except ZeroDivisionError:
        return None
    X = _summed(flint, inverse, [A.transpose() for A in powers], q2)
    first = _matrix(flint, U)
    balls = [(first.transpose() * X * first).trace() / channels]
    for lag in lags.tolist():
        V = _moved(first, lag, powers)
        balls.append((V.transpose() * (inverse * V)).trace() / channels)
    if not all(ball.is_finite() for ball in balls):
        return None
    ends = [(float(ball.mid()), float(ball.lower()), float(ball.upper())) for ball in balls]
    values, low, high = map(np.array, zip(*ends, strict=True))
    return values, np.maximum(np.nextafter(low, -np.inf), 0.0), np.nextafter(high, np.inf)  # J is never below 0


def _powers(flint, W):
    """([W, W^2, W^4, ..., W^m], upper end of q^2 for W^m), q^2 below the precision; None where these bits do not do."""
    powers, n = [_matrix(flint, W)], len(W)
    least = flint.arb(2) ** -flint.ctx.prec
    while True:
        A = powers[-1]
        q2 = _square(A)
        if q2.upper() < least:
            return powers, q2.upper()
        if A.trace().abs_lower() >= n:
            raise Diverges(_divergence(W))
        if not q2.is_finite() or (q2.upper() >= 1 and q2.rel_accuracy_bits() < 1):
            return None
        if len(powers) > DOUBLINGS:
            raise Diverges(_divergence(W))
        powers.append(A * A)


def _divergence(W) -> str:
    radius = max(np.abs(np.linalg.eigvals(W)).max(), 1.0)
    return f"the memory curve diverges: the spectral radius of W is {radius:.4g}, and must be below 1"


def _summed(flint, start, powers, q2):
    """start + W start W^T + W^2 start (W^2)^T + ..., to infinity, from the powers of W that double."""
    total = start
    for A in powers[:-1]:
        total = total + A * total * A.transpose()
    rest = flint.arb(0, (q2 / (1 - q2) * _square(total).sqrt()).upper())
    n = total.nrows()
    return total + flint.arb_mat(n, n, [rest] * (n * n))


def _moved(V, steps: int, powers):
    """W^steps V, by the powers that double: step by step, intervals would grow by the norm of |W| at every step."""
    level = 0
    while steps:
        if level == len(powers):
            powers.append(powers[-1] * powers[-1])
        if steps & 1:
            V = powers[level] * V
        steps, level = steps >> 1, level + 1
    return V


def _square(A):
    """The Frobenius norm squared."""
    return sum(entry * entry for entry in A.entries())


def _matrix(flint, array):
    return flint.arb_mat(*array.shape, array.ravel().tolist())
