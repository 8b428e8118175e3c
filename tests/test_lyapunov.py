"""Lyapunov exponents against closed forms, identities and a plain loop: orthogonal, triangular, defective and Gaussian
matrices, leaks, gates, saturated and dead units."""

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
from numpy.polynomial.hermite_e import hermegauss

from schurscope.analyses import benettin
from schurscope.analyses.benettin import growth, ordered, spectrum, trajectory
from schurscope.cells import Weights, arrays_of, cell_of, make_cell
from schurscope.cells.cell import COMMON
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY

REST = np.zeros((1, 400, 1))


def network(W, cell="tanh", **others):
    n = W.shape[1]
    return Weights(W, np.zeros((len(W), 1)), np.eye(n)[:1], cell=cell, **others)


def gaussian(n, g, seed=0):
    return np.random.default_rng(seed).standard_normal((n, n)) * g / np.sqrt(n)


def of_any_cell(name, n=6, seed=0):
    """A network with all arrays of its cell, and inputs that drive it."""
    rng, cell = np.random.default_rng(seed), make_cell(name)
    sizes = {"unit": n, "unit_from": n, "input": 2, "output": 1, "gate_unit": cell.gates * n, "state": cell.states * n}
    drawn = {key: rng.standard_normal([sizes[dim] for dim in a.dims]) / 2 for key, a in arrays_of(name).items()}
    own = {key: drawn.pop(key) for key in arrays_of(name) if key not in COMMON}
    return Weights(**drawn, cell=name, own=own), rng.standard_normal((2, 300, 2))


def test_an_orthogonal_matrix_neither_grows_nor_decays():
    Q = np.linalg.qr(gaussian(64, 1))[0]
    found = spectrum(network(Q), REST, np.zeros((1, 64)))
    assert np.max(np.abs(found.exponents)) < 1e-14 and found.sum_rule < 1e-13 and found.steps == 400


def test_of_a_triangular_and_a_defective_matrix_the_moduli_count():
    """At h = 0 the network is linear. Convergence is exponential in the gaps, and 1 / T of a Jordan block."""
    W = np.triu(gaussian(6, 1)) * 0.3
    np.fill_diagonal(W, [0.9, -0.5, 0.7, 0.3, -1.1, 0.1])
    turn = np.linalg.qr(gaussian(6, 1, seed=1))[0]
    found = spectrum(network(turn @ W @ turn.T), np.zeros((1, 900, 1)), np.zeros((1, 6)), warm_up=300)
    assert np.allclose(found.exponents[0], np.log([1.1, 0.9, 0.7, 0.5, 0.3, 0.1]), atol=1e-12)
    assert found.convergence.max() < 1e-12
    jordan = np.diag([0.8] * 4) + np.diag([1.0] * 3, 1)
    jordan = turn[:4, :4] @ jordan @ np.linalg.inv(turn[:4, :4])
    rough = [spectrum(network(jordan), np.zeros((1, steps, 1)), np.zeros((1, 4))) for steps in (500, 4000)]
    errors = [np.max(np.abs(one.exponents - np.log(0.8))) for one in rough]
    assert errors[1] < errors[0] / 5 < 0.02 and rough[1].sum_rule < 1e-12
    assert errors[1] < 3 * rough[1].convergence.max(), "two lengths say how far off it still is"


@pytest.mark.parametrize("name", list(REGISTRY["cell"]))
def test_the_sum_is_the_mean_log_determinant_and_volumes_grow_as_it_says(name):
    """For every cell; the sum of the first k exponents is the growth of the volume that the frame's first k span."""
    weights, inputs = of_any_cell(name)
    cell, p = cell_of(weights), weights.parameters()
    states = trajectory(weights, inputs)
    J = [cell.jacobian(p, h[None], x[None])[0] for h, x in zip(states[0], inputs[0], strict=True)]
    with np.errstate(divide="ignore"):
        expected = np.array([np.linalg.slogdet(one)[1] for one in J])
        assert np.allclose(cell.log_det(p, states[0], inputs[0], np.array(J)), expected, atol=1e-10)
    found = spectrum(weights, inputs)
    if np.isfinite(expected).all():
        assert (found.sum_rule < 1e-11).all() and found.log_det[0] == pytest.approx(expected.mean(), abs=1e-11)
    product = np.eye(len(J[0]))
    for one in J[:4]:
        product = one @ product
    grown = growth(iter(J[:4]), len(J[0]))
    for k in range(1, len(J[0]) + 1):
        values = np.linalg.svd(product[:, :k], compute_uv=False)
        if values[-1] > 1e-9 * values[0]:
            assert grown[:, :k].sum() == pytest.approx(np.sum(np.log(values)), abs=1e-6)


@pytest.mark.parametrize("name, leak", [("tanh", 0.3), ("relu", 0.5), ("gru", 1.0), ("lstm", 1.0)])
def test_against_a_plain_loop_over_jacobians_by_differences(name, leak):
    weights, inputs = of_any_cell(name, n=4)
    weights = Weights(**vars(weights) | {"leak": leak})
    cell, p, tiny = cell_of(weights), weights.parameters(), 1e-6
    h, n = trajectory(weights, inputs)[0][0], cell_of(weights).states * 4
    frame, logs = np.eye(n), []
    for x in inputs[0]:
        moves = tiny * np.eye(n)
        J = (cell.step(p, h + moves, x[None]) - cell.step(p, h - moves, x[None])).T / (2 * tiny)
        frame, R = np.linalg.qr(J @ frame)
        logs.append(np.log(np.abs(np.diag(R))))
        h = cell.step(p, h[None], x[None])[0]
    found = spectrum(weights, inputs, warm_up=100).exponents[0]
    assert np.allclose(found, ordered(np.array(logs)[100:]), atol=1e-6)


def test_saturated_units_keep_the_sum_rule():
    """g = 4: slopes down to 1e-15, whose exponents a plain QR loses."""
    rng = np.random.default_rng(3)
    found = spectrum(network(gaussian(64, 4)), np.zeros((1, 1000, 1)), rng.standard_normal((1, 64)), warm_up=200)
    assert found.sum_rule < 1e-10 and found.exponents[0, -1] < -12


def test_dead_units_take_a_direction_for_good():
    """ReLU units that are never on: as many exponents are -inf; those of the others are those of their own block."""
    W = np.abs(gaussian(5, 1))
    W[3:] = -1.0  # on when nothing is
    found = spectrum(network(W, "relu"), REST, np.ones((1, 5)))
    assert np.isneginf(found.exponents[0, 3:]).all() and np.isnan(found.sum_rule).all()
    moduli = np.sort(np.abs(np.linalg.eigvals(W[:3, :3])))[::-1]
    assert found.exponents[0, 0] == pytest.approx(np.log(moduli[0]), abs=2e-2)


def test_what_cannot_be_is_said():
    with pytest.raises(SchurscopeError, match="400 steps leave 0 after a warm-up of 400; at least 2"):
        spectrum(network(np.eye(2)), REST, warm_up=400)
    with pytest.raises(SchurscopeError, match="leaves the floats at step 1[0-9][0-9]"):
        spectrum(network(1e2 * np.eye(2), "relu"), REST, np.ones((1, 2)))


def test_counts_and_dimensions():
    exponents = np.array([0.3, 0.0001, -0.1, -0.5])
    assert benettin.near_zero(exponents, 10_000) == 1 and benettin.near_zero(exponents, 100_000) == 0
    assert benettin.entropy(exponents, 10_000) == 0.3
    assert benettin.dimension(exponents) == pytest.approx(3 + 0.2001 / 0.5)
    assert benettin.dimension(np.array([-0.1, -0.2])) == 0 and benettin.dimension(np.array([0.2, -0.1])) == 2
    assert benettin.dimension(np.array([0.1, -np.inf])) == 1


def law(g, shares):
    """Exponents of h' = tanh(W h), W Gaussian of variance g^2 / N, at ranks ``shares`` of N, as N grows.

    docs/lyapunov.md derives it: with d = sech^2 of the mean-field drive, whose variance is g^2 E tanh^2,
    lambda(x) = log(g^2 x / s) / 2, s from E[s d^2 / (1 + s d^2)] = x. Also mean field's first and mean exponent.
    """
    nodes, weights = hermegauss(201)
    weights = weights / weights.sum()

    def mean(values):
        return weights @ values

    sigma = scipy.optimize.brentq(lambda s: g**2 * mean(np.tanh(s * nodes) ** 2) - s**2, 0.05, g)
    d2 = np.cosh(sigma * nodes) ** -4.0
    s = [
        np.exp(scipy.optimize.brentq(lambda u, x=x: mean(np.exp(u) * d2 / (1 + np.exp(u) * d2)) - x, -20, 80))
        for x in shares
    ]
    lead = 0.5 * np.log(g**2 * mean(d2))
    total = np.log(g) - 0.5 + mean(np.log(d2)) / 2
    return 0.5 * np.log(g**2 * shares / np.array(s)), lead, total


def test_the_law_sums_to_the_mean_field_s_own():
    """The first exponent and the mean of all, which mean-field theory gives directly, come out of the law too."""
    for g in (1.5, 2.0, 4.0):
        x, weights = np.polynomial.legendre.leggauss(60)
        values, lead, total = law(g, (x + 1) / 2)
        assert weights @ values / 2 == pytest.approx(total, abs=2e-2)
        assert law(g, np.array([1e-5]))[0][0] == pytest.approx(lead, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("g", [1.5, 2.0, 4.0])
def test_the_spectrum_of_a_gaussian_matrix_follows_the_law(g):
    found = spectrum(
        network(gaussian(256, g, seed=7)),
        np.zeros((1, 2500, 1)),
        np.random.default_rng(0).standard_normal((1, 256)),
        500,
    )
    expected, _, total = law(g, (np.arange(230) + 0.5) / 256)
    assert (
        np.sqrt(np.mean((found.exponents[0, :230] - expected) ** 2)) < 0.05
    )  # the triangle law is off by 0.5 and more
    assert found.exponents[0].mean() == pytest.approx(total, abs=0.06) and found.sum_rule < 1e-10


@pytest.mark.slow
def test_against_clvlib():
    """The same exponents, to rounding: its frame begins with the axes too."""
    clvlib = pytest.importorskip("clvlib.numpy", reason="clvlib is not installed")
    weights, h0 = network(gaussian(12, 1.3)), np.random.default_rng(2).standard_normal((1, 12))
    cell, p, x = cell_of(weights), weights.parameters(), np.zeros((1, 1))
    found = clvlib.lyap_exp_from_ic(
        lambda t, h: cell.step(p, h[None], x)[0],
        lambda t, h: cell.jacobian(p, h[None], x)[0],
        h0[0],
        np.arange(501.0),
        stepper="discrete",
    )
    own = spectrum(weights, np.zeros((1, 500, 1)), h0)
    assert np.allclose(np.sort(found[0])[::-1], own.exponents[0], atol=1e-9)
