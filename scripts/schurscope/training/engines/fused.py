"""One network on one CPU core: forward, backward, clipping and Adam compiled into loops, without a graph.

Most time goes into (batch x width x width) products, about the least that back-propagation through time can do with.
docs/engines.md says what else was tried. Checked against engines/autograd.py.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from schurscope.cells.weights import Weights
from schurscope.training.engines import compiled
from schurscope.training.engines.compiled import LANES, ROWS, adam, backpropagate, clip_gradient, draw_to, rmsprop
from schurscope.training.engines.compiled_streams import CompiledStreams
from schurscope.training.recipe import Recipe, of_groups
from schurscope.training.start import Start

CELLS = {"tanh": compiled.TANH, "relu": compiled.RELU, "modrelu": compiled.MODRELU}
LOSSES = {"MSE": compiled.MSE, "CrossEntropy": compiled.CROSS_ENTROPY}


class Engine:
    """Trains one network; arrays are ``dtype`` throughout (float32 unless a test wants more).

    ``last`` (batch, unit): the states after the last update's last step, until the next update.
    """

    streams = CompiledStreams  # draws its trials for many updates at once

    def __init__(self, start: Start, recipe: Recipe, dtype=np.float32):
        self.start, self.construction, self.recipe = start, start.construction, recipe
        self.dtype = np.dtype(dtype).type
        first = start.parameters()
        self.flat = np.concatenate([np.ravel(value) for value in first.values()]).astype(dtype)
        self.parameters = _views(self.flat, first)
        self.gradient = np.zeros_like(self.flat)
        self.gradients = _views(self.gradient, first)
        self.mean, self.square = np.zeros_like(self.flat), np.zeros_like(self.flat)
        shapes = {name: value.shape for name, value in first.items()}
        self.own = {what: of_each.astype(dtype) for what, of_each in of_groups(recipe, shapes).items()}
        self.rate = self.own.get("learning_rate", np.ones_like(self.flat))
        self.updates = 0
        self.space = None

    def weights(self) -> Weights:
        return self.start.weights(self.construction.matrix(self.parameters), self.parameters, np.copy)

    def halve(self) -> None:
        """Learn half as fast from now on, every parameter."""
        self.rate = self.rate / 2

    def update(self, trials) -> float:
        construction, W_hy = self.construction, self.parameters["W_hy"]
        if hasattr(construction, "forward"):
            W_hh, kept = construction.forward(self.parameters)
            pullback = partial(construction.pullback, kept=kept)
        else:
            W_hh, pullback = construction.matrix(self.parameters), construction.pullback
        W_xh = read = self.start.reads(self.parameters)
        none, inputs, G_xh = np.empty(0, self.dtype), trials.inputs, np.empty_like(W_xh)
        (bias, b_y), (G_bias, G_y) = (
            (arrays.get("b_modulus", none), arrays.get("b_y", none)) for arrays in (self.parameters, self.gradients)
        )
        if "b_h" in self.parameters:  # the weight of one more input, which is always 1
            inputs = np.concatenate([inputs, np.ones_like(inputs[..., :1])], axis=-1)
            W_xh = np.concatenate([W_xh, self.parameters["b_h"][:, None]], axis=1)
            G_xh = np.empty_like(W_xh)
        batch, steps, _ = inputs.shape
        if self.space is None or len(self.space.e) != steps or self.batch != batch:
            self.space, self.batch = Space.of(steps, batch, W_xh, W_hy), batch
        h = self.space.s[:, :batch, -up(len(W_hh), LANES) :][..., : len(W_hh)]
        h[0] = 0 if trials.h0 is None else trials.h0
        G_hh = np.empty_like(W_hh)
        loss = backpropagate(
            (W_hh, W_xh, W_hy, bias, b_y),
            (inputs, trials.targets, trials.mask),
            self.space,
            (G_hh, G_xh, self.gradients["W_hy"], G_bias, G_y),
            CELLS[self.start.cell_name],
            LOSSES[type(self.recipe.loss).__name__],
            trials.h0 is not None,
        )
        self.last = h[-1]
        if np.isfinite(loss):
            if "b_h" in self.parameters:
                self.gradients["b_h"][:] = G_xh[:, -1]
            to_read = self.start.read_pullback(self.parameters, G_xh[:, : read.shape[1]])
            for name, value in (to_read | pullback(self.parameters, G_hh)).items():
                self.gradients[name][:] = value
            self._step()
        return loss

    def _step(self) -> None:
        rule, own = self.recipe.optimiser, self.own
        self.updates += 1
        with np.errstate(over="ignore"):  # a diverging network is a result
            if "penalty" in own:
                draw_to(self.gradient, self.flat, 2 * own["penalty"], own["towards"])
            if self.recipe.clip is not None:
                clip_gradient(self.gradient, self.recipe.clip)
            if "weight_decay" in own:
                draw_to(self.gradient, self.flat, own["weight_decay"], np.zeros_like(self.flat))
            if rule.TORCH == "RMSprop":
                numbers = (1 - rule.alpha, rule.learning_rate, rule.epsilon)
                rmsprop(self.flat, self.gradient, self.square, self.rate, *map(self.dtype, numbers))
                return
            numbers = (
                1 - rule.beta1,
                1 - rule.beta2,
                rule.learning_rate / (1 - rule.beta1**self.updates),
                (1 - rule.beta2**self.updates) ** 0.5,
                rule.epsilon,
            )
            adam(self.flat, self.gradient, self.mean, self.square, self.rate, *map(self.dtype, numbers))


class Space(NamedTuple):
    """Arrays for trials of one shape, made once: fresh memory in each update would cost more than the arithmetic.

    T steps, B trials, N units, I inputs, O outputs; with a bar, filled up with zeros to whole tiles: inputs and errors
    on their left, so that they and what follows them are one sum, in this order.
    """

    s: np.ndarray  # (T + 1, B_, I_ + N_) the inputs of a step, then its hidden states; h[0] = 0
    e: np.ndarray  # (T, B_, O_) outputs, then errors
    d: np.ndarray  # (2, B_, O_ + N_) of this step and the next: an error, then dLoss/d(argument of tanh)
    forth: np.ndarray  # (I_ + N, N_) W_xh^T, then W_hh^T
    read: np.ndarray  # (N, O_) W_hy^T
    back: np.ndarray  # (O_ + N, N_) W_hy, then W_hh
    g_hh: np.ndarray  # (N_, N_) gradient of W_hh
    g_xh: np.ndarray  # (I_, N_) of W_xh^T, where whole tiles are ROWS high
    g_hy: np.ndarray  # (O_, N_) of W_hy, likewise

    @classmethod
    def of(cls, T, B, W_xh, W_hy):
        (N, I), O = W_xh.shape, len(W_hy)
        B_, I_, N_, O_ = up(B, ROWS), up(I, LANES), up(N, LANES), up(O, LANES)
        shapes = (
            *((T + 1, B_, I_ + N_), (T, B_, O_), (2, B_, O_ + N_)),
            *((I_ + N, N_), (N, O_), (O_ + N, N_)),
            *((N_, N_), (up(I, ROWS), N_), (up(O, ROWS), N_)),
        )
        return cls(*(np.zeros(shape, W_xh.dtype) for shape in shapes))


def up(count: int, whole: int) -> int:
    """The next multiple of ``whole``."""
    return -(-count // whole) * whole


def _views(flat, like):
    """Name -> view into ``flat`` of the shape that it has in ``like``."""
    ends = np.cumsum([value.size for value in like.values()])
    return {
        name: flat[end - value.size : end].reshape(value.shape)
        for (name, value), end in zip(like.items(), ends, strict=True)
    }
