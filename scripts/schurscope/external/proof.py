"""The proof that a network was read rightly: its recorded outputs come out again."""

from dataclasses import replace
from itertools import product

import numpy as np

from schurscope.errors import SchurscopeError
from schurscope.rnn import Weights, rollout
from schurscope.trials import Trials

TOLERANCE = 1e-5


def reproduce(
    weights: Weights, trials: Trials, outputs: np.ndarray, tolerance: float = TOLERANCE, where: str = ""
) -> float:
    """The largest |difference| between the network's outputs and the recorded ones, over the largest |recorded output|.

    ``outputs`` (batch, time, output). Raises SchurscopeError if it is above ``tolerance``; if another reading
    of the file would do (a matrix transposed, outputs a step later), the sentence names it.
    """
    if not tolerance > 0:
        raise SchurscopeError(f"tolerance is {tolerance!r}; it must be above 0")
    scale = max(float(np.max(np.abs(outputs))), np.finfo(float).tiny)

    def off(weights):
        return float(np.max(np.abs(rollout(weights, trials.inputs, trials.h0) - outputs))) / scale

    found = off(weights)
    if found <= tolerance:
        return found
    hint = next((f"; {words} they would be" for words, other in _readings(weights) if off(other) <= tolerance), "")
    if not hint and outputs.shape[1] > 1:
        shifted = rollout(weights, trials.inputs, trials.h0)[:, :-1] - outputs[:, 1:]
        if np.max(np.abs(shifted)) / scale <= tolerance:
            hint = "; each is the network's output one step before: outputs must be taken after h[t] has seen inputs[t]"
    raise SchurscopeError(
        f"{where}the recorded outputs are not reproduced: they differ by up to {found:.2g} of the largest output, and"
        f" {tolerance:g} is allowed{hint}; the network is not what the file was read as, and nothing is ablated"
    )


def _readings(weights: Weights):
    """Other ways to read the same arrays, in words: every combination of transposes that the shapes allow."""
    square = [name for name in ("W_hh", "W_xh", "W_hy") if len(set(getattr(weights, name).shape)) == 1]
    for chosen in product((False, True), repeat=len(square)):
        names = [name for name, transposed in zip(square, chosen, strict=True) if transposed]
        if names:
            yield (
                f"with {' and '.join(names)} transposed",
                replace(weights, **{name: getattr(weights, name).T for name in names}),
            )
    if weights.leak != 1:
        yield "without leak", replace(weights, leak=1.0)
    if weights.h0 is not None:
        yield "with h0 = 0", replace(weights, h0=None)
