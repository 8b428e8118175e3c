"""How nonnormal is the recurrent matrix? Numbers that are 0 for a normal one, and its pseudospectrum.

Henrici's departure (|W|_F^2 - sum |lambda|^2)^(1/2), the commutator W W^T - W^T W, the numerical abscissa (largest
eigenvalue of the symmetric part), and the largest growth that powers of W / rho reach (Trefethen & Embree 2005).
"""

import numpy as np

from schurscope.analyses.subject import Subject

NEEDS = ("first",)
PROPERTIES = {
    "powers": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 200},
    "grid": {"type": "integer", "minimum": 2, "maximum": 1000, "default": 31},
}
ENDLESS = 1e100  # growth that is not followed further
REACH = 1.5  # of the pseudospectrum's grid, in spectral radii
VARIABLES = {
    "henrici": ((), "Henrici's departure from normality over the Frobenius norm of W"),
    "commutator": ((), "Frobenius norm of W W^T - W^T W over the square of that of W"),
    "spectral_radius": ((), "largest modulus of an eigenvalue"),
    "numerical_abscissa": ((), "largest eigenvalue of (W + W^T) / 2"),
    "norm": ((), "spectral norm of W"),
    "growth": ((), "largest spectral norm of (W / rho)^k, k from 1 to `powers`"),
    "growth_at": ((), "the k of the largest growth"),
    "resolvent": (("im", "re"), "log10 of the smallest singular value of z I - W / rho; NaN but for the first seed"),
}


def coordinates(settings) -> dict:
    line = np.linspace(-REACH, REACH, settings["grid"])
    return {"re": line, "im": line}


def measure(subject: Subject, settings) -> dict:
    W, moduli = subject.form.W, np.abs(subject.form.eigenvalues)
    size, rho = np.linalg.norm(W), np.max(moduli)
    grid = coordinates(settings)
    found = {name: np.array(np.nan) for name, (dims, _) in VARIABLES.items() if not dims}
    found["resolvent"] = np.full((len(grid["im"]), len(grid["re"])), np.nan)
    found["spectral_radius"], found["norm"] = np.array(rho), np.array(np.linalg.norm(W, 2))
    found["numerical_abscissa"] = np.array(np.linalg.eigvalsh((W + W.T) / 2)[-1])
    if size > 0:
        found["henrici"] = np.sqrt(max(size**2 - np.sum(moduli**2), 0.0)) / size
        found["commutator"] = np.linalg.norm(W @ W.T - W.T @ W) / size**2
    if rho > 0:
        norms = growth(W / rho, settings["powers"])
        found["growth"], found["growth_at"] = norms.max(), np.argmax(norms) + 1.0
        if subject.first:
            found["resolvent"] = resolvent(subject.form.T / rho, grid["re"], grid["im"])
    return {name: np.asarray(value, dtype=float) for name, value in found.items()}


def growth(W: np.ndarray, powers: int) -> np.ndarray:
    """Spectral norms of W, W^2, ..., W^powers; 0 after one that is beyond ENDLESS."""
    norms, power = np.zeros(powers), np.eye(len(W))
    for k in range(powers):
        power = power @ W
        norms[k] = np.linalg.norm(power, 2)
        if norms[k] > ENDLESS:
            break
    return norms


def resolvent(T: np.ndarray, re: np.ndarray, im: np.ndarray) -> np.ndarray:
    """log10 of the smallest singular value of z I - T on a grid, (im, re); symmetric about the real axis."""
    values = np.empty((len(im), len(re)))
    for row, y in enumerate(im):
        mirror = len(im) - 1 - row
        if mirror < row and np.isclose(im[mirror], -y):
            values[row] = values[mirror]
            continue
        shifted = (re + 1j * y)[:, None, None] * np.eye(len(T)) - T
        values[row] = np.linalg.svd(shifted, compute_uv=False)[:, -1]
    return np.log10(np.maximum(values, 1e-16))
