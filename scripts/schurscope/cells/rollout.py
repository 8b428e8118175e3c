"""The forward map and its conventions, in one place (Draeger 2026, eqs. 1 and 2).

h[t] = (1 - leak) h[t-1] + leak tanh(W_xh x[t] + W_hh h[t-1] + b_h), y[t] = W_hy h[t] + b_y; h before the first step
is h0. The paper's networks, and all that are trained here, have leak 1, no biases and h0 = 0. Weights act from the
left on column vectors, as in torch.nn.RNN: ``W_hh[i, j]`` is the weight from unit j to unit i.
"""

import numpy as np

from schurscope.cells.weights import Weights


def rollout(weights: Weights, inputs: np.ndarray, h0: np.ndarray | None = None) -> np.ndarray:
    """Outputs (batch, time, output) for inputs (batch, time, input), in float64.

    ``h0`` (batch, unit): each trial's initial state, in place of the network's own. A network's outputs depend on its
    own weights and inputs alone: each product has the shape of one batch. Only one step's hidden states are kept, so
    that they stay in the cache.
    """
    hh, xh, hy = (np.array(w.T, dtype=np.float64, order="C") for w in (weights.W_hh, weights.W_xh, weights.W_hy))
    steps = np.array(np.swapaxes(inputs, 0, 1), dtype=np.float64, order="C")
    outputs = np.empty((*steps.shape[:2], hy.shape[1]))
    h = np.zeros((steps.shape[1], len(hh)))
    start = weights.h0 if h0 is None else h0
    if start is not None:
        h += start
    drive = np.empty_like(h)
    for x, y in zip(steps, outputs, strict=True):
        np.matmul(h, hh, out=drive)
        if x.any():  # autonomous steps have no input to add
            drive += x @ xh
        if weights.b_h is not None:
            drive += weights.b_h
        if weights.leak == 1:
            np.tanh(drive, out=h)
        else:
            h *= 1 - weights.leak
            h += weights.leak * np.tanh(drive, out=drive)
        np.matmul(h, hy, out=y)
    if weights.b_y is not None:
        outputs += weights.b_y
    return np.ascontiguousarray(np.swapaxes(outputs, 0, 1))
