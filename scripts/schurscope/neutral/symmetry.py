"""Does a group commute with a network? Its equivariance error (Mo 2026, eq. 4), and what it does not say: the drift.

    error = max |f(g x, g u) - D(g) f(x, u)| / (1 + |f(x, u)|)   over states x, inputs u and elements g

for a field or a step f (D(g) acts on states) or a readout (on outputs). Actions are linear and orthogonal. The law of
the paper's test states is not public, and sets the number where a symmetry is broken; here they are standard normal,
and so are inputs. An exact symmetry is exact to rounding, whatever is drawn.

That the phases of a circle are equivalent does not say that one of them stays: a cell whose error is 0 may drift, and
it may lose the circle itself, where its radius shrinks to 0 and with it the exponent of the group.
"""

from dataclasses import dataclass

import numpy as np

from schurscope.cells import Weights, cell_of
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import Draws, stream
from schurscope.neutral.circle_cell import turn

STATES, ELEMENTS = 24, 8  # 192 tests of a circle, the paper's number
PRECISIONS = ("float32", "float64")
ORTHOGONAL = 1e-10  # what |g g^T - 1| may be, entry by entry
SETTLED = 50.0  # units of time before a drift counts
ON_CIRCLE = 1e-5  # what |z| may be off 1


@dataclass(frozen=True, eq=False)
class Action:
    """One element of a group as it acts on a network: ``state`` (n, n), ``input`` and ``output``, orthogonal.

    Raises SchurscopeError for a matrix that is not real, finite, square and orthogonal to 1e-10.
    """

    state: np.ndarray
    input: np.ndarray
    output: np.ndarray

    def __post_init__(self):
        for name in ("state", "input", "output"):
            object.__setattr__(self, name, orthogonal(getattr(self, name), name))


def orthogonal(g, name: str) -> np.ndarray:
    """``g`` in float64. Raises SchurscopeError where it is not real, finite, square and orthogonal to 1e-10."""
    g = np.asarray(g)
    if g.ndim != 2 or g.shape[0] != g.shape[1] or g.dtype.kind not in "iuf":
        raise SchurscopeError(f"an action on the {name} has the shape {g.shape}; a real square is needed")
    g = g.astype(np.float64)
    if not np.allclose(g @ g.T, np.eye(len(g)), rtol=0, atol=ORTHOGONAL):  # NaN is not close to anything
        raise SchurscopeError(
            f"an action on the {name} is not orthogonal to {ORTHOGONAL:g}; rotations, reflections, signs and "
            "permutations are"
        )
    return g


@dataclass(frozen=True, eq=False)
class Tested:
    """``errors``: (what, precision) -> equivariance error, as ("step", "float32"); found on ``states`` (test, n) and
    ``inputs`` (test, input) with each of ``actions``."""

    errors: dict[tuple[str, str], float]
    states: np.ndarray
    inputs: np.ndarray
    actions: list[Action]


def of_circle(angles, hidden: int) -> list[Action]:
    """Rotations of a circle cell by ``angles``, rad: z and the output turn, h and the input stay."""
    return [Action(turn(angle, hidden), np.eye(1), turn(angle, 0)) for angle in angles]


def equivariance_error(function, states, inputs, actions: list[Action], onto: str = "state") -> float:
    """The largest error of ``function``(states, inputs) over states (test, n), inputs (test, input) and ``actions``.

    All of it in the dtype of ``states``. ``onto``: what the results are, "state" or "output". Raises SchurscopeError
    for no states, no actions, or another number of inputs, and for sizes that do not fit.
    """
    if not len(states) or not len(actions) or len(states) != len(inputs):
        raise SchurscopeError(
            "at least one action, one state and as many inputs are needed; there are "
            f"{len(actions)}, {len(states)}, {len(inputs)}"
        )
    inputs = np.asarray(inputs, dtype=states.dtype)
    plain, worst = function(states, inputs), []
    scale = 1 + np.linalg.norm(plain, axis=-1)
    for place, action in enumerate(actions):
        for name, acted_on in (("state", states), ("input", inputs), (onto, plain)):
            _fits(place, name, getattr(action, name), acted_on.shape[-1])
        g = {name: getattr(action, name).T.astype(states.dtype) for name in ("state", "input", "output")}
        off = function(states @ g["state"], inputs @ g["input"]) - plain @ g[onto]
        worst.append(np.max(np.linalg.norm(off, axis=-1) / scale))
    return float(np.max(worst))


def errors_of(model, p, source: Draws | None = None) -> Tested:
    """Of a circle cell with parameters ``p``: field and step, in float32 and float64.

    24 states and inputs, N(0, 1), times 8 angles, uniform; ``source``: where from, else the stream "equivariance".
    Raises SchurscopeError for a model whose states the circle does not act on.
    """
    if not hasattr(model, "field"):
        raise SchurscopeError(f"the circle does not act on states of {type(model).__name__}; it does on a CircleCell's")
    source = source or stream("equivariance")
    states, inputs = source.normal(0, (STATES, model.size)), source.normal(1, (STATES, 1))
    actions = of_circle(source.uniform(2, (ELEMENTS,), -np.pi, np.pi), model.hidden)
    functions = {name: (getattr(model, name), "state") for name in ("field", "step")}
    return _tested(functions, p, states, inputs, actions)


def errors_of_network(weights: Weights, actions: list[Action], source: Draws | None = None) -> Tested:
    """Of any network with the elements that one thinks it has: step and readout, in float32 and float64.

    192 states and inputs, N(0, 1); ``source`` as in ``errors_of``. Raises SchurscopeError for sizes that do not fit.
    """
    cell, source = cell_of(weights), source or stream("equivariance")
    tests, bias = STATES * ELEMENTS, {} if weights.b_y is None else {"b_y": weights.b_y}
    states = source.normal(0, (tests, cell.states * weights.W_hy.shape[1]))
    inputs = source.normal(1, (tests, weights.W_xh.shape[1]))

    def readout(p, h, x):
        return cell.visible(h) @ p["W_hy"].T + p.get("b_y", 0)

    functions = {"step": (cell.step, "state"), "readout": (readout, "output")}
    return _tested(functions, weights.parameters() | {"W_hy": weights.W_hy} | bias, states, inputs, list(actions))


def drift(model, p, phases: np.ndarray, time: float = 100.0) -> tuple[float, float]:
    """(mean, largest) drift of the phase without input, rad per unit time, over start ``phases`` (trial,), rad.

    Mean: with its sign; largest: without. It is taken over ``time`` after 50 units in which the state settles; NaN
    where |z| shrinks to 0. Phases of a broken circle move to its axis: their drift depends on both times. Raises
    SchurscopeError for a model whose state does not begin on the circle, and for less time than a step.
    """
    p = {name: np.asarray(value, dtype=np.float64) for name, value in p.items()}
    p = model.prepared(p) if hasattr(model, "prepared") else p
    state = model.begin(p, np.asarray(phases, dtype=np.float64))
    if not np.allclose(np.hypot(state[:, 0], state[:, 1]), 1, atol=ON_CIRCLE):
        raise SchurscopeError(f"the states of {type(model).__name__} do not begin on the circle: they have no phase")
    steps, settled, u = int(round(time / model.dt)), int(round(SETTLED / model.dt)), np.zeros((len(state), 1))
    if steps < 1:
        raise SchurscopeError(f"a drift over {time:g} units of time is asked for; a step takes {model.dt:g}")
    for _ in range(settled):
        state = model.step(p, state, u)
    turned, before = np.zeros(len(state)), _unit(state)
    for _ in range(steps):  # by small angles: a phase that goes round is not wrapped
        state = model.step(p, state, u)
        x, y = now = _unit(state)
        turned += np.arctan2(before[0] * y - before[1] * x, before[0] * x + before[1] * y)
        before = now
    rates = turned / (steps * model.dt)
    return float(rates.mean()), float(np.abs(rates).max())


def _unit(state) -> np.ndarray:
    """z / |z|, (2, trial): also of a circle that shrinks to 0, until it is too small for a float's digits."""
    size = np.hypot(state[:, 0], state[:, 1])
    return state[:, :2].T / np.where(size < np.finfo(np.float64).tiny, np.nan, size)


def _tested(functions, p, states, inputs, actions) -> Tested:
    """``functions``: name -> (function of p, states and inputs; what its results are)."""
    errors = {}
    for precision in PRECISIONS:
        own = {name: np.asarray(value, dtype=precision) for name, value in p.items()}
        for name, (function, onto) in functions.items():
            found = equivariance_error(
                lambda x, u, f=function, q=own: f(q, x, u), states.astype(precision), inputs, actions, onto
            )
            errors[name, precision] = found
    return Tested(errors, states, inputs, actions)


def _fits(place, name, g, size) -> None:
    if len(g) != size:
        raise SchurscopeError(f"action {place} on the {name} is {len(g)} x {len(g)}; here the {name} needs {size}")
