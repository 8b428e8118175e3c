"""What a network that was trained in Schur form made of Theta = D + T (Kerg et al. 2019, section 5.3).

The paper looks at pictures of Theta; these are numbers. Where T reaches into a 2x2 block of D, gamma is not the modulus
of its eigenvalues (constructions/triangular.py); therefore both are given.
"""

import numpy as np

from schurscope.constructions import triangular


def readings(parameters: dict) -> dict[str, np.ndarray]:
    """Of X, T (N, N), gamma and theta (N / 2,):

    ``T_share``: |T| / |Theta|, Frobenius; ``theta_by_diagonal``, ``T_by_diagonal`` (N,): mean absolute entry of each
    subdiagonal, that of the diagonal first; ``angles`` (N / 2,) in (-pi, pi]; ``gamma`` (N / 2,); ``moduli`` (N,) of
    Theta's eigenvalues, which are W_hh's; ``departure``: Henrici's, sqrt(|Theta|^2 - sum |eigenvalue|^2) / |Theta|.
    """
    parameters = {name: np.asarray(array, dtype=np.float64) for name, array in parameters.items()}
    T, whole = np.tril(parameters["T"], k=-1), triangular.theta_of(parameters)
    moduli, size = np.abs(np.linalg.eigvals(whole)), np.linalg.norm(whole)
    angles = np.angle(np.exp(1j * parameters["theta"]))
    return {
        "T_share": np.linalg.norm(T) / size,
        "departure": np.sqrt(max(size**2 - np.sum(moduli**2), 0.0)) / size,
        "theta_by_diagonal": by_diagonal(whole),
        "T_by_diagonal": by_diagonal(T),
        "angles": angles,
        "gamma": parameters["gamma"],
        "moduli": moduli,
    }


def by_diagonal(matrix: np.ndarray) -> np.ndarray:
    """Mean absolute entry of each subdiagonal, (N,), that of the diagonal first."""
    return np.array([np.mean(np.abs(np.diagonal(matrix, -k))) for k in range(len(matrix))])
