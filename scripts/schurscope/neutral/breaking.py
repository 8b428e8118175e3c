"""What a broken symmetry costs: lifetimes of a phase on z' = rate (R^2 - |z|^2) z + eps M z (Mo 2026, Fig. 4).

M is real, 2 x 2 and symmetric: on z = x_0 + i x_1 it acts as M z = tau z + mu conj(z), where tau is half its trace and
its eigenvalues are tau + |mu| and tau - |mu|. The phase then obeys, whatever the radius does,

    phi' = -eps |mu| sin 2 (phi - psi),   psi = arg(mu) / 2,   tan(phi - psi) ~ exp(-gap t),   gap = 2 eps |mu|:

it is pinned at psi, the axis of the larger eigenvalue, where the group's direction shrinks at the rate gap. So all that
a matrix says of lifetimes is its gap, provided that phases are measured from its own pinned axis, as the paper's are:
then all 18 lifetimes of Fig. 4A/B come out of phi0 = 0.25, theta* = 0.2 and steps of 0.01 (recovered from the figure;
the script is not public). The angle of "rotated_strong" is not known, and no result depends on it.
"""

import cmath
import math
from dataclasses import dataclass

import numpy as np

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import Draws
from schurscope.neutral.flow import rk4, tangent_exponent
from schurscope.neutral.systems import TURN, Circle, System

PHASE, MOVED, DT = 0.25, 0.2, 0.01  # phi0 and theta*, rad, and the step
STRENGTHS = (1e-3, 3e-3, 1e-2, 3e-2, 6e-2, 1e-1)  # of Fig. 4A/B
ENSEMBLE = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 6e-2)  # of Fig. 4C
CIRCLE = Circle()
STABLE = 2.785  # dt times a rate of decay, above which RK4 lets it grow


def traceless(m: float, angle: float = 0.0) -> np.ndarray:
    """The symmetric matrix (2, 2) of eigenvalues m, -m, that of m in the direction ``angle``, rad."""
    return m * np.array([[np.cos(2 * angle), np.sin(2 * angle)], [np.sin(2 * angle), -np.cos(2 * angle)]])


MATRICES = {"weak_axis": traceless(0.5), "unit_axis": traceless(1.0), "rotated_strong": traceless(1.5, np.pi / 6)}


@dataclass(frozen=True, eq=False)
class Broken(System):
    """A circle with ``strength`` M z, M = ``matrix`` (2, 2), on top: no symmetry of positive dimension is left.

    Raises SchurscopeError for a matrix that is not symmetric, real and finite, and for a negative strength.
    """

    matrix: np.ndarray
    strength: float
    circle: Circle = CIRCLE
    size = 2

    def __post_init__(self):
        M = np.asarray(self.matrix)
        if M.shape != (2, 2) or M.dtype.kind not in "iuf" or not np.isfinite(M).all() or M[0, 1] != M[1, 0]:
            raise SchurscopeError("the matrix that breaks the symmetry must be 2 x 2, real, finite and symmetric")
        if not 0 <= self.strength < math.inf:
            raise SchurscopeError(f"the strength of a breaking must be 0 or more, and finite; it is {self.strength}")
        if self.circle.velocity:
            raise SchurscopeError("a circle with a velocity pins no phase; the velocity must be 0")
        object.__setattr__(self, "matrix", M.astype(np.float64))

    @property
    def tau(self) -> float:
        """Half the trace of M."""
        return float(self.matrix[0, 0] + self.matrix[1, 1]) / 2

    @property
    def mu(self) -> complex:
        """What M does to conj(z)."""
        return complex((self.matrix[0, 0] - self.matrix[1, 1]) / 2, self.matrix[0, 1])

    @property
    def pinned(self) -> float:
        """psi, rad: the phase that all others but its opposite's go to; 0 for a multiple of the identity."""
        return cmath.phase(self.mu) / 2

    @property
    def gap(self) -> float:
        """2 eps |mu|, per unit time."""
        return 2 * self.strength * abs(self.mu)

    def field(self, x):
        return self.circle.field(x) + self.strength * (self.matrix @ x)

    def jacobian(self, x):
        return self.circle.jacobian(x) + self.strength * self.matrix

    def placed(self, noise):
        return self.circle.placed(noise)

    def at_rest(self) -> np.ndarray:
        """The fixed point at the pinned phase, (2,). Raises SchurscopeError where the breaking leaves none."""
        square = self.circle.radius**2 + self.strength * (self.tau + abs(self.mu)) / self.circle.rate
        if not square > 0:
            raise SchurscopeError(f"a breaking of strength {self.strength:g} draws the circle to 0: no phase is left")
        return math.sqrt(square) * np.array([math.cos(self.pinned), math.sin(self.pinned)])

    def on_plane(self):
        """The field for a complex z: plain numbers take a tenth of the time of arrays of two."""
        rate, square = self.circle.rate, self.circle.radius**2
        own, turned = self.strength * self.tau, self.strength * self.mu

        def field(z: complex) -> complex:
            return (rate * (square - z.real * z.real - z.imag * z.imag) + own) * z + turned * z.conjugate()

        return field


def gap(matrix, strength: float) -> float:
    """The rate at which the pinned phase attracts, 2 eps |mu| = eps (mu_1 - mu_2), per unit time."""
    return Broken(matrix, strength).gap


def gap_measured(matrix, strength: float, dt: float = DT, steps: int = 10) -> float:
    """Minus the group-tangent exponent at the pinned phase (Mo 2026, eq. 5), per unit time.

    The state rests there, and the group's direction is an eigenvector: the number of steps changes rounding alone.
    """
    broken = Broken(matrix, strength)
    x = broken.at_rest()
    return -tangent_exponent(broken, x, TURN @ x, dt, steps)


def lifetime_measured(
    matrix, strength: float, phase: float = PHASE, moved: float = MOVED, dt: float = DT, longest: float = 2000.0
) -> float:
    """The first time at which the phase is off by ``moved`` or more, a multiple of dt; inf: not within ``longest``.

    The state starts on the circle, ``phase`` rad from the matrix's own pinned axis. Raises SchurscopeError where phases
    or dt are out of range, and where no circle is left.
    """
    _check(phase, moved)
    if not 0 < dt < longest < math.inf:
        raise SchurscopeError(f"dt must be above 0, and the longest time longer and finite; they are {dt}, {longest}")
    broken = Broken(matrix, strength)
    rest = broken.at_rest()
    fastest = max(2 * broken.circle.rate * rest @ rest, broken.gap)
    if dt * fastest > STABLE:
        raise SchurscopeError(f"a step of {dt:g} is too long; RK4 follows this circle up to {STABLE / fastest:.3g}")
    field, start = broken.on_plane(), cmath.rect(broken.circle.radius, broken.pinned + phase)
    z, back = start, start.conjugate()
    for step in range(1, int(longest / dt) + 1):
        z = rk4(field, z, dt)
        if abs(cmath.phase(z * back)) >= moved:
            return step * dt
    return math.inf


def lifetime_closed(gap: float, phase: float = PHASE, moved: float = MOVED) -> float:
    """The same time without steps: log(tan phi0 / tan(phi0 - theta*)) / gap, from tan(phi - psi) ~ exp(-gap t).

    inf for a gap of 0, where no phase moves, and for theta* >= phi0, which is never reached. Raises SchurscopeError
    for a negative gap, and where the phases are out of range.
    """
    if _never(gap, phase, moved):
        return math.inf
    return math.log(math.tan(abs(phase)) / math.tan(abs(phase) - moved)) / gap


def lifetime_predicted(gap: float, phase: float = PHASE, moved: float = MOVED) -> float:
    """The paper's own predictor, -log(1 - theta* / |phi0|) / gap: the closed form with an angle for its tangent.

    inf and errors as there.
    """
    if _never(gap, phase, moved):
        return math.inf
    return -math.log(1 - moved / abs(phase)) / gap


def random_breaking(source: Draws, matrices: int = 96, strengths=ENSEMBLE) -> tuple[np.ndarray, np.ndarray]:
    """(measured, expected) group-tangent exponents at the pinned phase, (matrix, strength), per unit time (Fig. 4C).

    Expected is -eps (mu_1 - mu_2), by the eigenvalues of each matrix: an identity, no estimate for small eps. The
    matrices are (A + A^T) / 2 with standard normal A; the paper's law is not public.
    """
    A = source.normal(0, (matrices, 2, 2))
    drawn = (A + A.transpose(0, 2, 1)) / 2
    measured = [[-gap_measured(M, strength) for strength in strengths] for M in drawn]
    lower, upper = np.linalg.eigvalsh(drawn).T
    return np.array(measured), -np.outer(upper - lower, strengths)


def _never(gap, phase, moved) -> bool:
    _check(phase, moved)
    if not gap >= 0:
        raise SchurscopeError(f"a gap must be 0 or more; it is {gap}")
    return moved >= abs(phase) or gap == 0


def _check(phase, moved) -> None:
    if not abs(phase) < math.pi / 2 or not moved > 0:
        raise SchurscopeError(
            f"a phase must lie within pi / 2 of the pinned axis, and move by more than 0; they are {phase}, {moved}"
        )
