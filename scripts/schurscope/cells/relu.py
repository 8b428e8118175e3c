"""f(z) = max(z, 0); its slope at 0 is 0, as in torch."""

from array_api_compat import array_namespace

from schurscope.cells.pointwise import Pointwise


class ReLU(Pointwise):
    engines = ("fused", "batched", "torch")

    def activate(self, p, z):
        return array_namespace(z).where(z <= 0, 0.0, z)  # not a number stays so

    def slope(self, p, z, f):
        return array_namespace(f).astype(f > 0, f.dtype)


CELL = ReLU
