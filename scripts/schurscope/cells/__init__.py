"""Recurrent cells: from one state to the next. One file each, with CELL; what a network's arrays are, and rollouts.

cell.py says what a cell is, pointwise.py what those have in common whose units act on their own drive, gated.py what
those have in common whose gates do.
"""

from schurscope.cells.cell import Array, Cell
from schurscope.cells.weights import ConstructedWeights, Weights
from schurscope.foundations import registry

__all__ = ["Cell", "ConstructedWeights", "Weights", "arrays_of", "cell_of", "make_cell", "profiled"]
TANH = "tanh"  # the paper's, and what a config or file means that names none


def make_cell(name: str, leak: float = 1.0) -> Cell:
    """The cell of a registered name. Raises SchurscopeError for an unknown one."""
    return registry.load("cell", name).CELL(leak=leak)


def arrays_of(name: str) -> dict[str, Array]:
    """Every array that a network of this cell may have, by name."""
    return make_cell(name).arrays()


def profiled() -> tuple[str, ...]:
    """The cells whose recurrent matrix can be decomposed, by name."""
    return tuple(name for name in registry.REGISTRY["cell"] if make_cell(name).profiled)


def cell_of(weights: Weights) -> Cell:
    """The cell that a network is made of."""
    return make_cell(weights.cell, weights.leak)
