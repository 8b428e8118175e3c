"""One network before training: its cell, its construction of W_hh, and everything that training changes."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from schurscope import constructions
from schurscope.cells import TANH, Cell, Weights, make_cell
from schurscope.foundations.streams import stream


@dataclass(frozen=True)
class Start:
    """W_xh (unit, input), W_hy (output, unit), the construction with its parameters, ``own`` arrays of the cell."""

    construction: Any
    W_xh: np.ndarray
    W_hy: np.ndarray
    own: dict[str, np.ndarray] = field(default_factory=dict)
    cell_name: str = TANH

    @property
    def cell(self) -> Cell:
        return make_cell(self.cell_name)

    def parameters(self) -> dict[str, np.ndarray]:
        """Name -> array of all that training changes, in the order in which engines hold them."""
        return {"W_xh": self.W_xh, "W_hy": self.W_hy, **self.construction.parameters, **self.own}

    def weights(self, W_hh, parameters, plain) -> Weights:
        """The network with these parameters; ``plain`` makes a NumPy array of its own of each."""
        own = {name: plain(parameters[name]) for name in self.own}
        ends = (plain(parameters[name]) for name in ("W_xh", "W_hy"))
        return Weights(plain(W_hh), *ends, cell=self.cell_name, own=own)


def start(task, width: int, init: str, seed: int, cell: str = TANH) -> Start:
    """One network before training.

    W_xh and W_hy start as Unif[-1/sqrt(N), 1/sqrt(N)], as torch.nn.RNN and Linear do, from (task, width, seed) only:
    networks that differ in the construction of W_hh, or in the cell, start with the same ones.
    """
    bound = width**-0.5
    ends = stream("W_xh, W_hy", task.name, width, seed)
    W_xh = ends.uniform(0, (width, task.inputs), -bound, bound)
    W_hy = ends.uniform(1, (task.outputs, width), -bound, bound)
    own = make_cell(cell).start(width, stream("cell", task.name, width, cell, seed))
    return Start(constructions.start(init, task.name, width, seed), W_xh, W_hy, own, cell)
