"""f(z) = tanh(z): the cell of Draeger 2026 (eq. 1), and of torch.nn.RNN."""

import numpy as np
from array_api_compat import array_namespace

from schurscope.cells.pointwise import Pointwise


class Tanh(Pointwise):
    engines = ("fused", "batched", "torch")

    def activate(self, p, z):
        return array_namespace(z).tanh(z)

    def fill(self, p, z, out):
        np.tanh(z, out=out)

    def slope(self, p, z, f):
        return 1 - f**2


CELL = Tanh
