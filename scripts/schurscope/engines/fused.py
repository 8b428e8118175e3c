"""One network on one CPU core in plain NumPy: forward, backward and Adam written out, without a graph.

Most time goes into (width x width x batch) products, about the least that back-propagation through time can do with.
docs/engines.md says what else was tried. Checked against engines/autograd.py.
"""

from types import SimpleNamespace

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
        self.spaces = {}

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
        width, (batch, steps) = len(W_hh), trials.inputs.shape[:2]
        s = self._space(steps, batch)
        reads, writes = slice(width, width + W_xh.shape[1]), slice(width, width + len(W_hy))
        np.copyto(s.state[:-1, reads], trials.inputs.transpose(1, 2, 0), casting="same_kind")
        np.copyto(s.targets, trials.targets.transpose(1, 2, 0), casting="same_kind")
        np.copyto(s.mask, trials.mask.transpose(1, 2, 0))

        h = s.state[:, :width]
        s.forward[:, :width], s.forward[:, reads] = W_hh, W_xh
        for t in range(steps):
            after = np.matmul(s.forward, s.state[t], out=h[t + 1])
            np.tanh(after, out=after)

        error = np.matmul(W_hy, h[1:], out=s.error)
        error -= s.targets
        error *= s.mask
        scored = trials.mask.sum()
        loss = float(np.vdot(error, error) / scored)
        if not np.isfinite(loss):
            return loss

        np.multiply(error, 2.0 / scored, out=s.delta[1:, writes])
        slope = np.multiply(h[1:], h[1:], out=s.slope)
        np.subtract(1, slope, out=slope)
        s.backward[:, :width], s.backward[:, writes] = W_hh.T, W_hy.T
        for t in reversed(range(steps)):
            before = np.matmul(s.backward, s.delta[t + 1], out=s.delta[t, :width])
            before *= slope[t]

        np.matmul(s.delta, s.state.transpose(0, 2, 1), out=s.products)
        gradient = np.sum(s.products, axis=0)
        self.gradients["W_xh"][:] = gradient[:width, reads]
        self.gradients["W_hy"][:] = gradient[writes, :width]
        for name, value in self.construction.pullback(self.parameters, gradient[:width, :width]).items():
            self.gradients[name][:] = value
        return loss

    def _space(self, steps: int, batch: int) -> SimpleNamespace:
        """Arrays for trials of this shape, made once: fresh memory in each update would cost more than the arithmetic.

        Columns are trials; a step's operands stand one above the other, so that one product serves for two or three:
            state[t] = (h[t]; x[t])            h[0] = 0; the unused x[steps] stays 0
            delta[t] = (dLoss/d(argument of tanh at step t); dLoss/dy[t - 1])     0 where there is none
        and the sum of delta[t] state[t]^T over time holds the gradients of W_hh, W_xh and W_hy. Rows of zeros fill up
        each operand to a multiple of four, which BLAS likes.
        """
        if self.spaces.get("shape") != (steps, batch):
            width, inputs = self.parameters["W_xh"].shape
            outputs = len(self.parameters["W_hy"])
            state, delta = (-(-(width + extra) // 4) * 4 for extra in (inputs, outputs))
            shapes = {
                "state": (steps + 1, state, batch),
                "delta": (steps + 1, delta, batch),
                "products": (steps + 1, delta, state),
                "forward": (width, state),
                "backward": (width, delta),
                "slope": (steps, width, batch),
                **{name: (steps, outputs, batch) for name in ("targets", "mask", "error")},
            }
            arrays = {name: np.zeros(shape, self.dtype) for name, shape in shapes.items()}
            self.spaces = {"shape": (steps, batch), "arrays": SimpleNamespace(**arrays)}
        return self.spaces["arrays"]

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
