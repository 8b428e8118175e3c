"""The arrays of one network.

Weights act from the left on column vectors, as in torch.nn.RNN: ``W_hh[i, j]`` is the weight from unit j to unit i.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Weights:
    """W_hh (unit, unit), W_xh (unit, input), W_hy (output, unit); b_h, h0 (unit,) and b_y (output,), None for 0."""

    W_hh: np.ndarray
    W_xh: np.ndarray
    W_hy: np.ndarray
    b_h: np.ndarray | None = None
    b_y: np.ndarray | None = None
    h0: np.ndarray | None = None
    leak: float = 1.0

    def finite(self) -> bool:
        """Whether every weight matrix is finite."""
        return all(np.isfinite(w).all() for w in (self.W_hh, self.W_xh, self.W_hy))
