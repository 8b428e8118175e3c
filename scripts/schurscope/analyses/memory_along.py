"""The Fisher memory curve of a nonlinear network along what it really does: its Jacobians in place of W.

With J_t = dh[t]/dh[t-1] of the network on one trial, and noise of variance 1 in every unit after every step, so small
in its unit that it stays linear, what the last state h[T] knows of a signal that came in along u at step T - k is

    J(k) = u^T Phi_k^T C^-1 Phi_k u,   Phi_k = J_T ... J_{T-k+1} (Phi_0 = I),   C = sum over k < T of Phi_k Phi_k^T.

Where the Jacobians are all W, this is analyses.fisher_memory with sums of T terms. A trial has an end, so that they are
finite whatever the spectral radius. Float64, and refused where it would not do.
"""

import numpy as np

from schurscope.cells import Weights, cell_of
from schurscope.cells.rollout import initial
from schurscope.foundations.errors import SchurscopeError

LARGEST = 1e10  # eigenvalue of C, whose smallest is 1 at least: above, less than five digits of J would be left


class TooFar(SchurscopeError):
    """Noise grows too far along the trials for float64."""

    SENTENCE = f"noise grows more than {LARGEST**0.5:.0e} times, too far for float64; shorter trials are needed"


def memory_along(weights: Weights, sources: np.ndarray, inputs: np.ndarray, h0=None) -> np.ndarray:
    """J(k) at the last step of each trial, (trial, lag), lags 0 to T - 1; the mean over sources (unit, source).

    ``inputs`` (trial, T, input), ``h0`` (trial, unit). Raises TooFar.
    """
    cell, p = cell_of(weights), {name: np.asarray(w, dtype=np.float64) for name, w in weights.parameters().items()}
    trials, steps = inputs.shape[:2]
    x, h = np.asarray(inputs, dtype=np.float64), initial(weights, trials, h0)
    states = [h]
    for t in range(steps - 1):
        h = cell.step(p, h, x[:, t])
        states.append(h)
    n = len(weights.W_hh)
    phi = np.broadcast_to(np.eye(n), (trials, n, n))
    C, carried = np.zeros((trials, n, n)), []
    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(steps)):
            C = C + phi @ phi.mT
            carried.append(phi @ sources)
            if t:
                phi = phi @ cell.jacobian(p, states[t], x[:, t])
    if not np.isfinite(C).all() or np.linalg.eigvalsh(C).max() > LARGEST:
        raise TooFar(f"there is no memory curve along the trials: {TooFar.SENTENCE}")
    half = np.linalg.cholesky(C)
    whitened = np.linalg.solve(half[:, None], np.stack(carried, axis=1))  # (trial, lag, unit, source)
    return np.mean(np.sum(whitened**2, axis=2), axis=2)


def input_directions(W_xh: np.ndarray) -> np.ndarray:
    """Sources of a network, (unit, source): each column of W_xh scaled to norm 1, but those that are 0.

    Raises SchurscopeError where all are.
    """
    sizes = np.linalg.norm(np.asarray(W_xh, dtype=np.float64), axis=0)
    if not sizes.any():
        raise SchurscopeError("W_xh is 0: there is no direction in which a signal enters")
    return W_xh[:, sizes > 0] / sizes[sizes > 0]
