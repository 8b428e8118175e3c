"""Systems with a symmetry and their exponents, against finite differences, SciPy, closed forms and identities."""

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.neutral.flow import advance, rk4, spectrum, tangent_exponent
from schurscope.neutral.systems import (
    Circle,
    ComplexSphere,
    Lorenz,
    Product,
    RateNetwork,
    Sphere,
    VanDerPol,
    count,
    random_network,
    torus,
)

NETWORK = random_network(6, 1.5, stream("couplings"))
SYMMETRIC = {
    "circle": Circle(rate=0.7, radius=1.3),
    "phase integrator": Circle(0.7),
    "torus": torus((0.5, 1.0, 1.5), (1.2, 0.9, 0.8)),
    "sphere": Sphere(4, rate=0.8, radius=0.9),
    "complex sphere": ComplexSphere(3),
    "product": Product((Circle(0.4), Sphere(3), NETWORK, Product((ComplexSphere(1), ComplexSphere(2))))),
}
ALL = SYMMETRIC | {"Lorenz": Lorenz(), "van der Pol": VanDerPol(1.5), "network": NETWORK}
SETTINGS = {"dt": 0.05, "every": 5, "burn": 40, "steps": 600}  # 10 units of time to settle, 20 that count
each = pytest.mark.parametrize("system", ALL.values(), ids=ALL)
symmetric = pytest.mark.parametrize("system", SYMMETRIC.values(), ids=SYMMETRIC)


def element(system, seed=0):
    """A generator, as any linear combination is one, (n, n)."""
    basis = system.generators()
    return np.tensordot(np.random.default_rng(seed).standard_normal(len(basis)), basis, axes=1)


def differences(move, x, tiny=1e-6):
    """d move / dx, (n, n), by central differences."""
    return np.array([move(x + e) - move(x - e) for e in tiny * np.eye(len(x))]).T / (2 * tiny)


def rk4_exponent(eigenvalue, dt):
    """What RK4 makes of an eigenvalue at a fixed point: its stability polynomial instead of the exponential."""
    z = dt * eigenvalue
    return np.log(np.abs(1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24)) / dt


@each
def test_jacobians_are_the_derivatives_of_fields(system):
    for seed in range(3):
        x = system.start(stream("x", seed))
        assert x.shape == system.field(x).shape == (system.size,)
        assert np.allclose(system.jacobian(x), differences(system.field, x), rtol=1e-7, atol=1e-8)


@each
def test_tangents_are_the_derivatives_of_rk4_itself(system):
    """Of several steps, and so long ones that the flow's own derivative would be another."""
    x, dt = system.start(stream("x")), 0.05

    def three(x):
        for _ in range(3):
            x = rk4(system.field, x, dt)
        return x

    y, V = advance(system, x, np.eye(system.size), dt, 3)
    assert np.allclose(y, three(x), rtol=1e-14, atol=1e-15)
    assert np.allclose(V, differences(three, x), rtol=1e-6, atol=1e-8)


def test_rk4_follows_the_flow_to_the_fourth_order():
    system = Lorenz()
    x = system.start(stream("x"))
    tight = {"method": "DOP853", "rtol": 1e-13, "atol": 1e-13}
    true = scipy.integrate.solve_ivp(lambda t, x: system.field(x), (0, 0.5), x, **tight).y[:, -1]
    errors = [np.abs(advance(system, x, np.eye(3), 0.5 / n, n)[0] - true).max() for n in (100, 200)]
    assert 12 < errors[0] / errors[1] < 20 and errors[1] < 1e-5


@symmetric
def test_fields_are_equivariant(system):
    """f(g x) = g f(x), the theorem's assumption (eq. 1), for elements g far from the identity."""
    for seed in range(3):
        x, g = system.start(stream("x", seed)), scipy.linalg.expm(element(system, seed))
        assert np.allclose(system.field(g @ x), g @ system.field(x), atol=1e-12)


@symmetric
def test_the_flow_carries_the_group_s_directions_to_the_group_s_directions(system):
    """D phi_t(x) xi_M(x) = xi_M(phi_t(x)) (eq. 3): RK4 keeps it to the bit but for rounding, as the group is linear."""
    x = system.start(stream("x"))
    xi = np.array([M @ x for M in (*system.generators(), element(system))]).T
    y, carried = advance(system, x, xi, 0.05, 40)
    assert np.allclose(carried, np.array([M @ y for M in (*system.generators(), element(system))]).T, atol=1e-12)
    basis, there = system.tangents(x), system.tangents(y)
    assert basis.shape == (system.size, system.neutral)
    assert np.allclose(basis.T @ basis, np.eye(system.neutral), atol=1e-12)
    assert np.linalg.matrix_rank(xi) == system.neutral
    assert np.allclose(basis @ (basis.T @ xi), xi, atol=1e-12), "they span what the generators span"
    carried = advance(system, x, basis, 0.05, 40)[1]
    assert np.allclose(there @ (there.T @ carried), carried, atol=1e-12), "and stay the group's"
    exponents = [tangent_exponent(system, y, M @ y, 0.05, 200) for M in system.generators() if np.any(M @ y)]
    assert np.max(np.abs(exponents)) < 0.05 and exponents, "what is left is the way to the orbit over the time"


def test_groups_have_the_dimensions_that_they_are_known_for():
    for n in range(1, 6):
        assert len(Sphere(n).generators()) == n * (n - 1) / 2 and Sphere(n).neutral == n - 1
        generators = ComplexSphere(n).generators().reshape(-1, 4 * n * n)
        assert len(generators) == np.linalg.matrix_rank(generators) == n * n and ComplexSphere(n).neutral == 2 * n - 1
    unit = np.kron([[0, -1], [1, 0]], np.eye(3))
    assert all(np.array_equal(unit @ M, M @ unit) for M in ComplexSphere(3).generators()), "they are complex linear"
    for system in (Lorenz(), VanDerPol(), NETWORK):
        assert system.generators().shape == (0, system.size, system.size) and system.neutral == 0
        assert system.tangents(system.start(stream("x"))).shape == (system.size, 0)


@pytest.mark.parametrize("q", range(1, 9))
def test_tori_have_q_zeros(q):
    source = stream("torus", q)
    rates, radii = source.uniform(0, (q,), 0.5, 1.5), source.uniform(1, (q,), 0.7, 1.3)
    system = torus(rates, radii)
    x = system.start(source)
    assert count(system, x, **SETTINGS) == q == system.neutral
    found = spectrum(system, x, **SETTINGS)
    assert np.max(np.abs(found[:q])) < 1e-3 and np.max(found[q:]) < -0.4


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_spheres_have_n_minus_1_zeros(n):
    assert count(Sphere(n), Sphere(n).start(stream("sphere", n)), **SETTINGS) == n - 1


@pytest.mark.parametrize("m", [1, 2, 3])
def test_complex_spheres_have_2m_minus_1_zeros(m):
    assert count(ComplexSphere(m), ComplexSphere(m).start(stream("sphere", m)), **SETTINGS) == 2 * m - 1


@pytest.mark.parametrize(
    "parts", [(Circle(), Sphere(3)), (Circle(), Circle(), Sphere(4)), (Circle(0.7), ComplexSphere(2), Sphere(3))]
)
def test_products_have_the_sum(parts):
    system = Product(parts)
    assert count(system, system.start(stream("x")), **SETTINGS) == sum(part.neutral for part in parts)


@pytest.mark.slow
@pytest.mark.parametrize("system", [Sphere(n) for n in range(7, 11)] + [ComplexSphere(m) for m in range(4, 8)])
def test_larger_spheres_and_their_products_with_tori(system):
    for parts in ((system,), (Circle(rate=0.6), system), (Circle(radius=0.8), Circle(0.3), system)):
        whole = Product(parts)
        assert count(whole, whole.start(stream("x")), **SETTINGS) == sum(part.neutral for part in parts)


def test_the_exponents_of_a_torus_in_closed_form():
    """-2 rate R^2 (the paper's 0, 0, -1.936, -2), to the rounding what RK4's own polynomial makes of it."""
    system, dt = torus((1.0, 0.8), (1.0, 1.1)), 0.02
    found = spectrum(system, system.start(stream("x")), dt, every=1, burn=1500, steps=2500)
    assert np.allclose(found, [0, 0, -1.936, -2], atol=1e-6)
    assert np.allclose(found[2:], rk4_exponent(np.array([-1.936, -2.0]), dt), rtol=0, atol=1e-12)
    assert np.max(np.abs(found[:2])) < 1e-13


def test_a_circle_with_a_velocity_has_the_flow_for_its_zero():
    system = Circle(0.7, rate=0.8)
    x = advance(system, system.start(stream("x")), np.eye(2), 0.05, 600)[0]
    assert np.allclose(system.field(x), 0.7 * system.generators()[0] @ x, atol=1e-5)
    assert abs(tangent_exponent(system, x, system.field(x), 0.05, 200)) < 1e-6
    assert np.allclose(spectrum(system, x, **SETTINGS), [0, -1.6], atol=1e-4)


def test_a_product_has_the_exponents_of_its_parts():
    parts = (Sphere(3, rate=0.6), Circle(0.5), random_network(4, 0.5, stream("weak")))
    system = Product(parts)
    x, settings = system.start(stream("x")), SETTINGS | {"burn": 200, "steps": 2000}
    own = [spectrum(part, x[place], **settings) for part, place in zip(parts, system.places, strict=True)]
    assert np.allclose(spectrum(system, x, **settings), np.sort(np.concatenate(own))[::-1], atol=2e-2)
    assert not np.allclose(torus((1, 1), (1, 1)).start(stream("x")).reshape(2, 2)[0], Circle().start(stream("y")))


def test_a_network_at_rest_has_the_real_parts_of_its_eigenvalues():
    """A symmetric J, whose eigenvectors the frame finds exponentially fast."""
    W = NETWORK.couplings + NETWORK.couplings.T
    W = 0.7 * W / np.abs(np.linalg.eigvalsh(W)).max()
    found = spectrum(RateNetwork(W), 1e-3 * np.ones(6), 0.05, 1, 4000, 6000)
    expected = rk4_exponent(np.linalg.eigvalsh(W)[::-1] - 1, 0.05)
    assert np.allclose(found, np.sort(expected)[::-1], rtol=0, atol=1e-6)
    assert count(RateNetwork(W), np.ones(6), 0.05, 1, 400, 1200) == 0


def test_a_limit_cycle_has_one_zero_and_the_mean_divergence():
    """The other one is Floquet's: the mean of div f over a period, by SciPy."""
    system, dt = VanDerPol(), 0.02

    def with_divergence(t, y):
        return [*system.field(y[:2]), np.trace(system.jacobian(y[:2]))]

    def up(t, y):
        return y[0]

    up.direction = 1
    tight = {"method": "DOP853", "rtol": 1e-10, "atol": 1e-10, "events": up}
    run = scipy.integrate.solve_ivp(with_divergence, (0, 60), [2.0, 0.0, 0.0], **tight)
    (begun, ended), (at, end) = run.t_events[0][[-4, -1]], run.y_events[0][[-4, -1], 2]
    floquet = (end - at) / (ended - begun)
    x = system.start(stream("x"))
    found = spectrum(system, x, dt, 5, 100, 5500)  # 100 units of time
    assert count(system, x, dt, 5, 100, 5500) == 1
    assert abs(found[0]) < 0.02 and found[1] == pytest.approx(floquet, abs=0.03) and floquet < -1


def test_volumes_on_lorenz_attractor_shrink_at_a_constant_rate():
    """The sum of the exponents is the divergence at every length; RK4's determinant errs by the fourth power of dt."""
    system, off = Lorenz(), []
    for dt in (0.01, 0.0025):
        found = spectrum(system, system.start(stream("x")), dt, 2, 100, 3000)
        off.append(abs(found.sum() + 10 + 1 + 8 / 3))
    assert off[1] < 1e-6 < off[0] < 1e-3 and off[0] / off[1] > 4**4 / 4
    assert count(system, system.start(stream("x")), 0.01, 2, 500, 11_000) == 1, "the flow's own"


@pytest.mark.slow
def test_lorenz():
    """.906, 0, -14.57: Sprott's and everybody's."""
    system, dt = Lorenz(), 0.0025
    found = spectrum(system, system.start(stream("x")), dt, 4, 1000, 404_000)  # 1000 units of time
    assert np.allclose(found[[0, 2]], [0.906, -14.572], rtol=0.02) and abs(found[1]) < 3e-3
    assert found.sum() == pytest.approx(-(10 + 1 + 8 / 3), abs=1e-6)


@pytest.mark.slow
def test_circles_add_their_zeros_to_those_of_chaos():
    """At this size and gain not every draw is chaotic; this one is."""
    network = random_network(96, 3.0, stream("chaos", 1))
    x, settings = network.start(stream("x")), {"dt": 0.04, "every": 5, "burn": 400, "steps": 8000}
    alone = spectrum(network, x, **settings)
    assert alone[0] > 0.1, "it is chaos"
    whole = Product((Circle(), Circle(rate=0.8, radius=1.1), network))
    both = spectrum(whole, np.concatenate([[1.0, 0.0, 0.0, 1.1], x]), **settings)
    assert np.allclose(both, np.sort([*alone, 0, 0, -1.936, -2])[::-1], atol=1e-4)


def test_equal_streams_start_equally_and_others_do_not():
    system = torus((1, 1), (1, 2))
    x = system.start(stream("x"))
    assert np.array_equal(x, system.start(stream("x"))) and not np.allclose(x, system.start(stream("y")))
    assert np.allclose(np.linalg.norm(x.reshape(2, 2), axis=1), [1.2, 2.4])
    assert not np.allclose(2 * x[:2], x[2:]), "parts that are alike start apart"


class Explodes(VanDerPol):
    def field(self, x):
        return x**3


def test_what_cannot_be_is_said():
    system, x = Circle(), np.array([1.0, 0.0])
    with pytest.raises(SchurscopeError, match="100 steps with a QR every 10 leave 1 frames after 9; at least 2"):
        spectrum(system, x, 0.01, 10, 9, 100)
    with pytest.raises(SchurscopeError, match="leave 0 frames after 20"):
        count(system, x, 0.01, 10, 20, 100)
    for dt, every, burn in [(0.0, 1, 0), (np.nan, 1, 0), (0.1, 0, 0), (0.1, 1, -1)]:
        with pytest.raises(SchurscopeError, match="dt must be above 0, every at least 1"):
            spectrum(system, x, dt, every, burn, 100)
    with pytest.raises(SchurscopeError, match=r"x0 has the shape \(3,\); the system needs \(2,\)"):
        spectrum(system, np.ones(3), 0.1, 1, 0, 10)
    with pytest.raises(SchurscopeError, match="leaves the floats within 5 steps of 0.1"):
        spectrum(Explodes(), np.array([2.0, 1.0]), 0.1, 5, 0, 100)
    with pytest.raises(SchurscopeError, match="orbit through x has 0 dimensions there, not 3"):
        Sphere(4).tangents(np.zeros(4))
    with pytest.raises(SchurscopeError, match="rate and radius must be above 0"):
        Circle(radius=0.0)
    with pytest.raises(SchurscopeError, match="needs 1 dimension or more, not 0"):
        Sphere(0)
    with pytest.raises(SchurscopeError, match="at least one system"):
        Product(())
    with pytest.raises(SchurscopeError, match="a square matrix is needed"):
        RateNetwork(np.ones((2, 3)))
