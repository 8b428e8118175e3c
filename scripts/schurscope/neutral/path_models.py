"""What is trained on circle_path: the circle cell, and three baselines that know nothing of the circle (Mo 2026).

A model has ``parameters(source)``, ``begin(p, phases)``, ``step(p, state, u)`` and ``read(p, state)``, as CircleCell.
The baselines read the first phase from (cos, sin) by a linear layer into their initial state, and have torch's two
biases a gate, so that their numbers of parameters are the published ones: GRU 994, LSTM 1,346, orthogonal 386 for 16
units (of the orthogonal one, how 3 N of them are split is not public).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from array_api_compat import array_namespace

from schurscope.cells import make_cell
from schurscope.constructions import exponential
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import Draws
from schurscope.neutral.breaking import traceless
from schurscope.neutral.circle_cell import CircleCell

BROKEN = 0.02  # strength of the breaking that one of the models is trained with
MODELS = ("equivariant", "free", "broken", "gru", "lstm", "orthogonal")


def make_model(name: str, hidden: int = 16, rule: str = "euler"):
    """One of MODELS; ``hidden``: units of a baseline, h of a circle cell; ``rule``: how a circle cell is followed."""
    if not isinstance(hidden, int) or hidden < 1:
        raise SchurscopeError(f"hidden is {hidden}; a whole number of units from 1 is needed")
    if name in ("equivariant", "free", "broken"):
        kind = "free" if name == "free" else "pinned"
        return CircleCell(kind, rule, hidden, breaking=traceless(BROKEN) if name == "broken" else None)
    if name not in MODELS:
        raise SchurscopeError(f"model {name!r} does not exist; allowed: {', '.join(MODELS)}")
    return Orthogonal(hidden) if name == "orthogonal" else Gates(hidden, name)


@dataclass(frozen=True)
class Baseline:
    """``units``. Everything starts uniform within 1 / sqrt(columns of its layer), as torch has it."""

    units: int
    states: ClassVar[int] = 1
    ENDS = ("W_encode", "b_encode", "W_hy", "b_y")

    def shapes(self) -> dict[str, tuple[tuple[int, ...], int]]:
        """Name -> (shape, columns that its start goes by)."""
        encoded = self.states * self.units
        ends = {"W_encode": ((encoded, 2), 2), "b_encode": ((encoded,), 2)}
        return ends | {"W_hy": ((2, self.units), self.units), "b_y": ((2,), self.units)}

    def parameters(self, source: Draws) -> dict[str, np.ndarray]:
        return {
            name: source.uniform(draw, shape, -(columns**-0.5), columns**-0.5)
            for draw, (name, (shape, columns)) in enumerate(self.shapes().items())
        }

    def begin(self, p, phases):
        xp = array_namespace(phases)
        return xp.stack([xp.cos(phases), xp.sin(phases)], axis=-1) @ p["W_encode"].mT + p["b_encode"][..., None, :]

    def read(self, p, state):
        return state[..., : self.units] @ p["W_hy"].mT + p["b_y"][..., None, :]


@dataclass(frozen=True)
class Gates(Baseline):
    """torch.nn.GRU or LSTM of one input."""

    cell: str = "gru"

    @property
    def states(self):
        return make_cell(self.cell).states

    def shapes(self):
        n, rows = self.units, make_cell(self.cell).gates * self.units
        recurrent = {"W_hh": ((rows, n), n), "W_xh": ((rows, 1), n), "b_h": ((rows,), n), "b_hh": ((rows,), n)}
        return recurrent | super().shapes()

    def step(self, p, state, u):
        return make_cell(self.cell).step(p, state, u)


@dataclass(frozen=True)
class Orthogonal(Baseline):
    """h' = tanh(exp(A - A^T) h + W_xh u + b_h + b_hh)."""

    def shapes(self):
        n = self.units
        recurrent = {"A": ((n, n), n), "W_xh": ((n, 1), 1), "b_h": ((n,), 1), "b_hh": ((n,), n)}
        return recurrent | super().shapes()

    def prepared(self, p):
        """``p`` with the orthogonal matrix, which is the same at every step."""
        return p | {"W": exponential.exp(p["A"] - p["A"].mT)[0]}

    def step(self, p, state, u):
        p = p if "W" in p else self.prepared(p)
        biases = (p["b_h"] + p["b_hh"])[..., None, :]
        return array_namespace(state).tanh(state @ p["W"].mT + u @ p["W_xh"].mT + biases)


def answers(model, p, phase, velocities):
    """Unit vectors (..., trial, time + 1, 2) for first phases (..., trial) and velocities (..., trial, time)."""
    xp = array_namespace(velocities)
    p = model.prepared(p) if hasattr(model, "prepared") else p
    state = model.begin(p, phase)
    read = [model.read(p, state)]
    for t in range(velocities.shape[-1]):
        state = model.step(p, state, velocities[..., t : t + 1])
        read.append(model.read(p, state))
    return normalised(xp.stack(read, axis=-2))


def normalised(outputs):
    """Each of (..., 2) over its norm."""
    xp = array_namespace(outputs)
    return outputs / xp.sqrt(xp.sum(outputs * outputs, axis=-1, keepdims=True))
