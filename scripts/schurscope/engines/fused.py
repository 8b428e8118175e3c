"""One network on one CPU core in plain NumPy: forward, backward and Adam written out, without a graph.

Most time goes into (batch x width x width) products; arrays are time-major so that each step's slice is contiguous,
and all weight gradients are single products over (time x batch). Checked against engines/autograd.py.
"""

import numpy as np

from schurscope.engines.recipe import Recipe
from schurscope.rnn import Weights


class Engine:
    """Trains one network; arrays are ``dtype`` throughout (float32 unless a test wants more)."""

    def __init__(self, construction, W_xh, W_hy, recipe: Recipe, dtype=np.float32):
        self.construction, self.recipe, self.dtype = construction, recipe, dtype
        start = {"W_xh": W_xh, "W_hy": W_hy, **construction.parameters}
        self.flat = np.concatenate([np.ravel(value) for value in start.values()]).astype(dtype)
        self.parameters = _views(self.flat, start)
        self.gradient = np.empty_like(self.flat)
        self.gradients = _views(self.gradient, start)
        self.mean, self.square = np.zeros_like(self.flat), np.zeros_like(self.flat)
        self.updates = 0

    def weights(self) -> Weights:
        W_hh = self.construction.matrix(self.parameters)
        return Weights(W_hh.copy(), self.parameters["W_xh"].copy(), self.parameters["W_hy"].copy())

    def update(self, trials) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # a diverging network is a result
            loss = self._backpropagate(trials)
        if np.isfinite(loss):
            self._clip()
            self._adam()
        return loss

    def _backpropagate(self, trials) -> float:
        """Fill ``self.gradient``; returns the loss: the mean of (y_hat - y)^2 over what is scored.

        Where the loss is not finite, the gradient is left as it was.
        """
        W_xh, W_hy = self.parameters["W_xh"], self.parameters["W_hy"]
        W_hh = self.construction.matrix(self.parameters)
        x, y, mask = (_time_major(a, self.dtype) for a in (trials.inputs, trials.targets, trials.mask))
        steps, batch, width = len(x), x.shape[1], len(W_hh)

        h = np.empty((steps + 1, batch, width), self.dtype)
        h[0] = 0
        drive = x @ W_xh.T
        for t in range(steps):
            after = np.matmul(h[t], W_hh.T, out=h[t + 1])
            after += drive[t]
            np.tanh(after, out=after)

        error = (h[1:] @ W_hy.T - y) * mask
        scored = trials.mask.sum()
        loss = float(np.vdot(error, error) / scored)
        if not np.isfinite(loss):
            return loss

        error *= 2.0 / scored
        delta = error @ W_hy  # dLoss/dh, then in place dLoss/d(argument of tanh)
        slope = 1 - h[1:] * h[1:]
        through = np.zeros((batch, width), self.dtype)
        for t in reversed(range(steps)):
            now = delta[t]
            now += through
            now *= slope[t]
            np.matmul(now, W_hh, out=through)

        def summed(left, right):  # sum over time and batch of left^T right
            return left.reshape(-1, left.shape[2]).T @ right.reshape(-1, right.shape[2])

        self.gradients["W_xh"][:] = summed(delta, x)
        self.gradients["W_hy"][:] = summed(error, h[1:])
        pulled = self.construction.pullback(self.parameters, summed(delta, h[:-1]))
        for name, value in pulled.items():
            self.gradients[name][:] = value
        return loss

    def _clip(self) -> None:
        """Scale the gradient of all parameters together to at most ``recipe.clip`` in norm."""
        if self.recipe.clip is not None:
            norm = np.sqrt(np.vdot(self.gradient, self.gradient))
            self.gradient *= min(1.0, self.recipe.clip / (float(norm) + 1e-6))

    def _adam(self) -> None:
        """Kingma & Ba 2015, in the form of torch.optim.Adam."""
        self.updates += 1
        beta1, beta2, epsilon = self.recipe.beta1, self.recipe.beta2, self.recipe.epsilon
        self.mean += (1 - beta1) * (self.gradient - self.mean)
        self.square *= beta2
        self.square += (1 - beta2) * (self.gradient * self.gradient)
        size = self.recipe.learning_rate / (1 - beta1**self.updates)
        scale = np.sqrt(self.square) / (1 - beta2**self.updates) ** 0.5 + epsilon
        self.flat -= size * self.mean / scale


def _views(flat, like):
    """Name -> view into ``flat`` of the shape that it has in ``like``."""
    ends = np.cumsum([value.size for value in like.values()])
    return {
        name: flat[end - value.size : end].reshape(value.shape)
        for (name, value), end in zip(like.items(), ends, strict=True)
    }


def _time_major(array, dtype):
    return np.ascontiguousarray(np.swapaxes(array, 0, 1), dtype=dtype)
