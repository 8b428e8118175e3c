"""The flow of x' = f(x) and its derivative, by fixed steps of the fourth-order Runge-Kutta rule (RK4; Kutta 1901).

Exponents need the derivative of the very map that moves the state, and steps that adapt to the state, such as SciPy's,
come without one: hence an RK4 of our own. A tangent V follows V' = Df(x) V. State and tangent in one array go through
the same four stages, and each stage of the tangent is then the chain rule on that stage of the state: V comes out as
the exact derivative of the RK4 step, not as a second approximation of the flow's.

A system has ``size`` n, ``field(x)`` (n,) and ``jacobian(x)`` (n, n) (systems.py). All is float64.
"""

from collections.abc import Callable, Iterator

import numpy as np

from schurscope.analyses.benettin import growth, ordered
from schurscope.foundations.errors import SchurscopeError


def rk4(field: Callable, x, dt: float):
    """x one step of RK4 later; x: whatever can be added and scaled, an array or a number."""
    k1 = field(x)
    k2 = field(x + dt / 2 * k1)
    k3 = field(x + dt / 2 * k2)
    k4 = field(x + dt * k3)
    return x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def advance(system, x: np.ndarray, tangents: np.ndarray, dt: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(x, tangents) ``steps`` steps of RK4 later; x (n,), tangents (n, k), which the steps' derivatives carry.

    Raises SchurscopeError where one of them is not finite any more.
    """

    def both(pair):
        moved, x = np.empty_like(pair), pair[:, 0]
        moved[:, 0] = system.field(x)
        moved[:, 1:] = system.jacobian(x) @ pair[:, 1:]
        return moved

    pair = np.column_stack([x, tangents])
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            pair = rk4(both, pair, dt)
    if not np.isfinite(pair).all():
        raise SchurscopeError(
            f"the trajectory, or a tangent on it, leaves the floats within {steps} steps of {dt:g}; a shorter step "
            "or a state that stays bounded is needed"
        )
    return pair[:, 0], pair[:, 1:]


def spectrum(system, x0: np.ndarray, dt: float, every: int, burn: int, steps: int) -> np.ndarray:
    """All exponents of the trajectory from x0 (n,), per unit time, (n,), nonincreasing (Benettin et al. 1980).

    ``steps`` of dt in all, a QR every ``every`` of them. The first ``burn`` QRs, during which the state reaches the
    attractor and the frame turns to where it belongs, do not count. What shrinks by more than 16 digits against what
    grows most between two QRs is lost: keep ``every`` small. Raises SchurscopeError for too few steps, for an x0 that
    does not fit, and where the trajectory leaves the floats.
    """
    counted_time(dt, every, burn, steps)
    x0 = np.asarray(x0, dtype=np.float64)
    if x0.shape != (system.size,):
        raise SchurscopeError(f"x0 has the shape {x0.shape}; the system needs ({system.size},)")
    grown = growth(_derivatives(system, x0, dt, every, steps // every), system.size)
    return ordered(grown[burn:]) / (every * dt)


def counted_time(dt: float, every: int, burn: int, steps: int) -> float:
    """The time that ``spectrum`` takes its means over. Raises SchurscopeError where that is less than two frames."""
    if not 0 < dt < np.inf or every < 1 or burn < 0:
        raise SchurscopeError(f"dt must be above 0, every at least 1, burn at least 0; they are {dt}, {every}, {burn}")
    frames = steps // every - burn
    if frames < 2:
        raise SchurscopeError(
            f"{steps} steps with a QR every {every} leave {max(frames, 0)} frames after {burn}; at least 2 must be left"
        )
    return frames * every * dt


def tangent_exponent(system, x: np.ndarray, direction: np.ndarray, dt: float, steps: int) -> float:
    """log(|D phi_T(x) v| / |v|) / T of one direction v (n,) at x (n,), per unit time, T = steps dt (Mo 2026, eq. 5).

    Raises SchurscopeError where the trajectory leaves the floats.
    """
    carried = advance(system, x, direction[:, None], dt, steps)[1]
    return float(np.log(np.linalg.norm(carried) / np.linalg.norm(direction)) / (steps * dt))


def _derivatives(system, x, dt, every, frames) -> Iterator[np.ndarray]:
    """The derivatives of ``every`` steps at a time, (n, n), one after another."""
    for _ in range(frames):
        x, moved = advance(system, x, np.eye(system.size), dt, every)
        yield moved
