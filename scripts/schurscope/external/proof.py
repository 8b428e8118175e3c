"""The proof that a network was read rightly: its recorded outputs come out again."""

from dataclasses import replace
from itertools import product

import numpy as np

from schurscope.cells import make_cell, profiled
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks.trials import Trials

TOLERANCE = 1e-5
CHECK = (
    "orientation, axes, leak (it stands outside of the activation: a network that leaks before it is another one),"
    " biases, h0, the activation and, after half precision, tolerance"
)


def reproduce(
    weights: Weights,
    trials: Trials,
    outputs: np.ndarray,
    tolerance: float = TOLERANCE,
    where: str = "",
    unused: str = "",
) -> float:
    """How far the network's outputs are from the recorded ones: the largest |difference| over its channel's size.

    ``outputs`` (batch, time, output). A channel's size is its largest |output| or readout weight. Raises
    SchurscopeError if it is above ``tolerance``; if another reading of the file would do (a matrix transposed, time
    first, outputs a step later), the sentence names it, else it names what to check and the arrays left ``unused``.
    """
    sizes = np.maximum(np.max(np.abs(outputs), axis=(0, 1)), np.max(np.abs(weights.W_hy), axis=1))
    sizes[sizes == 0] = 1.0

    def off(found, wanted=outputs):
        return float(np.max(np.abs(found - wanted) / sizes))

    own = rollout(weights, trials.inputs, trials.h0)
    if (found := off(own)) <= tolerance:
        return found
    hint = next((words for words, run in _readings(weights, trials) if off(run()) <= tolerance), None)
    if outputs.shape[1] > 1 and off(own[:, :-1], outputs[:, 1:]) <= tolerance:
        hint = "each is the network's output one step before: outputs[t] must have seen inputs[t]"
    if outputs.shape[1] > 1 and off(own[:, 1:], outputs[:, :-1]) <= tolerance:
        hint = "each is the network's output one step later: outputs[t] must not have seen inputs[t + 1]"
    if hint is None:
        hint = f"check {CHECK}" + (f"; arrays that were not used: {unused}" if unused else "")
    raise SchurscopeError(
        f"{where}the recorded outputs are not reproduced: they differ by up to {found:.2g} of their size, and"
        f" {tolerance:g} is allowed; nothing is ablated; {hint}"
    )


def _readings(weights: Weights, trials: Trials):
    """Other ways to read the same arrays: in words, and the outputs that they give."""

    def run(network):
        return lambda: rollout(network, trials.inputs, trials.h0)

    square = [name for name in ("W_hh", "W_xh", "W_hy") if len(set(getattr(weights, name).shape)) == 1]
    for chosen in product((False, True), repeat=len(square)):
        names = [name for name, transposed in zip(square, chosen, strict=True) if transposed]
        if names:
            how = ", ".join(f"{name}=NAME.T" for name in names)
            how = "orientation" if len(names) == 3 else f"keys: {how}"
            turned = replace(weights, **{name: getattr(weights, name).T for name in names})
            yield f"with {' and '.join(names)} transposed they would be ({how})", run(turned)
    for name in profiled():
        if name != weights.cell and not make_cell(name).own:
            yield f"with {name} units they would be (activation: {name})", run(replace(weights, cell=name, own={}))
    if weights.leak != 1:
        yield "without leak they would be", run(replace(weights, leak=1.0))
    if weights.h0 is not None:
        yield "with h0 = 0 they would be", run(replace(weights, h0=None))
    if trials.h0 is None:
        time_first = np.swapaxes(trials.inputs, 0, 1)
        yield (
            "with time before batch they would be (axes: time, batch, channel)",
            lambda: np.swapaxes(rollout(weights, time_first), 0, 1),
        )
