"""The circle cell against a plain loop, SciPy and closed forms; derivatives of steps against differences, torch and
linear models; what a trained cell's phases do when its symmetry is broken."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import torch

from schurscope.cells import make_cell
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.neutral.breaking import lifetime_closed, traceless
from schurscope.neutral.circle_cell import KINDS, RULES, CircleCell, generator, softplus, turn
from schurscope.neutral.path_models import answers, make_model
from schurscope.neutral.path_tangents import group_exponent, jacobian, principal_angle, push, spectrum
from schurscope.neutral.path_training import train

XI = generator(16)
REST = np.zeros(160)  # 16 units of time
DRIVEN = 0.8 * stream("velocities").normal(0, (160,))
kinds, rules = pytest.mark.parametrize("kind", KINDS), pytest.mark.parametrize("rule", RULES)
FIVE = pytest.mark.parametrize("name", ["equivariant", "free", "gru", "lstm", "orthogonal"])


def made(name="equivariant", seed=0, **options):
    """(model, parameters, a state)."""
    model = make_model(name, **options)
    p = model.parameters(stream("cell", seed))
    p = {key: value + 0.1 * stream("moved", key).normal(0, value.shape) for key, value in p.items()}  # h0, scalars too
    return model, p, model.begin(p, np.array([0.7]))[0]


def by_hand(cell, p, state, u):
    """z' and h' of one state, number after number."""

    def network(name):
        seen = [state[0] ** 2 + state[1] ** 2, *state[2:], u]
        hidden = []
        for row, bias in zip(p[f"{name}_weight1"], p[f"{name}_bias1"], strict=True):
            hidden.append(math.tanh(sum(w * x for w, x in zip(row, seen, strict=True)) + bias))
        ends = zip(p[f"{name}_weight2"], p[f"{name}_bias2"], strict=True)
        return [sum(w * x for w, x in zip(row, hidden, strict=True)) + bias for row, bias in ends]

    def soft(x):
        return math.log(1 + math.exp(x))

    x, y = state[:2]
    [A], [B], G = network("a"), network("b"), network("g")
    left = 1 - x * x - y * y
    a = left * soft(p["alpha"] + A) if cell.kind == "pinned" else left + A
    b = u * (p["kappa"] + B) if cell.kind == "pinned" else B
    M = np.zeros((2, 2)) if cell.breaking is None else cell.breaking
    moved = [a * x - b * y + M[0, 0] * x + M[0, 1] * y, a * y + b * x + M[1, 0] * x + M[1, 1] * y]
    return moved + [g - soft(p["delta"]) * h for g, h in zip(G, state[2:], strict=True)]


@kinds
@pytest.mark.parametrize("breaking", [None, np.array([[0.3, -0.2], [0.5, 0.1]])])
def test_the_field_number_after_number(kind, breaking):
    cell = CircleCell(kind, hidden=5, breaking=breaking)
    p = {key: value + 0.3 for key, value in cell.parameters(stream("field")).items()}
    states, inputs = stream("states").normal(0, (6, 7)), stream("inputs").normal(0, (6, 1))
    expected = [by_hand(cell, p, list(state), float(u)) for state, [u] in zip(states, inputs, strict=True)]
    assert np.allclose(cell.field(p, states, inputs), expected, rtol=0, atol=1e-14)
    tensors = {key: torch.tensor(value) for key, value in p.items()}
    found = cell.field(tensors, torch.tensor(states), torch.tensor(inputs))
    assert np.allclose(found.numpy(), expected, rtol=0, atol=1e-14), "the same lines in torch"
    assert np.array_equal(cell.field(cell.prepared(p), states, inputs), cell.field(p, states, inputs))


@kinds
@rules
def test_networks_side_by_side_are_those_alone(kind, rule):
    cell = CircleCell(kind, rule, 4, breaking=traceless(0.1))
    alone = [cell.parameters(stream("network", seed)) for seed in range(3)]
    together = {key: np.stack([one[key] for one in alone]) for key in alone[0]}
    phases, u = stream("p").uniform(0, (3, 5), -3, 3), stream("u").normal(0, (3, 5, 1))
    begun = cell.begin(together, phases)
    stepped = cell.step(together, begun, u)
    for place, p in enumerate(alone):
        assert np.array_equal(begun[place], cell.begin(p, phases[place]))
        assert np.allclose(stepped[place], cell.step(p, begun[place], u[place]), rtol=0, atol=1e-15)


def test_a_cell_has_the_parameters_of_the_paper_s():
    pinned, free = (CircleCell(kind).parameters(stream("x")) for kind in KINDS)
    assert sum(value.size for value in pinned.values()) == 1237
    assert sum(value.size for value in free.values()) == 1235, "no alpha, no kappa"
    assert not pinned["h0"].any() and pinned["kappa"] == 1 and pinned["alpha"] == pinned["delta"] == 0
    for key, value in pinned.items():
        if value.ndim == 2:
            bias = pinned[key.replace("weight", "bias")]
            bound = value.shape[1] ** -0.5
            assert len(bias) == len(value) and np.abs(bias).max() <= bound
            assert 0.8 * bound < np.abs(value).max() <= bound and abs(value.mean()) < 4 * bound / value.size**0.5


def test_a_state_begins_on_the_circle_and_is_read_off_it():
    cell, p, _ = made()
    phases = np.linspace(-3, 3, 7)
    state = cell.begin(p, phases)
    assert state.shape == (7, cell.size) and np.array_equal(state[:, 2:], np.tile(p["h0"], (7, 1)))
    assert np.allclose(np.arctan2(*cell.read(p, state).T[::-1]), phases)


@kinds
def test_steps_follow_the_flow_to_their_order(kind):
    """SciPy's own steps over one unit of time; Euler is off by dt, RK4 by dt^4."""
    errors, tight = {}, {"method": "DOP853", "rtol": 1e-12, "atol": 1e-13}
    start, u = np.append([0.5, 0.9], stream("h").normal(0, (16,))), np.array([[0.6]])
    for rule, order in (("euler", 1), ("rk4", 4)):
        cell = CircleCell(kind, rule)
        p = cell.parameters(stream("flow"))
        run = scipy.integrate.solve_ivp(lambda t, x, p=p, c=cell: c.field(p, x[None], u)[0], (0, 1), start, **tight)
        for dt in (0.1, 0.05):
            state, finer = start[None], replace(cell, dt=dt)
            for _ in range(round(1 / dt)):
                state = finer.step(p, state, u)
            errors[rule, dt] = np.max(np.abs(state[0] - run.y[:, -1]))
        assert errors[rule, 0.1] / errors[rule, 0.05] == pytest.approx(2**order, rel=0.2)
    assert errors["rk4", 0.1] < 1e-5 < 1e-3 < errors["euler", 0.1] < 0.2


def test_the_group_s_action_and_its_derivative():
    assert np.allclose(turn(0.3, 4) @ turn(0.5, 4), turn(0.8, 4)) and np.array_equal(turn(0.0, 4), np.eye(6))
    assert np.allclose(scipy.linalg.expm(0.7 * generator(4)), turn(0.7, 4))
    assert np.array_equal(generator(4) @ np.arange(6.0), [-1, 0, 0, 0, 0, 0])
    x = np.array([-800.0, -1.0, 0.0, 2.0, 800.0])
    assert np.allclose(softplus(np, x), [0, math.log(1 + math.exp(-1)), math.log(2), math.log(1 + math.exp(2)), 800])


def test_what_a_cell_cannot_be_is_said():
    for options, said in (
        ({"kind": "loose"}, "kind is 'loose'; allowed: pinned, free"),
        ({"rule": "midpoint"}, "rule is 'midpoint'; allowed: euler, rk4"),
        ({"dt": 0.0}, "dt must be above 0"),
        ({"dt": np.nan}, "dt must be above 0"),
        ({"hidden": 0}, "hidden a whole number from 1"),
        ({"hidden": 2.5}, "hidden a whole number from 1"),
        ({"breaking": np.eye(3)}, r"shape \(3, 3\); a real, finite matrix \(2, 2\)"),
        ({"breaking": np.full((2, 2), np.nan)}, "a real, finite matrix"),
    ):
        with pytest.raises(SchurscopeError, match=said):
            CircleCell(**options)
    with pytest.raises(SchurscopeError, match="model 'rnn' does not exist; allowed: equivariant"):
        make_model("rnn")
    with pytest.raises(SchurscopeError, match="hidden is 0; a whole number of units from 1"):
        make_model("gru", 0)


# Derivatives


@FIVE
def test_jacobians_by_differences_and_by_torch(name):
    model, p, state = made(name)
    u, tiny = np.array([0.4]), 1e-6
    held = np.full((len(state), 1), 0.4)
    J = jacobian(model, p, state, u)
    moves = tiny * np.eye(len(state))
    differences = (model.step(p, state + moves, held) - model.step(p, state - moves, held)).T / (2 * tiny)
    assert J.shape == (len(state),) * 2 and J.dtype == np.float64
    assert np.allclose(J, differences, rtol=0, atol=1e-9)
    tensors = {key: torch.tensor(value) for key, value in p.items()}
    plain = torch.autograd.functional.jacobian(
        lambda x: model.step(tensors, x[None], torch.tensor(u[None]))[0], torch.tensor(state)
    )
    assert np.allclose(J, plain.numpy(), rtol=0, atol=1e-15)
    if name in ("gru", "lstm"):
        assert np.allclose(J, make_cell(name).jacobian(p, state[None], u[None])[0], rtol=0, atol=1e-14)
    states, inputs = stream("states").normal(0, (3, 2, len(state))), stream("inputs").normal(0, (3, 2, 1))
    many = jacobian(model, p, states, inputs)
    assert np.allclose(many[2, 1], jacobian(model, p, states[2, 1], inputs[2, 1]), rtol=0, atol=1e-15)
    directions = stream("directions").normal(0, states.shape)
    after, carried = push(model, p, states, inputs, directions)
    assert np.allclose(after, model.step(p, states, inputs), rtol=0, atol=1e-15)
    assert np.allclose(carried[1, 0], many[1, 0] @ directions[1, 0], rtol=0, atol=1e-14)


class Linear:
    """x' = W x + u, whatever the time: exponents and angles are known."""

    def __init__(self, W, dt=0.05):
        self.W, self.dt = W, dt

    def step(self, p, state, u):
        return state @ p["W"].mT + u

    def found(self, measure, *arguments):
        return measure(self, {"W": self.W}, *arguments)


def test_of_a_linear_step_all_is_known():
    axes = np.linalg.qr(stream("axes").normal(0, (4, 4)))[0]
    W = axes @ np.diag([0.9, -0.5, 1.1, 0.2]) @ axes.T
    model, x, u = Linear(W), np.arange(1.0, 5), np.ones(60)
    expected = np.log([1.1, 0.9, 0.5, 0.2]) / 0.05
    assert np.allclose(model.found(spectrum, x, np.ones(400), 300), expected, rtol=0, atol=1e-10)
    J, xi = np.linalg.matrix_power(W, 60), generator(2)
    grown = np.linalg.norm(J @ xi @ x) / np.linalg.norm(xi @ x)
    assert model.found(group_exponent, x, u, xi) == pytest.approx(np.log(grown) / 3, rel=1e-12)
    skewed = stream("skewed").normal(0, (4, 4)) / 2
    for steps in (1, 2, 3):
        J = np.linalg.matrix_power(skewed, steps)
        expected = np.degrees(scipy.linalg.subspace_angles(np.linalg.svd(J)[0][:, :1], (J @ xi @ x)[:, None])[0])
        assert Linear(skewed).found(principal_angle, x, np.ones(steps), xi) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["equivariant", "free", "gru"])
def test_step_after_step(name):
    """The sum rule, and angle and growth by the product of what each step does."""
    model, p, state = made(name)
    driven, product, now, dets, xi = DRIVEN[:70], np.eye(len(state)), state, [], generator(len(state) - 2)
    for u in driven:
        J = jacobian(model, p, now, [u])
        product, now = J @ product, model.step(p, now[None], np.array([[u]]))[0]
        dets.append(np.linalg.slogdet(J)[1])
    found = spectrum(model, p, state, driven, 20)
    assert (np.diff(found) <= 0).all() and found.sum() == pytest.approx(np.mean(dets[20:]) / 0.1, rel=1e-10)
    carried = product @ xi @ state
    grown = np.log(np.linalg.norm(carried) / np.linalg.norm(xi @ state)) / 7
    assert group_exponent(model, p, state, driven, xi) == pytest.approx(grown, abs=1e-12)
    angle = np.degrees(scipy.linalg.subspace_angles(np.linalg.svd(product)[0][:, :1], carried[:, None])[0])
    assert angle > 1e-3 and principal_angle(model, p, state, driven, xi) == pytest.approx(angle, rel=1e-9)


@kinds
@rules
def test_the_carried_tangent_of_a_circle_is_that_of_its_end(kind, rule):
    """Eq. 3: D phi_t(x) xi_M(x) = xi_M(phi_t(x)), so that the exponent is log(|z_T| / |z_0|) / T and no more."""
    cell, p, state = made("free" if kind == "free" else "equivariant", rule=rule)
    for velocities in (REST, np.full(160, 0.7), DRIVEN):
        end = state[None]
        for u in velocities:
            end = cell.step(p, end, np.array([[u]]))
        expected = np.log(np.linalg.norm(end[0, :2])) / 16
        assert group_exponent(cell, p, state, velocities, XI) == pytest.approx(expected, abs=1e-15)
        assert abs(expected) < 0.05


@rules
def test_a_pinned_phase_has_the_exponent_0_at_rest(rule):
    for seed in range(3):
        cell, p, state = made(seed=seed, rule=rule)
        assert abs(group_exponent(cell, p, state, REST, XI)) < 1e-12
        assert principal_angle(cell, p, state, REST[:64], XI) < 1e-10
        found = spectrum(cell, p, state, np.zeros(800), 600)
        assert abs(found[0]) < 1e-12 and found[1] < -0.2
    driven = abs(group_exponent(cell, p, state, DRIVEN, XI))
    assert driven < 1e-6 if rule == "rk4" else 1e-5 < driven < 3e-3, "Euler's steps lead off the circle"
    assert 0 < principal_angle(cell, p, state, DRIVEN[:64], XI) < 5


def test_a_free_cell_s_exponent_tends_to_0_as_its_radius_settles():
    cell, p, state = made("free")
    times = np.array([40.0, 80.0, 160.0])
    found = [group_exponent(cell, p, state, np.zeros(round(10 * time)), XI) for time in times]
    assert np.allclose(found * times, found[-1] * times[-1], rtol=1e-6) and abs(found[0]) > 1e-3


def test_a_broken_circle_shrinks_its_tangent_at_the_gap():
    cell, p, _ = made("broken", rule="rk4")
    on_axis = cell.begin(p, np.zeros(1))[0]
    for u in np.zeros(1000):
        on_axis = cell.step(p, on_axis[None], np.array([[u]]))[0]
    assert group_exponent(cell, p, on_axis, REST, XI) == pytest.approx(-0.04, rel=1e-6)
    assert spectrum(cell, p, on_axis, REST)[0] == pytest.approx(-0.04, rel=1e-6)


def test_what_no_tangent_is_is_said():
    cell, p, state = made()
    for measure in (group_exponent, principal_angle):
        with pytest.raises(SchurscopeError, match=r"one state \(n,\) and inputs \(time,\)"):
            measure(cell, p, state, np.zeros(0), XI)
        with pytest.raises(SchurscopeError, match=r"one state \(n,\) and inputs \(time,\)"):
            measure(cell, p, state[None], REST, XI)
        with pytest.raises(SchurscopeError, match="leaves this state alone"):
            measure(cell, p, 0 * state, REST, XI)
        with pytest.raises(SchurscopeError, match=r"generator has the shape \(6, 6\)"):
            measure(cell, p, state, REST, generator(4))
        with pytest.raises(SchurscopeError, match="leaves the floats"):
            measure(cell, p, 1e3 * state, REST, XI)
    with pytest.raises(SchurscopeError, match="take all of the group's tangent"):
        Linear(np.diag([0.0, 0.0, 1.0])).found(principal_angle, np.ones(3), np.zeros(4), generator(1))
    assert Linear(np.zeros((3, 3))).found(group_exponent, np.ones(3), np.zeros(4), generator(1)) == -np.inf
    for warm_up in (159, 160, 200, -1):
        with pytest.raises(SchurscopeError, match="must leave 2"):
            spectrum(cell, p, state, REST, warm_up)


# Breaking

PHASE, MOVED = 0.35, 0.2


def lifetime(cell, p, longest=1500.0):
    """The first time at which the phase has moved by MOVED without input, by plain steps."""
    ready, state, u = cell.prepared(p), cell.begin(p, np.array([PHASE])), np.zeros((1, 1))
    for step in range(1, round(longest / cell.dt)):
        state = cell.step(ready, state, u)
        if abs(np.arctan2(state[0, 1], state[0, 0]) - PHASE) >= MOVED:
            return step * cell.dt
    return math.inf


def assert_lifetimes(p, strengths):
    for rule in RULES:
        for strength in strengths:
            found = lifetime(CircleCell(rule=rule, breaking=traceless(strength)), p)
            assert abs(found - lifetime_closed(2 * strength, PHASE, MOVED)) < 0.1


def test_a_phase_of_a_broken_cell_lives_as_long_as_the_closed_form_says():
    """Whatever the cell's radius does on the way: before training, and after a few updates of it."""
    cell, p, _ = made()
    assert_lifetimes(p, (1e-2, 3e-2, 6e-2))
    [trained] = train("equivariant", cell, [0], 8, updates=12, batch=16)
    assert_lifetimes({key: value.astype(float) for key, value in trained.parameters.items()}, (1e-2, 6e-2))
    assert lifetime(CircleCell(), p, 50.0) == math.inf


@pytest.mark.slow
def test_lifetimes_of_the_paper_s_networks():
    """Fig. A7: 440.9, 147.0, 44.1, 14.7 and 7.4 in each of them; here in trained ones of our own."""
    for trained in train("equivariant", CircleCell(), [0, 1, 2], 64):
        p = {key: value.astype(float) for key, value in trained.parameters.items()}
        found = [lifetime(CircleCell(breaking=traceless(eps)), p) for eps in (1e-3, 3e-3, 1e-2, 3e-2, 6e-2)]
        assert np.allclose(found, [440.9, 147.0, 44.1, 14.7, 7.4], rtol=0, atol=0.051)
        assert lifetime(CircleCell(breaking=traceless(1e-4)), p) == math.inf


def test_without_input_a_pinned_phase_is_answered_for_ever_and_a_free_one_is_not():
    phases = np.array([-2.0, 0.3, 1.5])
    rest = np.zeros((3, 300))
    for name, holds in (("equivariant", True), ("free", False)):
        cell, p, _ = made(name)
        found = answers(cell, p, phases, rest)[:, -1]
        assert np.allclose(np.arctan2(found[:, 1], found[:, 0]), phases, atol=1e-12) == holds
