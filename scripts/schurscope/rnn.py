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

    A network's outputs depend on its own weights and inputs alone: each product has the shape of one batch. Only one
    step's hidden states are kept, so that they stay in the cache.
    """
    hh, xh, hy = (np.array(w.T, dtype=np.float64, order="C") for w in (weights.W_hh, weights.W_xh, weights.W_hy))
    steps = np.array(np.swapaxes(inputs, 0, 1), dtype=np.float64, order="C")
    outputs = np.empty((*steps.shape[:2], hy.shape[1]))
    h = np.zeros((steps.shape[1], len(hh)))
    drive = np.empty_like(h)
    for x, y in zip(steps, outputs, strict=True):
        np.matmul(h, hh, out=drive)
        if x.any():  # autonomous steps have no input to add
            drive += x @ xh
        np.tanh(drive, out=h)
        np.matmul(h, hy, out=y)
    return np.ascontiguousarray(np.swapaxes(outputs, 0, 1))
