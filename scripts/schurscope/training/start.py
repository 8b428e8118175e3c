"""One network before training: its cell, its construction of W_hh, and everything that training changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from schurscope import constructions
from schurscope.cells import TANH, Cell, ConstructedWeights, Weights, make_cell
from schurscope.foundations.streams import stream

GLOROT, KAIMING, EMBEDDING = "glorot", "kaiming", "W_embedding"
BIASES = ("b_h", "b_y", "b_hh")


@dataclass(frozen=True)
class Start:
    """W_xh (unit, input), W_hy (output, unit), the construction with its parameters, ``own`` arrays of the cell, and
    those of BIASES that are trained: of the units' drives, of the output, of the gates' recurrent drives. With an
    ``embedding`` (its size, input) of the inputs, W_xh is (unit, its size), and what the network reads its inputs by is
    their product.
    """

    construction: Any
    W_xh: np.ndarray
    W_hy: np.ndarray
    own: dict[str, np.ndarray] = field(default_factory=dict)
    cell_name: str = TANH
    biases: dict[str, np.ndarray] = field(default_factory=dict)
    embedding: np.ndarray | None = None

    @property
    def cell(self) -> Cell:
        return make_cell(self.cell_name)

    def parameters(self) -> dict[str, np.ndarray]:
        """Name -> array of all that training changes, in the order in which engines hold them."""
        found = {"W_xh": self.W_xh, "W_hy": self.W_hy, **self.construction.parameters, **self.own, **self.biases}
        return found if self.embedding is None else found | {EMBEDDING: self.embedding}

    def reads(self, parameters):
        """W_xh of the network, (unit, input)."""
        W_xh = parameters["W_xh"]
        return W_xh if self.embedding is None else W_xh @ parameters[EMBEDDING]

    def read_pullback(self, parameters, gradient) -> dict:
        """Name -> dLoss/darray from dLoss/d(``reads``), (unit, input)."""
        if self.embedding is None:
            return {"W_xh": gradient}
        return {"W_xh": gradient @ parameters[EMBEDDING].T, EMBEDDING: parameters["W_xh"].T @ gradient}

    def weights(self, W_hh, parameters, plain) -> Weights:
        """The network with these parameters; ``plain`` makes a NumPy array of its own of each."""
        of_gates = {"b_hh"} & set(self.biases)
        own = {name: plain(parameters[name]) for name in (*self.own, *of_gates)}
        ends = {name: plain(parameters[name]) for name in ("W_hy", *self.biases) if name not in of_gates}
        ends["W_xh"] = plain(self.reads(parameters))
        made_of = {name: plain(parameters[name]) for name in getattr(self.construction, "stored", ())}
        W_hh, said = plain(W_hh), ends | {"cell": self.cell_name, "own": own}
        if not made_of:
            return Weights(W_hh, **said)
        exact = self.construction.matrix({name: array.astype(np.float64) for name, array in made_of.items()})
        return ConstructedWeights(exact.astype(W_hh.dtype), **said, made_of=made_of)  # W_hh says the same, to rounding


def start(task, width: int, init: str, seed: int, training: Mapping = MappingProxyType({})) -> Start:
    """One network before training, as the section ``training`` says: its keys cell, ends and biases.

    W_xh and W_hy start as Unif[-1/sqrt(N), 1/sqrt(N)], as torch.nn.RNN and Linear do, or by ``ends: glorot`` as normal
    numbers of variance 2 / (rows + columns), by ``ends: kaiming`` of 2 / columns (He et al. 2015), from (task, width,
    seed) only: networks that differ in the construction of W_hh, or in the cell, start with the same ones. So do
    ``biases``, those of BIASES that are trained, and an ``embedding`` of so many numbers: as torch's. Of a cell of
    gates, W_xh, W_hh and biases have rows for each gate; each gate starts as a whole network does.
    """
    bound, cell, size = width**-0.5, training.get("cell", TANH), training.get("embedding")
    made, inputs = make_cell(cell), size or task.inputs
    rows = made.gates * width
    ends, shapes = stream("W_xh, W_hy", task.name, width, seed), ((rows, inputs), (task.outputs, width))
    if training.get("ends") in (GLOROT, KAIMING):
        from_and_to = ((inputs, width), (width, task.outputs))
        means = [(columns + rows if training["ends"] == GLOROT else columns) for columns, rows in from_and_to]
        W_xh, W_hy = (ends.normal(draw, shapes[draw]) * (2 / mean) ** 0.5 for draw, mean in enumerate(means))
    else:
        W_xh, W_hy = (ends.uniform(draw, shape, -bound, bound) for draw, shape in enumerate(shapes))
    own = made.start(width, stream("cell", task.name, width, cell, seed))
    offsets, sizes = stream("biases", task.name, width, seed), {"b_h": rows, "b_y": task.outputs, "b_hh": rows}
    biases = {
        name: offsets.uniform(BIASES.index(name), (sizes[name],), -bound, bound) for name in training.get("biases", ())
    }
    embedding = stream("embedding", task.name, size, seed).normal(0, (size, task.inputs)) if size else None
    W_hh = constructions.start(init, task.name, width, seed, made.gates)
    return Start(W_hh, W_xh, W_hy, own, cell, biases, embedding)
