"""A cell that rotations of the plane commute with, exactly (Mo 2026, section on learned path integration).

    z' = a(I, h, u) z + b(I, h, u) J z + eps M z,   h' = g(I, h, u),   I = |z|^2,   J z = i z

z is turned by the group S^1, while h and the input u stay: whatever a, b and g are, without the breaking eps M z the
field commutes with rotations, and so does each step, Euler's or RK4's. What the published networks are made of is not
public; here a, b and g are networks of one hidden layer of tanh, and

    pinned   a = (1 - I) softplus(alpha + A), b = u (kappa + B): without input no phase moves (1,237 numbers, as theirs)
    free     a = (1 - I) + A,                 b = B:             without input it may drift (1,235)

with g = G - softplus(delta) h in both. The group's exponent is 0 as long as |z| stays away from 0: a > 0 within the
circle keeps the pinned cell there, a free one may collapse. And a zero exponent is not memory: only the pinned cell
stands still. A state is (z, h) side by side, (..., trial, 2 + hidden); u (..., trial, 1). The same lines run in NumPy
and in torch, for one network and for several, whose arrays have a first axis more.
"""

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import Draws
from schurscope.neutral.flow import rk4

KINDS, RULES = ("pinned", "free"), ("euler", "rk4")
NETWORKS = ("a", "b", "g")


@dataclass(frozen=True, eq=False)
class CircleCell:
    """``hidden``: of h, and of each network's hidden layer; ``breaking``: eps M (2, 2), None for an exact symmetry.

    Raises SchurscopeError for a kind, a rule, a dt or a breaking that it cannot have.
    """

    kind: str = "pinned"
    rule: str = "euler"
    hidden: int = 16
    dt: float = 0.1
    breaking: np.ndarray | None = None

    def __post_init__(self):
        for what, value, allowed in (("kind", self.kind, KINDS), ("rule", self.rule, RULES)):
            if value not in allowed:
                raise SchurscopeError(f"the circle cell's {what} is {value!r}; allowed: {', '.join(allowed)}")
        if not 0 < self.dt < np.inf or not isinstance(self.hidden, int) or self.hidden < 1:
            raise SchurscopeError(
                f"dt must be above 0 and hidden a whole number from 1; they are {self.dt}, {self.hidden}"
            )
        if self.breaking is None:
            return
        M = np.asarray(self.breaking)
        if M.shape != (2, 2) or M.dtype.kind not in "iuf" or not np.isfinite(M).all():
            raise SchurscopeError(f"the breaking has the shape {M.shape}; a real, finite matrix (2, 2) is needed")

    @property
    def size(self) -> int:
        """Numbers of state."""
        return 2 + self.hidden

    def parameters(self, source: Draws) -> dict[str, np.ndarray]:
        """Name -> array at the start of training: uniform within 1 / sqrt(columns), as torch.nn.Linear; h0 is 0."""
        found, draw = {}, 0
        for name, outputs in zip(NETWORKS, (1, 1, self.hidden), strict=True):
            for layer, (rows, columns) in enumerate(((self.hidden, 2 + self.hidden), (outputs, self.hidden)), 1):
                for kind, shape in (("weight", (rows, columns)), ("bias", (rows,))):
                    found[f"{name}_{kind}{layer}"] = source.uniform(draw, shape, -(columns**-0.5), columns**-0.5)
                    draw += 1
        scalars = {"delta": np.zeros(())}
        scalars |= {"alpha": np.zeros(()), "kappa": np.ones(())} if self.kind == "pinned" else {}
        return found | scalars | {"h0": np.zeros(self.hidden)}

    def prepared(self, p):
        """``p`` with the three networks as one, whose second layer is block diagonal: the same at every step."""
        xp = array_namespace(p["a_weight1"])
        whole = {
            "weight1": xp.concat([p[f"{name}_weight1"] for name in NETWORKS], axis=-2),
            "bias1": xp.concat([p[f"{name}_bias1"] for name in NETWORKS], axis=-1),
        }
        rows = []
        for place, name in enumerate(NETWORKS):
            own = p[f"{name}_weight2"]
            zeros = xp.zeros_like(own)
            rows.append(xp.concat([own if other == place else zeros for other in range(len(NETWORKS))], axis=-1))
        whole["weight2"] = xp.concat(rows, axis=-2)
        whole["bias2"] = xp.concat([p[f"{name}_bias2"] for name in NETWORKS], axis=-1)
        return p | whole

    def begin(self, p, phases):
        """The states of phases (..., trial) on the unit circle, (..., trial, 2 + hidden)."""
        xp = array_namespace(phases)
        z = xp.stack([xp.cos(phases), xp.sin(phases)], axis=-1)
        return xp.concat([z, xp.broadcast_to(_row(p["h0"]), (*phases.shape, self.hidden))], axis=-1)

    def read(self, p, state):
        """What is read: z, (..., 2)."""
        return state[..., :2]

    def field(self, p, state, u):
        """(z', h'), per unit time."""
        xp = array_namespace(state)
        z, h = state[..., :2], state[..., 2:]
        p = p if "weight1" in p else self.prepared(p)
        square = xp.sum(z * z, axis=-1, keepdims=True)
        seen = xp.concat([square, h, u], axis=-1)
        said = xp.tanh(seen @ p["weight1"].mT + _row(p["bias1"])) @ p["weight2"].mT + _row(p["bias2"])
        A, B, G = said[..., :1], said[..., 1:2], said[..., 2:]
        if self.kind == "pinned":
            a, b = (1 - square) * softplus(xp, _one(p["alpha"]) + A), u * (_one(p["kappa"]) + B)
        else:
            a, b = 1 - square + A, B
        turned = xp.stack([-z[..., 1], z[..., 0]], axis=-1)
        moved = a * z + b * turned
        if self.breaking is not None:
            moved = moved + z @ xp.asarray(np.asarray(self.breaking).T, dtype=state.dtype)
        return xp.concat([moved, G - softplus(xp, _one(p["delta"])) * h], axis=-1)

    def step(self, p, state, u):
        """The state dt later, the input held."""
        if self.rule == "euler":
            return state + self.dt * self.field(p, state, u)
        return rk4(lambda now: self.field(p, now, u), state, self.dt)


def turn(angle: float, hidden: int) -> np.ndarray:
    """The group's action on states, (2 + hidden, 2 + hidden): z turned by ``angle``, h left alone."""
    matrix = np.eye(2 + hidden)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return matrix


def generator(hidden: int) -> np.ndarray:
    """Its derivative at angle 0: xi(z, h) = (J z, 0)."""
    matrix = np.zeros((2 + hidden, 2 + hidden))
    matrix[0, 1], matrix[1, 0] = -1.0, 1.0
    return matrix


def softplus(xp, x):
    """log(1 + e^x), which overflows nowhere."""
    return xp.logaddexp(x, xp.zeros_like(x))


def _row(bias):
    """A bias (..., channel) beside trials, (..., 1, channel)."""
    return bias[..., None, :]


def _one(scalar):
    """A number a network (...) beside trials and channels, (..., 1, 1)."""
    return scalar[..., None, None]
