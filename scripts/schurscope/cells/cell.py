"""What a recurrent cell is.

Arrays may be NumPy's or torch's, and may have leading axes (networks side by side, ``...``): the same lines run for one
network and for many. Weights act from the left on column vectors, as in torch.nn.RNN: ``W_hh[i, j]`` is the weight from
unit j to unit i.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from array_api_compat import array_namespace


@dataclass(frozen=True)
class Array:
    """One array of a network. ``called``: other names that people's files have, without underscores, in lower case."""

    dims: tuple[str, ...]
    long_name: str
    called: tuple[str, ...] = ()
    needed: bool = True


COMMON = {  # what every network with units has
    "W_hh": Array(("unit", "unit_from"), "recurrent weights, from unit_from to unit", ("whh", "wrec", "wrecurrent")),
    "W_xh": Array(("unit", "input"), "input weights", ("wxh", "wih", "win", "winput")),
    "W_hy": Array(("output", "unit"), "readout weights", ("why", "who", "wout", "woutput")),
    "b_h": Array(("unit",), "bias of the units", ("bh", "brec"), needed=False),
    "b_y": Array(("output",), "bias of the readout", ("by", "bo", "bout"), needed=False),
    "h0": Array(("unit",), "initial state", ("h0",), needed=False),
}


class Cell(ABC):
    """A cell: from the state h (..., batch, unit) and the input x (..., batch, input) of a step to the next state.

    ``p``: name -> array, the network's own (``Weights.parameters``).
    """

    profiled: ClassVar[str | None] = "W_hh"  # what is decomposed; None: such networks are trained and scored only
    gates: ClassVar[int] = 1  # rows of W_hh, W_xh and b_h that a unit has
    states: ClassVar[int] = 1  # numbers of state that a unit has; the readout sees the first of each
    own: ClassVar[dict[str, Array]] = {}  # arrays that this cell has beside COMMON; all of them are trained
    engines: ClassVar[tuple[str, ...]] = ("torch",)  # that can train it; the first is taken unless the config says

    def arrays(self) -> dict[str, Array]:
        """Every array that such a network may have, by name."""
        return COMMON | self.own

    def visible(self, h):
        """What the readout sees of a state, (..., batch, unit)."""
        return h

    def start(self, width: int, source) -> dict[str, Any]:
        """Name -> array at the start of training for each of ``own``, from a random stream (streams.Draws)."""
        return {}

    @abstractmethod
    def step(self, p, h, x):
        """The next state, (..., batch, unit)."""

    @abstractmethod
    def jacobian(self, p, h, x):
        """d(next state)/dh, (..., batch, unit, unit)."""

    def log_det(self, p, h, x, jacobian):
        """log |det ``jacobian``|, (..., batch), of what ``jacobian(p, h, x)`` gives; -inf where it is singular."""
        return array_namespace(h).linalg.slogdet(jacobian)[1]

    @abstractmethod
    def vjp(self, p, h, x, d):
        """Backward: (dLoss/dh, name -> dLoss/darray) from d = dLoss/d(next state), (..., batch, unit).

        For W_hh, W_xh, b_h (where there is one) and each of ``own``; summed over the batch.
        """

    @abstractmethod
    def jvp(self, p, h, x, dh, dW_hh):
        """Forward: (next state, its change) for a change ``dh`` of h and ``dW_hh`` (unit, unit) of W_hh."""
