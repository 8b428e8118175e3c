"""The exact derivative of a model's step, and what it carries along a path (Mo 2026, eq. 5), by torch in float64.

A model's own lines are differentiated, without steps of differences, so that an exponent of 0 comes out as 0 to
rounding. Backward: the rows of a Jacobian are gradients, here of as many copies of the state side by side (forward
differentiation warns in torch 2.13). Time is continuous here: all exponents are per unit of it.
"""

from collections.abc import Iterator

import numpy as np
import torch

from schurscope.analyses.benettin import growth, ordered
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks.circle_path import DT

CHUNK = 256  # steps whose Jacobians are made at once
STEPS = 64  # that the paper's principal angle is taken over


def jacobian(model, p, state, u) -> np.ndarray:
    """d(next state) / d(state) of one network, (..., n, n), at states (..., n) with inputs u (..., 1).

    ``p``: name -> array.
    """
    state, u = _tensor(state)[..., None, :], _tensor(u)[..., None, :]
    n = state.shape[-1]
    copies = torch.cat([state] * n, dim=-2).requires_grad_()  # one for each row, side by side as trials are
    after = model.step({name: _tensor(value) for name, value in p.items()}, copies, torch.cat([u] * n, dim=-2))
    eye = torch.eye(n, dtype=torch.float64).expand(after.shape)
    return torch.autograd.grad(after, copies, eye)[0].numpy()


def push(model, p, state, u, direction) -> tuple[np.ndarray, np.ndarray]:
    """(next state, the direction that the step's derivative makes of ``direction``), (..., n) as both were."""
    state, u = np.asarray(state, dtype=np.float64), np.asarray(u, dtype=np.float64)
    numbers = {name: np.asarray(value, dtype=np.float64) for name, value in p.items()}
    after = model.step(numbers, state[..., None, :], u[..., None, :])[..., 0, :]
    return after, (jacobian(model, p, state, u) @ np.asarray(direction)[..., None])[..., 0]


def spectrum(model, p, state, velocities, warm_up: int = 0) -> np.ndarray:
    """All Lyapunov exponents from ``state`` (n,) along inputs (time,), per unit time, (n,), nonincreasing.

    The first ``warm_up`` steps, in which the frame turns to where it belongs, do not count. Raises SchurscopeError for
    fewer than 2 that do, for a state or inputs of another shape, and where the trajectory leaves the floats.
    """
    state, velocities = _checked(state, velocities)
    counted = len(velocities) - warm_up
    if warm_up < 0 or counted < 2:
        raise SchurscopeError(
            f"{len(velocities)} steps leave {counted} after a warm-up of {warm_up}; a warm-up of 0 or more must leave 2"
        )
    return ordered(growth(_jacobians(model, p, state, velocities), len(state))[warm_up:]) / _dt(model)


def group_exponent(model, p, state, velocities, generator) -> float:
    """log(|D phi_T(x) xi| / |xi|) / T, xi = ``generator`` x, of x = ``state`` (n,) and inputs (time,) (eq. 5).

    Per unit time; ``generator`` (n, n): the derivative of the group's action on states. Errors as in
    ``principal_angle``.
    """
    state, velocities = _checked(state, velocities)
    first = carried = _group_tangent(state, generator)
    for J in _jacobians(model, p, state, velocities):
        carried = J @ carried
    _finite(carried)
    with np.errstate(divide="ignore"):
        return float(np.log(np.linalg.norm(carried) / np.linalg.norm(first)) / (len(velocities) * _dt(model)))


def principal_angle(model, p, state, velocities, generator) -> float:
    """The angle in degrees between the carried group tangent and the direction that the steps leave longest.

    That is the leading left singular vector of the product J_T ... J_1 of the steps' Jacobians; the paper's angle is
    "SVD/QR-style" over 64 steps, and which subspace it means is not public. Raises SchurscopeError where no tangent is:
    where the generator leaves the state alone, or the steps take all of the tangent; for shapes that do not fit; and
    where the trajectory leaves the floats.
    """
    state, velocities = _checked(state, velocities)
    first, product = _group_tangent(state, generator), np.eye(len(state))
    for J in _jacobians(model, p, state, velocities):
        product = J @ product
    _finite(product)
    leading, carried = np.linalg.svd(product)[0][:, 0], product @ first
    if not carried.any():
        raise SchurscopeError(f"{len(velocities)} steps take all of the group's tangent: it has no angle any more")
    along = leading @ carried
    return float(np.degrees(np.arctan2(np.linalg.norm(carried - along * leading), abs(along))))


def _jacobians(model, p, state, velocities) -> Iterator[np.ndarray]:
    """The Jacobian of every step, (n, n), one after another."""
    p, states, u = _prepared(model, p), [state[None]], velocities[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        for now in u[:-1]:
            states.append(model.step(p, states[-1], now[None]))
    states = np.concatenate(states)
    _finite(states)
    for first in range(0, len(states), CHUNK):
        part = slice(first, first + CHUNK)
        yield from jacobian(model, p, states[part], u[part])


def _group_tangent(state, generator) -> np.ndarray:
    generator = np.asarray(generator, dtype=np.float64)
    if generator.shape != (len(state), len(state)):
        raise SchurscopeError(f"the generator has the shape {generator.shape}; a state of {len(state)} needs a square")
    tangent = generator @ state
    if not tangent.any():
        raise SchurscopeError("the generator leaves this state alone: the group has no tangent there")
    return tangent


def _checked(state, velocities) -> tuple[np.ndarray, np.ndarray]:
    state, velocities = np.asarray(state, dtype=np.float64), np.asarray(velocities, dtype=np.float64)
    if state.ndim != 1 or velocities.ndim != 1 or not len(velocities):
        raise SchurscopeError(
            f"one state (n,) and inputs (time,) of at least one step are needed, not {state.shape}, {velocities.shape}"
        )
    return state, velocities


def _finite(*arrays) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise SchurscopeError("the trajectory, or a tangent on it, leaves the floats; a state that stays is needed")


def _dt(model) -> float:
    """Units of time a step: the model's own, or the task's."""
    return getattr(model, "dt", DT)


def _prepared(model, p) -> dict[str, np.ndarray]:
    p = {name: np.asarray(value, dtype=np.float64) for name, value in p.items()}
    return model.prepared(p) if hasattr(model, "prepared") else p


def _tensor(value):
    return torch.from_numpy(np.array(value, dtype=np.float64))
