"""modReLU for real states: f(z) = sign(z) max(|z| + b, 0), b one number a unit, trained (Arjovsky et al. 2016).

f(0) = 0. b starts as Unif[-0.01, 0.01], as in Kerg et al. 2019.
"""

from array_api_compat import array_namespace

from schurscope.cells.cell import Array
from schurscope.cells.pointwise import Pointwise

START = 0.01


class ModReLU(Pointwise):
    engines = ("fused", "batched", "torch")
    own = {"b_modulus": Array(("unit",), "what is added to the modulus of a unit's drive", ("bmodulus", "bmodrelu"))}

    def start(self, width, source):
        return {"b_modulus": source.uniform(0, (width,), -START, START)}

    def activate(self, p, z):
        xp = array_namespace(z)
        modulus = xp.abs(z) + p["b_modulus"][..., None, :]
        return xp.where(modulus <= 0, 0.0, xp.sign(z) * modulus)

    def slope(self, p, z, f):
        return array_namespace(f).astype(f != 0, f.dtype)

    def own_gradients(self, p, z, f, d):
        xp = array_namespace(z)
        return {"b_modulus": xp.sum(d * xp.sign(f), axis=-2)}


CELL = ModReLU
