"""Systems whose symmetry is known, and a circle whose symmetry is broken, measured (Mo 2026, Figs. 1, 2 and 4)."""

import numpy as np
import xarray as xr
from scipy.linalg import subspace_angles

from schurscope.analyses.benettin import NEAR_ZERO, near_zero
from schurscope.foundations.streams import stream
from schurscope.neutral.breaking import (
    DT,
    ENSEMBLE,
    MATRICES,
    MOVED,
    PHASE,
    STRENGTHS,
    Broken,
    gap,
    lifetime_closed,
    lifetime_measured,
    lifetime_predicted,
    random_breaking,
    traceless,
)
from schurscope.neutral.flow import advance, counted_time, spectrum
from schurscope.neutral.systems import (
    INDEPENDENT,
    OUTSIDE,
    TURN,
    Circle,
    ComplexSphere,
    Product,
    RateNetwork,
    Shell,
    Sphere,
    System,
    VanDerPol,
    torus,
)
from schurscope.stages.settings import complete

EVERY = 5  # steps between two QRs
STRICT = 1e-4  # the least tolerance that the paper counts zeros with
RATES, RADII = (0.5, 1.5), (0.7, 1.3)  # uniform within, from streams ("neutral systems", name)
T2 = torus((1.0, 0.8), (1.0, 1.1))  # the paper's
INTEGRATOR = Circle(0.7)  # the paper's
WINDOWS = (4, 8, 16, 32, 64, 96)  # steps
BROKEN = 0.1  # strength of what breaks the circle, diag(1, -1)
ALIGNED = {  # name -> (system, q)
    "S1": (Circle(), 1),
    "T2": (T2, 2),
    "SO(3)/SO(2)": (Sphere(3), 2),
    "S1, broken": (Broken(traceless(1.0), BROKEN), 1),
}


def _integer(least: int, default: int) -> dict:
    return {"type": "integer", "minimum": least, "default": default}


def _positive(default: float) -> dict:
    return {"type": "number", "exclusiveMinimum": 0, "default": default}


ANALYTIC = {
    "tori": _integer(1, 8),
    "spheres": _integer(2, 10),
    "complex_spheres": _integer(1, 7),
    "product_tori": _integer(1, 4),
    "product_spheres": {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 2}}
    | {"default": [3, 6, 10]},
    "dt": _positive(0.05),
    "settle": _positive(30.0),
    "time": _positive(60.0),
    "starts": _integer(1, 8),
}
BREAKING = {"dt": _positive(DT), "longest": _positive(2000.0), "matrices": _integer(1, 96)}


def analytic(settings: dict | None = None) -> xr.Dataset:
    """A neutral_systems dataset: zeros that are expected and found, angles to the group's tangent, and flows in it.

    Spectra (system): tori T^q, q from 1 to ``tori``; spheres in R^n, n from 2 to ``spheres``; in C^m, m from 1 to
    ``complex_spheres``; T^q x sphere, q from 1 to ``product_tori``, n of ``product_spheres``; the paper's T^2 and its
    phase integrator. Exponents are means over ``time`` after ``settle``, by RK4 with steps of ``dt`` and a QR every 5.

    Angles (aligned, start, window): the largest principal angle, degrees, between the group's tangent E^G at the state
    that is reached after a window of steps, and the span of the q leading left singular vectors of the product of the
    steps' derivatives: of what the tangent flow makes of a ball, the q longest directions. Trajectories start at 1.2
    radii. ``angle`` is had from sines and cosines; ``angle_arccos`` from cosines alone, which cannot tell angles below
    8.5e-7 degrees from 0. In "S1, broken" no symmetry is left, and the angle is that to where its tangent was.

    Flows (flow): is f in E^G? Ranks count singular values above 1e-10; ``angle_flow`` is NaN where f is 0, and 90
    degrees where E^G is nothing. Raises SchurscopeError for settings that do not fit.
    """
    settings = complete(settings or {}, ANALYTIC)
    dt, per_time = settings["dt"], 1 / (settings["dt"] * EVERY)
    burn, frames = round(settings["settle"] * per_time), round(settings["time"] * per_time)
    steps = {"dt": dt, "every": EVERY, "burn": burn, "steps": EVERY * (burn + frames)}
    time, every = counted_time(**steps), _systems(settings)
    largest = max(system.size for _, _, system in every)
    exponents, closed = np.full((len(every), largest), np.nan), np.full((len(every), largest), np.nan)
    for place, (_, name, system) in enumerate(every):
        source = stream("neutral systems", "start", name)
        exponents[place, : system.size] = spectrum(system, system.start(source), **steps)
        closed[place, : system.size] = _closed(system)
    angles = np.array([[_angles(name, start, dt) for start in range(settings["starts"])] for name in ALIGNED])
    flows = [_flow(*of) for of in _flows().values()]
    variables = {
        "family": (("system",), [family for family, _, _ in every], "family of the system"),
        "neutral": (("system",), [system.neutral for _, _, system in every], "q = dim(G/H), exponents expected at 0"),
        "near_zero": (("system",), near_zero(exponents, time), "exponents within the tolerance of 0"),
        "near_zero_strict": (("system",), np.sum(np.abs(exponents) < STRICT, axis=1), f"exponents within {STRICT:g}"),
        "exponent": (("system", "rank"), exponents, "Lyapunov exponents, per unit time; NaN beyond the system's size"),
        "closed": (("system", "rank"), closed, "the same in closed form: q zeros, -2 rate radius^2 of each part"),
        "angle": (("aligned", "start", "window"), angles[..., 0], "largest angle to the group's tangent, degrees"),
        "angle_arccos": (("aligned", "start", "window"), angles[..., 1], "the same by arccos alone, degrees"),
        "aligned_neutral": (("aligned",), [q for _, q in ALIGNED.values()], "directions of the group's tangent"),
    }
    for place, (name, text) in enumerate(FLOW.items()):
        variables[name] = (("flow",), [found[place] for found in flows], text)
    coordinates = {"system": [name for _, name, _ in every], "rank": np.arange(1, largest + 1)}
    coordinates |= {"aligned": list(ALIGNED), "start": np.arange(settings["starts"]), "window": list(WINDOWS)}
    attributes = {"kind": "neutral_systems", "dt": dt, "every": EVERY, "settle": burn * EVERY * dt, "time": time}
    return _dataset(
        variables,
        coordinates | {"flow": list(_flows())},
        attributes | {"tolerance": NEAR_ZERO / time, "broken": BROKEN},
    )


def breaking(settings: dict | None = None) -> xr.Dataset:
    """A neutral_breaking dataset: lifetimes of a phase (matrix, strength), Fig. 4A/B; a random ensemble, Fig. 4C.

    Lifetimes are inf where the phase has not moved by 0.2 rad within ``longest``. ``measured`` and ``expected`` are
    group exponents at the pinned phase of ``matrices`` random matrices (drawn, ensemble_strength), from the stream
    ("neutral systems", "random breaking"). ``dt``: the steps of RK4 to lifetimes. Raises SchurscopeError.
    """
    settings = complete(settings or {}, BREAKING)
    dt, longest = settings["dt"], settings["longest"]
    gaps = np.array([[gap(M, strength) for strength in STRENGTHS] for M in MATRICES.values()])
    lifetimes = [
        [lifetime_measured(M, strength, dt=dt, longest=longest) for strength in STRENGTHS] for M in MATRICES.values()
    ]
    source = stream("neutral systems", "random breaking")
    measured, expected = random_breaking(source, settings["matrices"])
    both, ensemble = ("matrix", "strength"), ("drawn", "ensemble_strength")
    variables = {
        "lifetime": (both, lifetimes, "time until the phase has moved by 0.2 rad, by steps of RK4"),
        "lifetime_closed": (both, np.vectorize(lifetime_closed)(gaps), "the same in closed form"),
        "lifetime_predicted": (both, np.vectorize(lifetime_predicted)(gaps), "the paper's predictor of it"),
        "gap": (both, gaps, "rate at which the pinned phase attracts, per unit time"),
        "measured": (ensemble, measured, "group exponent at the pinned phase, per unit time"),
        "expected": (ensemble, expected, "minus strength times the difference of eigenvalues, per unit time"),
    }
    coordinates = {"matrix": list(MATRICES), "strength": list(STRENGTHS)}
    coordinates |= {"drawn": np.arange(settings["matrices"]), "ensemble_strength": list(ENSEMBLE)}
    attributes = {"kind": "neutral_breaking", "start_phase": PHASE, "moved": MOVED, "dt": dt, "longest": longest}
    return _dataset(variables, coordinates, attributes)


def _dataset(variables, coordinates, attributes) -> xr.Dataset:
    data = {name: (dims, np.asarray(array), {"long_name": text}) for name, (dims, array, text) in variables.items()}
    return xr.Dataset(data, coordinates, attributes)


def _systems(settings) -> list[tuple[str, str, System]]:
    """(family, name, system) of every spectrum."""
    found = []
    for q in range(1, settings["tori"] + 1):
        found.append(("torus", name := f"T^{q}", torus(*_random(name, q))))
    for n in range(2, settings["spheres"] + 1):
        found.append(("sphere", name := f"sphere in R^{n}", _sphere(Sphere, n, *_random(name, 1))))
    for m in range(1, settings["complex_spheres"] + 1):
        found.append(("complex sphere", name := f"sphere in C^{m}", _sphere(ComplexSphere, m, *_random(name, 1))))
    for n in settings["product_spheres"]:
        for q in range(1, settings["product_tori"] + 1):
            rates, radii = _random(name := f"T^{q} x sphere in R^{n}", q + 1)
            parts = (*torus(rates[:q], radii[:q]).parts, _sphere(Sphere, n, rates[q:], radii[q:]))
            found.append(("product", name, Product(parts)))
    return [*found, ("given", "T^2, given", T2), ("given", "phase integrator", INTEGRATOR)]


def _random(name: str, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Rates and radii of as many parts."""
    source = stream("neutral systems", name)
    return source.uniform(0, (parts,), *RATES), source.uniform(1, (parts,), *RADII)


def _sphere(kind, dimensions: int, rates, radii) -> Shell:
    return kind(dimensions, rate=float(rates[0]), radius=float(radii[0]))


def _closed(system: System) -> np.ndarray:
    """Exponents of a shell or a product of shells, nonincreasing: q zeros and one radial exponent each."""
    parts = system.parts if isinstance(system, Product) else (system,)
    return np.sort(np.concatenate([[0.0] * part.neutral + [-2 * part.rate * part.radius**2] for part in parts]))[::-1]


def _angles(name: str, start: int, dt: float) -> list[tuple[float, float]]:
    """(angle, the same by arccos), degrees, after each of WINDOWS from one random start."""
    system, q = ALIGNED[name]
    x = system.start(stream("neutral systems", "angle", name, start))
    product, done, found = np.eye(system.size), 0, []
    for window in WINDOWS:
        x, product = advance(system, x, product, dt, window - done)
        done = window
        tangent = system.tangents(x) if system.neutral else (TURN @ x)[:, None] / np.linalg.norm(x)
        leading = np.linalg.svd(product)[0][:, :q]
        cosine = np.linalg.svd(leading.T @ tangent, compute_uv=False).min()
        angles = subspace_angles(leading, tangent).max(), np.arccos(min(cosine, 1.0))
        found.append(tuple(np.degrees(angles)))
    return found


FLOW = {
    "flow_norm": "|f|, per unit time",
    "rank_tangent": "rank of E^G",
    "rank_with_flow": "rank of f and E^G together",
    "independent": "directions of E^G beside the flow's",
    "angle_flow": "angle of f to E^G, degrees; NaN where f is 0",
}


def _flows() -> dict[str, tuple[System, np.ndarray, np.ndarray]]:
    """Name -> (system, a state, generators) of the paper's Table A2, the irrep RNN excepted, and van der Pol's cycle.

    Where the symmetry acts well, the state lies on the orbit. "collapse" is x' = -x, which rotations commute with: but
    every orbit shrinks to 0 (the paper's field is not public; it has |f| = 1 at this state, at 90 degrees to E^G).
    """
    shells = {"S1": Circle(), "T2": T2, "SO(3)": Sphere(3), "SO(5)": Sphere(5), "U(3)": ComplexSphere(3)}
    shells["phase integrator"] = INTEGRATOR
    found = {
        name: (system, system.start(stream("neutral systems", "flow", name)) / OUTSIDE, system.generators())
        for name, system in shells.items()
    }
    found["collapse"] = RateNetwork(np.zeros((2, 2))), np.array([1.0, 0.0]), TURN[None]
    return found | {"van der Pol": (VanDerPol(), np.array([2.0, 0.0]), np.zeros((0, 2, 2)))}


def _flow(system, x, generators) -> tuple[float, int, int, int, float]:
    """The values of FLOW."""
    f, directions = system.field(x), (generators @ x).T
    norm = float(np.linalg.norm(f))
    rank = np.linalg.matrix_rank(directions, tol=INDEPENDENT) if directions.size else 0
    together = np.linalg.matrix_rank(np.column_stack([f, directions]), tol=INDEPENDENT)
    moves = norm > INDEPENDENT
    angle = np.nan if not moves else 90.0
    if moves and rank:
        angle = np.degrees(subspace_angles(f[:, None], np.linalg.svd(directions)[0][:, :rank])[0])
    return norm, int(rank), int(together), int(together) - moves, float(angle)
