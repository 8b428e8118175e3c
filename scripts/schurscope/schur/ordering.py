"""Order the blocks of a real Schur form by orthogonal swaps (LAPACK dtrexc), and read its blocks and eigenvalues.

A Schur form here is LAPACK's: quasi-upper-triangular, 2x2 blocks in the canonical form ((a, b), (c, a)) with b c < 0.
"""

import numpy as np
from scipy.linalg.lapack import dtrexc

from schurscope.foundations.errors import SchurscopeError

TIE = 10  # decimals of modulus / rho that decide whether two moduli are tied


def sorted_form(T, Q):
    """One pass of ordering by modulus, with keys that are read before any block moves."""
    keys = [_key(T, start, size) for start, size in blocks_of(T)]
    rho = max(modulus for modulus, _, _ in keys)
    return moved_form(T, Q, [(-np.round(m / rho, TIE) if rho > 0 else 0.0, -re, -im) for m, re, im in keys])


def moved_form(T, Q, keys):
    """The blocks of a Schur form in ascending order of their ``keys``: selection sort by exact orthogonal swaps."""
    queue = [(key, size) for key, (_, size) in zip(keys, blocks_of(T), strict=True)]
    start = 0  # rows before this one are in their place; ``queue`` holds the blocks from there on, as they lie
    while queue:
        best = min(range(len(queue)), key=lambda i: queue[i][0])
        if best > 0:
            here = start + sum(size for _, size in queue[:best])
            T, Q, info = dtrexc(T, Q, here + 1, start + 1)  # 1-based
            if info != 0:
                raise SchurscopeError(
                    f"the Schur form could not be ordered: LAPACK dtrexc cannot swap two blocks near row {start}"
                )
            queue.insert(0, queue.pop(best))
            queue = _rescan(T, start, queue)
        start += queue.pop(0)[1]
    return T, Q


def blocks_of(T) -> list[tuple[int, int]]:
    """(start, size) of the diagonal blocks, read from the subdiagonal."""
    blocks, start = [], 0
    while start < len(T):
        size = 2 if start + 1 < len(T) and T[start + 1, start] != 0 else 1
        blocks.append((start, size))
        start += size
    return blocks


def _rescan(T, start, queue):
    """``queue`` with the sizes that T has now.

    A move may split a 2x2 block of two nearly real eigenvalues into two 1x1 blocks.
    """
    sizes = [size for at, size in blocks_of(T) if at >= start]
    rescanned = []
    for key, size in queue:
        now = sizes.pop(0)
        rescanned.append((key, now))
        if now < size:
            rescanned.append((key, sizes.pop(0)))
    return rescanned


def _key(T, start, size):
    """(modulus, real part, |imaginary part|) of a block in LAPACK's canonical form ((a, b), (c, a)) with b c < 0."""
    real = T[start, start]
    if size == 1:
        return abs(real), real, 0.0
    imaginary = np.sqrt(abs(T[start, start + 1])) * np.sqrt(abs(T[start + 1, start]))
    return np.hypot(real, imaginary), real, imaginary


def eigenvalues_of(T, blocks) -> np.ndarray:
    values = np.empty(len(T), dtype=complex)
    for start, size in blocks:
        _, real, imaginary = _key(T, start, size)
        values[start : start + size] = [real + 1j * imaginary, real - 1j * imaginary][:size]
    return values


def with_exact_zeros(T) -> np.ndarray:
    """T in C order with exact zeros below its blocks."""
    T = np.ascontiguousarray(T)
    below = np.tril(np.ones(T.shape, dtype=bool), -1)
    for start, size in blocks_of(T):
        below[start : start + size, start : start + size] = False
    T[below] = 0.0
    return T
