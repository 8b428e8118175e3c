"""Cells of gates: several drives a unit, and a state that they let through. They have no square recurrent matrix.

The rows of W_hh, W_xh and b_h are those of torch.nn.LSTM and torch.nn.GRU: gate after gate, each with a row a unit.
u = W_xh x + b_h and v = W_hh h + b_hh, (..., batch, gate * unit); a member says what state follows from them, and the
slopes of that, each a number a unit. Its state is (h) or (h, c) side by side, (..., batch, states * unit).
"""

from abc import abstractmethod
from dataclasses import dataclass, replace

from array_api_compat import array_namespace

from schurscope.cells.cell import COMMON, Array, Cell
from schurscope.foundations.errors import SchurscopeError

ROWS = "gate_unit"


@dataclass(frozen=True)
class Gated(Cell):
    """``leak``: 1, as every cell has one; a gate is what these have in its place."""

    leak: float = 1.0
    profiled = None

    def __post_init__(self):
        if self.leak != 1:
            raise SchurscopeError(f"leak is {self.leak}; a network of gates has none, which is 1")

    def arrays(self):
        rows = {name: replace(COMMON[name], dims=(ROWS, *COMMON[name].dims[1:])) for name in ("W_hh", "W_xh", "b_h")}
        b_hh = Array((ROWS,), "bias of the recurrent part of the gates' drives", ("bhh",), needed=False)
        return COMMON | rows | {"b_hh": b_hh, "h0": replace(COMMON["h0"], dims=("state",))}

    def visible(self, h):
        return h[..., : h.shape[-1] // self.states]

    @abstractmethod
    def ahead(self, u, v, h):
        """The parts of the next state, and what ``slopes`` needs, from the gates of u and v and the parts of h."""

    @abstractmethod
    def slopes(self, kept):
        """Slopes of each part of the next state, as lists by part: by u's gates, by v's gates, by the parts of h."""

    def step(self, p, h, x):
        return array_namespace(h).concat(self._ahead(p, h, x)[0], axis=-1)

    def jacobian(self, p, h, x):
        xp = array_namespace(h)
        _, by_v, by_h = self.slopes(self._ahead(p, h, x)[1])
        W = self._of_gates(p["W_hh"].mT)  # each (unit_from, unit)
        eye = xp.eye(W[0].shape[-1], dtype=h.dtype, device=h.device)
        rows = []
        for of_v, of_h in zip(by_v, by_h, strict=True):
            blocks = [slope[..., None] * eye for slope in of_h]
            blocks[0] = blocks[0] + sum(
                slope[..., None] * w.mT[..., None, :, :] for slope, w in zip(of_v, W, strict=True)
            )
            rows.append(xp.concat(blocks, axis=-1))
        return xp.concat(rows, axis=-2)

    def vjp(self, p, h, x, d):
        xp = array_namespace(h)
        by_u, by_v, by_h = self.slopes(self._ahead(p, h, x)[1])
        parts = self._of_states(d)

        def back(slopes):
            columns = zip(*slopes, strict=True)
            return xp.concat([sum(s * part for s, part in zip(own, parts, strict=True)) for own in columns], axis=-1)

        du, dv, dh = back(by_u), back(by_v), back(by_h)
        gradients = {"W_hh": dv.mT @ self.visible(h), "W_xh": du.mT @ x}
        gradients |= {name: xp.sum(part, axis=-2) for name, part in (("b_h", du), ("b_hh", dv)) if name in p}
        through = self._of_states(dh)
        through[0] = through[0] + dv @ p["W_hh"]
        return xp.concat(through, axis=-1), gradients

    def jvp(self, p, h, x, dh, dW_hh):
        xp = array_namespace(h)
        ahead, kept = self._ahead(p, h, x)
        _, by_v, by_h = self.slopes(kept)
        dv = self._of_gates(self.visible(dh) @ p["W_hh"].mT + self.visible(h) @ dW_hh.mT)
        moved = [
            sum(s * part for s, part in zip([*of_v, *of_h], [*dv, *self._of_states(dh)], strict=True))
            for of_v, of_h in zip(by_v, by_h, strict=True)
        ]
        return xp.concat(ahead, axis=-1), xp.concat(moved, axis=-1)

    def _ahead(self, p, h, x):
        parts = self._of_states(h)
        u, v = x @ p["W_xh"].mT, parts[0] @ p["W_hh"].mT
        u = u + p["b_h"][..., None, :] if "b_h" in p else u
        v = v + p["b_hh"][..., None, :] if "b_hh" in p else v
        return self.ahead(self._of_gates(u), self._of_gates(v), parts)

    def _of_gates(self, drive):
        return _cut(drive, self.gates)

    def _of_states(self, h):
        return _cut(h, self.states)


def _cut(array, count: int) -> list:
    """So many equal parts of the last axis."""
    size = array.shape[-1] // count
    return [array[..., k * size : (k + 1) * size] for k in range(count)]


def sigmoid(z):
    """1 / (1 + exp(-z)), by tanh, which overflows nowhere."""
    return 0.5 + 0.5 * array_namespace(z).tanh(0.5 * z)
