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

    def steepness(self, p, z):
        xp = array_namespace(z)
        small = xp.exp(-2 * xp.abs(z))
        return 4 * small / (1 + small) ** 2  # 1 / cosh(z)^2; 1 - f^2 is 0 from |z| = 19 on


CELL = Tanh
