"""Ordered real Schur form, its split in a leading and a complement sector, and the removal of couplings.

Draeger 2026, section 2: W = Q T Q^T (eq. 3) with T = B + N (eq. 4), B the 1x1 and 2x2 diagonal blocks in order of
nonincreasing modulus, N the couplings between blocks. A cut at alpha times the spectral radius splits the blocks in R
(leading) and C, and N in T_RR, T_CR (rows in R, columns in C) and T_CC (eq. 5). Everything is float64; NumPy and
SciPy only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import schur

from schurscope.foundations.errors import SchurscopeError
from schurscope.schur.alpha import check_alpha
from schurscope.schur.ordering import blocks_of, eigenvalues_of, sorted_form, with_exact_zeros
from schurscope.schur.split import cuts, leading

SECTORS = ("RR", "CR", "CC")
PASSES = 5  # of ordering, before giving up
ORDER_TOLERANCE = 1e-9  # relative to rho: what rounding may leave of disorder


@dataclass(frozen=True)
class SchurForm:
    """W = Q T Q^T with ordered blocks.

    W, Q, T (n, n): the matrix, the orthogonal basis, the quasi-upper-triangular form. ``blocks``: (start, size) of
    each diagonal block, size 1 or 2. ``eigenvalues`` (n,), complex: those of a 2x2 block stand at its two rows,
    positive imaginary part first.
    """

    W: np.ndarray
    Q: np.ndarray
    T: np.ndarray
    blocks: tuple[tuple[int, int], ...]
    eigenvalues: np.ndarray

    @cached_property
    def moduli(self) -> np.ndarray:
        """Modulus of each block, (len(blocks),)."""
        return np.abs(self.eigenvalues[[start for start, _ in self.blocks]])

    @cached_property
    def block_of(self) -> np.ndarray:
        """Index of the block that each row belongs to, (n,)."""
        return np.repeat(np.arange(len(self.blocks)), [size for _, size in self.blocks])

    @property
    def residual(self) -> float:
        """max |Q T Q^T - W|."""
        return float(np.max(np.abs(self.Q @ self.T @ self.Q.T - self.W)))

    @property
    def orthogonality(self) -> float:
        """max |Q^T Q - I|."""
        return float(np.max(np.abs(self.Q.T @ self.Q - np.eye(len(self.Q)))))

    def leading(self, alpha: float) -> int:
        """n_R: the number of leading rows whose block modulus is at least alpha * rho. rho = 0 puts every row in R.

        alpha in (0, 1], else SchurscopeError. A block is in or out as a whole.
        """
        check_alpha(alpha)
        return sum(size for _, size in self.blocks[: leading(self.moduli, alpha)])

    def split_gap(self, alpha: float) -> float:
        """Modulus gap at the cut over rho: how far alpha could move without moving a block. NaN where C is empty."""
        n_R = self.leading(alpha)
        if n_R == len(self.T):
            return np.nan
        first_out = self.block_of[n_R]
        return float((self.moduli[first_out - 1] - self.moduli[first_out]) / np.max(self.moduli))

    def mask(self, sector: str, alpha: float) -> np.ndarray:
        """The entries of N in a sector: (n, n) bool, all above the diagonal blocks. ``sector`` is RR, CR or CC."""
        return sector_mask(self.block_of, self.leading(alpha), sector)

    def removal(self, sectors: Iterable[str], alpha: float) -> np.ndarray:
        """The entries that removing a set of sectors sets to zero, (n, n) bool."""
        if isinstance(sectors, str) or not isinstance(sectors, Iterable):
            raise SchurscopeError(f"sectors are {sectors!r}; a set or list of {', '.join(SECTORS)} is needed")
        return self.removal_at(sectors, self.leading(alpha))  # alpha is checked even where there is nothing to remove

    def removal_at(self, sectors: Iterable[str], n_R: int) -> np.ndarray:
        """The same for a cut behind the first ``n_R`` rows."""
        entries = np.zeros(self.T.shape, dtype=bool)
        for sector in sectors:
            entries |= sector_mask(self.block_of, n_R, sector)
        return entries

    def without(self, sectors: Iterable[str], alpha: float) -> np.ndarray:
        """Q Z_S(T) Q^T of Draeger 2026 (eq. 6), (n, n): W with the couplings of ``sectors`` removed.

        W itself where there is none to remove.
        """
        return self.without_entries(self.removal(sectors, alpha))

    def without_entries(self, entries: np.ndarray) -> np.ndarray:
        """W without some entries of T, (n, n) bool; W itself where there are none."""
        if not entries.any():
            return self.W.copy()
        return self.Q @ np.where(entries, 0.0, self.T) @ self.Q.T

    def removed_mass(self, sectors: Iterable[str], alpha: float) -> float:
        """Norm of what is removed over the norm of T, Frobenius; 0 where there is nothing. NaN for T = 0."""
        return self.mass_of(self.removal(sectors, alpha))

    def mass_of(self, entries: np.ndarray) -> float:
        """Norm of some entries of T over the norm of T, Frobenius; NaN for T = 0."""
        largest = np.max(np.abs(self.T))
        if largest == 0:
            return np.nan
        scaled = self.T / largest  # squares of very large or small entries would leave the range of floats
        return float(np.linalg.norm(scaled[entries]) / np.linalg.norm(scaled))

    def cuts(self) -> list[tuple[int, float, float]]:
        """(n_R, low, high) of every cut that some alpha in (0, 1] makes: low < alpha <= high. Ties are not cut."""
        return [(sum(size for _, size in self.blocks[:count]), *ends) for count, *ends in cuts(self.moduli)]


def sector_mask(block_of: np.ndarray, n_R: int, sector: str) -> np.ndarray:
    """The couplings of a sector for a form whose rows belong to blocks ``block_of`` (n,), with n_R rows in R."""
    leading = np.arange(len(block_of)) < n_R
    rows, columns = {"RR": (leading, leading), "CR": (leading, ~leading), "CC": (~leading, ~leading)}[_known(sector)]
    return rows[:, None] & columns[None, :] & (block_of[:, None] < block_of[None, :])


def ordered_schur(W) -> SchurForm:
    """The ordered real Schur form of W (n, n), computed in float64.

    Blocks are in order of nonincreasing modulus. Moduli are tied when they are equal after rounding modulus / rho to
    1e-10; ties are in order of nonincreasing real part, then of nonincreasing |imaginary part|. The order is fixed
    once, before any block moves. Moves change ill-conditioned eigenvalues: if moduli are out of order by more than
    1e-9 rho afterwards, the form reached is ordered again, a few times at most. Raises SchurscopeError for a matrix
    that is not square, not finite, or empty, and where LAPACK cannot tell two neighbours apart.
    """
    W = _matrix(W)
    T, Q = schur(W, output="real")
    for _ in range(PASSES):
        T, Q = sorted_form(T, Q)
        form = _form(W, Q, T)
        if np.all(np.diff(form.moduli) <= ORDER_TOLERANCE * np.max(form.moduli)):
            return form
    raise SchurscopeError(
        "the Schur form could not be ordered: rounding moves its moduli by more than 1e-9 of the largest"
    )


def stored_form(W, Q, T) -> SchurForm:
    """The form of W (n, n) from a Q and T (n, n) that ``ordered_schur`` made.

    Raises SchurscopeError if they are not W's.
    """
    form = _form(_matrix(W), _matrix(Q), _matrix(T))
    if not form.residual <= 1e-10 * np.max(np.abs(form.W)):
        raise SchurscopeError(f"this Schur form is of another matrix: Q T Q^T differs from W_hh by {form.residual:.1e}")
    return form


def _form(W, Q, T) -> SchurForm:
    T = with_exact_zeros(T)
    blocks = tuple(blocks_of(T))
    return SchurForm(W, Q, T, blocks, eigenvalues_of(T, blocks))


def _matrix(W) -> np.ndarray:
    try:
        if np.asarray(W).dtype.kind not in "fiub":
            raise TypeError
        W = np.array(W, dtype=np.float64)
    except (TypeError, ValueError):
        raise SchurscopeError("the matrix holds something that is not a real number") from None
    if W.ndim != 2 or W.shape[0] != W.shape[1]:
        raise SchurscopeError(f"the matrix has shape {W.shape}; a square matrix (n, n) is needed")
    if W.size == 0:
        raise SchurscopeError("the matrix is empty; at least 1 x 1 is needed")
    if not np.isfinite(W).all():
        raise SchurscopeError(f"the matrix has {np.sum(~np.isfinite(W))} entries that are not finite")
    return W


def _known(sector: str) -> str:
    if sector not in SECTORS:
        raise SchurscopeError(f"sector {sector!r} does not exist; allowed: {', '.join(SECTORS)}")
    return sector
