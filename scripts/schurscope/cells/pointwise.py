"""Cells whose units each act on their own drive, with or without a leak.

z = W_hh h + W_xh x + b_h, h' = (1 - leak) h + leak f(z). A member says what f is, and its slope.
"""

from abc import abstractmethod
from dataclasses import dataclass

from array_api_compat import array_namespace

from schurscope.cells.cell import Cell


@dataclass(frozen=True)
class Pointwise(Cell):
    """``leak``: above 0, at most 1 (none)."""

    leak: float = 1.0
    engines = ("batched", "torch")

    @abstractmethod
    def activate(self, p, z):
        """f(z), as z."""

    @abstractmethod
    def slope(self, p, z, f):
        """df/dz where f = f(z), as z."""

    def steepness(self, p, z):
        """df/dz to its own rounding, also where f saturates, as z."""
        return self.slope(p, z, self.activate(p, z))

    def fill(self, p, z, out) -> None:
        """f(z) into ``out``, which may be z itself; NumPy only."""
        out[...] = self.activate(p, z)

    def own_gradients(self, p, z, f, d) -> dict:
        """Name -> dLoss/darray for each of ``own``, from d = dLoss/df."""
        return {}

    def drive(self, p, h, x):
        """z, (..., batch, unit)."""
        z = x @ p["W_xh"].mT + h @ p["W_hh"].mT
        return z + p["b_h"][..., None, :] if "b_h" in p else z

    def step(self, p, h, x):
        return self._leaked(h, self.activate(p, self.drive(p, h, x)))

    def jacobian(self, p, h, x):
        z = self.drive(p, h, x)
        xp = array_namespace(z)
        rows = self.leak * self.steepness(p, z)[..., None] * p["W_hh"][..., None, :, :]
        return rows if self.leak == 1 else rows + (1 - self.leak) * xp.eye(z.shape[-1], dtype=z.dtype, device=z.device)

    def log_det(self, p, h, x, jacobian):
        """Without a leak a sum of logs, apart from ``jacobian``."""
        if self.leak != 1:
            return super().log_det(p, h, x, jacobian)
        z = self.drive(p, h, x)
        xp = array_namespace(z)
        return xp.sum(xp.log(self.steepness(p, z)), axis=-1) + xp.linalg.slogdet(p["W_hh"])[1][..., None]

    def vjp(self, p, h, x, d):
        z = self.drive(p, h, x)
        f, df = self.activate(p, z), self.leak * d
        dz = df * self.slope(p, z, f)
        gradients = {"W_hh": dz.mT @ h, "W_xh": dz.mT @ x} | self.own_gradients(p, z, f, df)
        if "b_h" in p:
            gradients["b_h"] = array_namespace(z).sum(dz, axis=-2)
        return dz @ p["W_hh"] + (1 - self.leak) * d, gradients

    def jvp(self, p, h, x, dh, dW_hh):
        z = self.drive(p, h, x)
        f = self.activate(p, z)
        dz = dh @ p["W_hh"].mT + h @ dW_hh.mT
        return self._leaked(h, f), (1 - self.leak) * dh + self.leak * self.slope(p, z, f) * dz

    def _leaked(self, h, f):
        return f if self.leak == 1 else (1 - self.leak) * h + self.leak * f
