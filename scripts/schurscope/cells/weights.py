"""The arrays of one network.

Weights act from the left on column vectors, as in torch.nn.RNN: ``W_hh[i, j]`` is the weight from unit j to unit i.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

import numpy as np


@dataclass(frozen=True)
class Weights:
    """W_hh (unit, unit), W_xh (unit, input), W_hy (output, unit); b_h, h0 (unit,) and b_y (output,), None for 0.

    ``cell``: the registered cell; ``own``: the arrays that it has beside these, by name. A cell of gates has more rows
    (cells/gated.py).
    """

    W_hh: np.ndarray
    W_xh: np.ndarray
    W_hy: np.ndarray
    b_h: np.ndarray | None = None
    b_y: np.ndarray | None = None
    h0: np.ndarray | None = None
    leak: float = 1.0
    cell: str = "tanh"
    own: Mapping[str, np.ndarray] = field(default_factory=dict)

    made_of: ClassVar[Mapping[str, np.ndarray]] = MappingProxyType({})

    def parameters(self) -> dict[str, np.ndarray]:
        """What the cell needs, by name: W_hh, W_xh, b_h where there is one, and its own arrays."""
        bias = {} if self.b_h is None else {"b_h": self.b_h}
        return {"W_hh": self.W_hh, "W_xh": self.W_xh, **bias, **self.own}

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array of the network, by name; those that it does not have are left out."""
        ends = {"W_hy": self.W_hy, "b_y": self.b_y, "h0": self.h0}
        return self.parameters() | {name: array for name, array in ends.items() if array is not None}

    def finite(self) -> bool:
        """Whether every array is finite."""
        return all(np.isfinite(array).all() for array in self.arrays().values())


@dataclass(frozen=True)
class ConstructedWeights(Weights):
    """``made_of``: the arrays that W_hh was trained as, by their construction's names; they say more than W_hh does."""

    made_of: Mapping[str, np.ndarray] = field(default_factory=dict)
