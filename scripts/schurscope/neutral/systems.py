"""Fields x' = f(x) of which it is known how many exponents symmetry holds at 0 (Mo 2026, arXiv 2605.03338, Fig. 1).

Their groups act linearly, x -> g x, so that the direction in which a generator M moves x is xi_M(x) = M x (eq. 2).
Circle, spheres and their products attract to one group orbit: at radius R the only other exponent is -2 rate R^2. The
last three have no group of positive dimension; but where the state never rests, the flow's own direction f(x) has the
exponent 0 too (Haken 1983), which ``neutral`` does not count.
"""

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from functools import cached_property

import numpy as np

from schurscope.analyses.benettin import near_zero
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import Draws
from schurscope.neutral.flow import counted_time, spectrum

OUTSIDE = 1.2  # where a trajectory starts, over the radius of the orbit that attracts it
INDEPENDENT = 1e-10  # of |x|: what moves x by less counts as not moving it


class System(ABC):
    """x' = f(x) of ``size`` n; ``neutral``: q = dim(G/H), G its symmetry group, H what of it leaves a point alone."""

    size: int
    neutral: int = 0

    @abstractmethod
    def field(self, x: np.ndarray) -> np.ndarray:
        """f(x), (n,), per unit time."""

    @abstractmethod
    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """Df(x), (n, n)."""

    @abstractmethod
    def placed(self, noise: np.ndarray) -> np.ndarray:
        """A state to start from, (n,), made of n standard normal numbers."""

    def generators(self) -> np.ndarray:
        """A basis of the Lie algebra as it acts on states, (dim G, n, n)."""
        return np.zeros((0, self.size, self.size))

    def start(self, source: Draws) -> np.ndarray:
        """A random state to start from, (n,)."""
        return self.placed(source.normal(0, (self.size,)))

    def tangents(self, x: np.ndarray) -> np.ndarray:
        """An orthonormal basis of the tangent space of the group orbit through x (n,), (n, q).

        Raises SchurscopeError where the orbit has fewer than q dimensions, as at 0.
        """
        basis, sizes, _ = np.linalg.svd((self.generators() @ x).T)
        rank = int(np.sum(sizes > INDEPENDENT * np.linalg.norm(x)))
        if rank < self.neutral:
            raise SchurscopeError(f"the group orbit through x has {rank} dimensions there, not {self.neutral}")
        return basis[:, : self.neutral]


@dataclass(frozen=True)
class Shell(System):
    """x' = rate (R^2 - |x|^2) x, R = ``radius``: every point of |x| = R is at rest, every other one but 0 goes there.

    What group acts depends on what x is. Raises SchurscopeError for a rate or a radius that is not above 0, and for
    no dimensions.
    """

    _: KW_ONLY
    rate: float = 1.0
    radius: float = 1.0

    def __post_init__(self):
        if self.size < 1:
            raise SchurscopeError(f"a sphere needs 1 dimension or more, not {self.size}")
        if not (0 < self.rate < np.inf and 0 < self.radius < np.inf):
            raise SchurscopeError(f"rate and radius must be above 0 and finite; they are {self.rate}, {self.radius}")

    def field(self, x):
        return self.rate * (self.radius**2 - x @ x) * x

    def jacobian(self, x):
        return self.rate * ((self.radius**2 - x @ x) * np.eye(self.size) - 2 * np.outer(x, x))

    def placed(self, noise):
        return OUTSIDE * self.radius * noise / np.linalg.norm(noise)


@dataclass(frozen=True)
class Circle(Shell):
    """z' = rate (R^2 - |z|^2) z + i velocity z, z = x_0 + i x_1: S^1 acts, q = 1.

    With a velocity it integrates it: the phase goes round, and the flow on the circle is the group's own direction.
    """

    velocity: float = 0.0
    size, neutral = 2, 1

    def field(self, x):
        return super().field(x) + self.velocity * (TURN @ x)

    def jacobian(self, x):
        return super().jacobian(x) + self.velocity * TURN

    def generators(self):
        return TURN[None]


TURN = np.array([[0.0, -1.0], [1.0, 0.0]])  # multiplication by i


@dataclass(frozen=True)
class Sphere(Shell):
    """The sphere in R^n, n = ``dimensions``: SO(n) / SO(n - 1), q = n - 1."""

    dimensions: int

    @property
    def size(self):
        return self.dimensions

    @property
    def neutral(self):
        return self.size - 1

    def generators(self):
        return _antisymmetric(self.dimensions)


@dataclass(frozen=True)
class ComplexSphere(Shell):
    """The sphere in C^m, m = ``dimensions``, as (real parts, imaginary parts): U(m) / U(m - 1), q = 2m - 1."""

    dimensions: int

    @property
    def size(self):
        return 2 * self.dimensions

    @property
    def neutral(self):
        return self.size - 1

    def generators(self):
        """A + iB with A antisymmetric, B symmetric: all antihermitian matrices."""
        m = self.dimensions
        real = [np.kron(np.eye(2), A) for A in _antisymmetric(m)]
        pairs = zip(*np.triu_indices(m), strict=True)
        symmetric = [np.maximum(_unit(m, i, j), _unit(m, j, i)) for i, j in pairs]
        return np.array(real + [np.kron(TURN, B) for B in symmetric])


def _unit(n, i, j):
    matrix = np.zeros((n, n))
    matrix[i, j] = 1.0
    return matrix


def _antisymmetric(n):
    """A basis of so(n), (n (n - 1) / 2, n, n)."""
    pairs = zip(*np.triu_indices(n, 1), strict=True)
    return np.array([_unit(n, j, i) - _unit(n, i, j) for i, j in pairs]).reshape(-1, n, n)


@dataclass(frozen=True)
class Product(System):
    """Systems side by side that know nothing of one another; the groups' product acts, and their q add up.

    Raises SchurscopeError for none.
    """

    parts: tuple[System, ...]

    def __post_init__(self):
        if not self.parts:
            raise SchurscopeError("a product needs at least one system")

    @cached_property
    def places(self) -> list[slice]:
        """Where each part stands in x."""
        ends = np.cumsum([part.size for part in self.parts]).tolist()
        return [slice(end - part.size, end) for part, end in zip(self.parts, ends, strict=True)]

    @cached_property
    def size(self):
        return sum(part.size for part in self.parts)

    @property
    def neutral(self):
        return sum(part.neutral for part in self.parts)

    def _each(self):
        return zip(self.parts, self.places, strict=True)

    def field(self, x):
        return np.concatenate([part.field(x[place]) for part, place in self._each()])

    def jacobian(self, x):
        whole = np.zeros((self.size, self.size))
        for part, place in self._each():
            whole[place, place] = part.jacobian(x[place])
        return whole

    def placed(self, noise):
        return np.concatenate([part.placed(noise[place]) for part, place in self._each()])

    def generators(self):
        embedded = []
        for part, place in self._each():
            own = part.generators()
            whole = np.zeros((len(own), self.size, self.size))
            whole[:, place, place] = own
            embedded.append(whole)
        return np.concatenate(embedded)


def torus(rates, radii) -> Product:
    """T^q as q circles of these rates and radii."""
    return Product(tuple(Circle(rate=rate, radius=radius) for rate, radius in zip(rates, radii, strict=True)))


@dataclass(frozen=True)
class Lorenz(System):
    """Lorenz (1963): chaos; its symmetry (x, y, z) -> (-x, -y, z) is discrete. div f = -(sigma + 1 + beta)."""

    sigma: float = 10.0
    rho: float = 28.0
    beta: float = 8 / 3
    size = 3

    def field(self, x):
        return np.array(
            [self.sigma * (x[1] - x[0]), x[0] * (self.rho - x[2]) - x[1], x[0] * x[1] - self.beta * x[2]],
        )

    def jacobian(self, x):
        return np.array(
            [[-self.sigma, self.sigma, 0.0], [self.rho - x[2], -1.0, -x[0]], [x[1], x[0], -self.beta]],
        )

    def placed(self, noise):
        return np.array([0.0, 0.0, self.rho - 1]) + noise  # near the middle of the two lobes


@dataclass(frozen=True)
class VanDerPol(System):
    """x'' = mu (1 - x^2) x' - x as (x, x'): a limit cycle, along which alone nothing grows or shrinks."""

    mu: float = 1.0
    size = 2

    def field(self, x):
        return np.array([x[1], self.mu * (1 - x[0] ** 2) * x[1] - x[0]])

    def jacobian(self, x):
        return np.array([[0.0, 1.0], [-2 * self.mu * x[0] * x[1] - 1, self.mu * (1 - x[0] ** 2)]])

    def placed(self, noise):
        return np.array([2.0, 0.0]) + noise / 4  # its amplitude is about 2 for every mu


@dataclass(frozen=True, eq=False)
class RateNetwork(System):
    """x' = -x + J tanh x, J = ``couplings`` (n, n) (Sompolinsky et al. 1988).

    Raises SchurscopeError for another shape.
    """

    couplings: np.ndarray

    def __post_init__(self):
        if self.couplings.ndim != 2 or self.couplings.shape[0] != self.couplings.shape[1]:
            raise SchurscopeError(f"the couplings have the shape {self.couplings.shape}; a square matrix is needed")

    @property
    def size(self):
        return len(self.couplings)

    def field(self, x):
        return self.couplings @ np.tanh(x) - x

    def jacobian(self, x):
        return self.couplings * (1 - np.tanh(x) ** 2) - np.eye(self.size)

    def placed(self, noise):
        return noise


def random_network(size: int, gain: float, source: Draws) -> RateNetwork:
    """Normal couplings of variance gain^2 / size: chaos above a gain of 1, as size grows."""
    return RateNetwork(gain / np.sqrt(size) * source.normal(0, (size, size)))


def count(system: System, x0: np.ndarray, dt: float, every: int, burn: int, steps: int) -> int:
    """How many exponents count as 0, settings as for ``flow.spectrum``: those within 3 / time of it.

    A bounded phase, as of a limit cycle, leaves its 0 off by O(1) / time, and time is what the means are taken over.
    An exponent that is small but not 0 is told from 0 only by a time of more than 3 over it; and in chaos the flow's
    own 0 mixes for long with neighbours as small, so that there the count is not a whole answer.
    """
    return int(near_zero(spectrum(system, x0, dt, every, burn, steps), counted_time(dt, every, burn, steps)))
