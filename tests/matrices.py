"""Matrices that a Schur form is tested on."""

import numpy as np


def orthogonal(n, rng):
    return np.linalg.qr(rng.standard_normal((n, n)))[0]


def grcar(n, k=3):
    """-1 below the diagonal, 1 on it and on k diagonals above: ill-conditioned eigenvalues."""
    return -np.eye(n, k=-1) + sum(np.eye(n, k=i) for i in range(k + 1))


def block_shift(n, size, rng):
    """The cyclic shift of ``size`` rows in a random orthogonal basis, padded by zeros: the ideal copy solution."""
    W = np.zeros((n, n))
    W[:size, :size] = np.roll(np.eye(size), 1, axis=0)
    Q = orthogonal(n, rng)
    return Q @ W @ Q.T


def gallery():
    """Name -> matrix: random, normal, defective, tied, real, complex, zero, tiny."""
    rng = np.random.default_rng(7)
    symmetric = rng.standard_normal((12, 12))
    skew = rng.standard_normal((12, 12))
    return {
        "gaussian 72": rng.standard_normal((72, 72)) / 72**0.5,
        "gaussian odd": rng.standard_normal((21, 21)),
        "orthogonal": orthogonal(40, rng),
        "symmetric (all real)": symmetric + symmetric.T,
        "skew (all imaginary)": skew - skew.T,
        "grcar": grcar(30),
        "jordan": 0.9 * np.eye(10) + np.eye(10, k=1),
        "nilpotent": np.eye(8, k=1),
        "block shift": block_shift(72, 64, rng),
        "identity": np.eye(5),
        "zero": np.zeros((4, 4)),
        "one by one": np.array([[-2.0]]),
        "rotation": np.array([[0.0, -1.0], [1.0, 0.0]]),
        "huge": 1e150 * rng.standard_normal((6, 6)),
        "tiny": 1e-150 * rng.standard_normal((6, 6)),
    }
