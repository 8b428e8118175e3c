"""The forward map and its conventions, in one place (Draeger 2026, eqs. 1 and 2).

h[t] = tanh(W_xh x[t] + W_hh h[t-1]), h before the first step = 0, y[t] = W_hy h[t]. Weights act from the left
on column vectors, as in torch.nn.RNN: ``W_hh[i, j]`` is the weight from unit j to unit i. No biases.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Weights:
    """W_hh (unit, unit), W_xh (unit, input), W_hy (output, unit)."""

    W_hh: np.ndarray
    W_xh: np.ndarray
    W_hy: np.ndarray

    def finite(self) -> bool:
        """Whether every weight is finite."""
        return all(np.isfinite(w).all() for w in (self.W_hh, self.W_xh, self.W_hy))


def rollout(weights: Weights, inputs: np.ndarray) -> np.ndarray:
    """Outputs (batch, time, output) for inputs (batch, time, input), in float64.

    A network's outputs depend on its own weights and inputs alone: each product has the shape of one batch.
    """
    W_hh, W_xh, W_hy = (np.asarray(w, dtype=np.float64) for w in (weights.W_hh, weights.W_xh, weights.W_hy))
    drive = np.ascontiguousarray(np.swapaxes(inputs, 0, 1), dtype=np.float64) @ W_xh.T
    h = np.zeros((inputs.shape[0], W_hh.shape[0]))
    for step in drive:  # drive is overwritten by the hidden states
        step += h @ W_hh.T
        h = np.tanh(step, out=step)
    return np.swapaxes(drive @ W_hy.T, 0, 1)
