"""Random matrices that starts are made of."""

import numpy as np


def random_orthogonal(width: int, source, draw: int) -> np.ndarray:
    """A Haar-distributed orthogonal matrix (Mezzadri 2007).

    QR of a Gaussian, with the signs of R's diagonal moved into Q.
    """
    Q, R = np.linalg.qr(source.normal(draw, (width, width)))
    return Q * np.where(np.diagonal(R) < 0, -1.0, 1.0)


def real_blocks(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Block-diagonal matrix of ((a, -b), (b, a)), one 2x2 block an entry; (2k, 2k)."""
    D = np.zeros((2 * len(a), 2 * len(a)))
    even = 2 * np.arange(len(a))
    D[even, even] = D[even + 1, even + 1] = a
    D[even, even + 1] = -b
    D[even + 1, even] = b
    return D
