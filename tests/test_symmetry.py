"""Equivariance errors against a plain loop and networks whose symmetry is known; drifts against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from schurscope.cells import Weights, make_cell
from schurscope.cells.rollout import rollout
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.neutral import symmetry
from schurscope.neutral.breaking import traceless
from schurscope.neutral.circle_cell import KINDS, RULES, CircleCell, generator, turn
from schurscope.neutral.path_models import make_model
from schurscope.neutral.path_tangents import group_exponent
from schurscope.neutral.symmetry import Action, drift, equivariance_error, errors_of, errors_of_network, of_circle

kinds, rules = pytest.mark.parametrize("kind", KINDS), pytest.mark.parametrize("rule", RULES)
PHASES = np.linspace(-3, 3, 7)


def network(n=5, cell="tanh", bias=False, **options):
    """Random weights of 2 inputs and 3 outputs."""
    made = make_cell(cell)
    sizes = {"W_hh": (made.gates * n, n), "W_xh": (made.gates * n, 2), "W_hy": (3, n)}
    sizes |= {"b_h": (made.gates * n,), "b_y": (3,)} if bias else {}
    return Weights(**{key: stream(key).normal(0, size) for key, size in sizes.items()}, cell=cell, **options)


def flip(n=5, inputs=2, outputs=3):
    return Action(-np.eye(n), -np.eye(inputs), -np.eye(outputs))


def of_places(n, shift):
    """Every place moved on by ``shift``, round a ring."""
    return np.roll(np.eye(n), shift, axis=0)


def test_the_error_by_a_plain_loop():
    """Eq. 4, state after state and element after element."""
    states, inputs = stream("x").normal(0, (4, 18)), stream("u").normal(0, (4, 1))
    cell = make_model("broken")
    p, angles = cell.parameters(stream("p")), [0.3, -2.0]
    for function in (cell.field, cell.step):
        acted = of_circle(angles, 16)
        found = equivariance_error(lambda x, u, f=function: f(p, x, u), states, inputs, acted)
        worst = 0.0
        for x, u in zip(states, inputs, strict=True):
            plain = function(p, x[None], u[None])[0]
            for angle in angles:
                g = turn(angle, 16)
                off = function(p, (g @ x)[None], u[None])[0] - g @ plain
                worst = max(worst, np.sqrt(np.sum(off**2)) / (1 + np.sqrt(np.sum(plain**2))))
        assert found == pytest.approx(worst, rel=1e-12) and found > 1e-4


@kinds
@rules
def test_a_circle_cell_commutes_with_rotations_exactly(kind, rule):
    for seed in range(3):
        cell = CircleCell(kind, rule)
        p = cell.parameters(stream("cell", seed))
        errors = errors_of(cell, p).errors
        assert set(errors) == {(f, precision) for f in ("field", "step") for precision in ("float32", "float64")}
        assert all(error < (1e-6 if precision == "float32" else 2e-15) for (_, precision), error in errors.items())
        assert errors["step", "float32"] > 1e-8, "computed in float32"
        broken = errors_of(replace(cell, breaking=traceless(0.01)), p).errors
        assert all(1e-4 < error < 0.02 for error in broken.values())


def test_the_error_of_a_breaking_is_linear_in_it():
    """(R^T M R - M) z of a traceless M has the norm 2 |sin(angle)| |z|: at a right angle twice eps |z|."""
    cell = CircleCell()
    p = cell.parameters(stream("cell"))
    states, inputs = stream("x").normal(0, (20, 18)), np.zeros((20, 1))
    found = []
    for eps in (1e-3, 1e-2):
        broken = replace(cell, breaking=traceless(eps))
        field = broken.field(p, states, inputs)
        expected = np.max(2 * eps * np.linalg.norm(states[:, :2], axis=1) / (1 + np.linalg.norm(field, axis=1)))
        by = of_circle([np.pi / 2], 16)
        found.append(equivariance_error(lambda x, u, c=broken: c.field(p, x, u), states, inputs, by))
        assert found[-1] == pytest.approx(expected, rel=1e-9)
    assert found[1] / found[0] == pytest.approx(10, rel=0.05)


def test_what_was_tested_can_be_stored_and_drawn_again():
    cell = CircleCell()
    p = cell.parameters(stream("cell"))
    one, again, other = errors_of(cell, p), errors_of(cell, p), errors_of(cell, p, stream("others"))
    assert one.states.shape == (24, 18) and one.inputs.shape == (24, 1) and len(one.states) * len(one.actions) == 192
    assert np.array_equal(one.states, again.states) and one.errors == again.errors
    assert (
        not np.array_equal(one.states, other.states) and abs(one.states.mean()) < 0.2 and 0.9 < one.states.std() < 1.1
    )
    found = equivariance_error(lambda x, u: cell.step(p, x, u), one.states, one.inputs, one.actions)
    assert found == one.errors["step", "float64"]
    angles = [np.arctan2(action.state[1, 0], action.state[0, 0]) for action in one.actions]
    assert min(angles) < -1 and max(angles) > 1
    for action in one.actions:
        assert np.array_equal(action.input, np.eye(1)) and np.array_equal(action.output, action.state[:2, :2])


def test_float32_is_float32_throughout():
    seen = []

    class Watched(CircleCell):
        def field(self, p, state, u):
            found = super().field(p, state, u)
            seen.append({str(array.dtype) for array in (*p.values(), state, u, found)})
            return found

    errors_of(Watched(), Watched().parameters(stream("cell")))
    assert seen == 2 * 9 * [{"float32"}] + 2 * 9 * [{"float64"}]


def test_signs_are_a_symmetry_of_tanh_without_biases():
    for leak in (1.0, 0.3):
        plain = network(leak=leak)
        found = errors_of_network(plain, [flip()])
        assert set(found.errors.values()) == {0.0}, "to the last bit"
        assert found.states.shape == (192, 5) and found.inputs.shape == (192, 2)
        inputs = stream("u").normal(0, (4, 6, 2))
        assert np.array_equal(rollout(plain, -inputs), -rollout(plain, inputs))
    for other in (network(bias=True), network(cell="relu"), network(cell="gru")):
        assert errors_of_network(other, [flip()]).errors["step", "float64"] > 0.05
    biased = errors_of_network(network(bias=True), [flip()]).errors
    off = 2 * np.linalg.norm(network(bias=True).b_y)
    assert off / 20 < biased["readout", "float64"] < off


def test_permutations_are_one_of_rings_only():
    """Couplings that depend on the distance of places alone commute with moves of all places at once."""
    moves = [Action(of_places(6, k), of_places(6, k), of_places(6, k)) for k in range(6)]
    rows = stream("ring").normal(0, (3, 6))
    W, W_xh, W_hy = (np.stack([np.roll(row, k) for k in range(6)]) for row in rows)
    ring = errors_of_network(Weights(W, W_xh, W_hy), moves).errors
    assert all(error < (1e-6 if precision == "float32" else 2e-15) for (_, precision), error in ring.items())
    anything = Weights(stream("W").normal(0, (6, 6)), W_xh, W_hy)
    assert errors_of_network(anything, moves).errors["step", "float64"] > 0.1
    assert errors_of_network(anything, moves[:1]).errors["step", "float64"] == 0, "but for the identity"


def test_of_gates_the_state_has_all_parts():
    same = Action(np.eye(10), np.eye(2), np.eye(3))
    assert set(errors_of_network(network(cell="lstm", bias=True), [same]).errors.values()) == {0.0}
    swap = Action(np.kron(np.eye(2), of_places(5, 1)), np.eye(2), np.eye(3))
    assert errors_of_network(network(cell="lstm"), [swap]).errors["readout", "float64"] > 0.1
    with pytest.raises(SchurscopeError, match="action 1 on the state is 5 x 5; here the state needs 10"):
        errors_of_network(network(cell="lstm"), [same, flip()])


def test_a_pinned_phase_stays_and_a_free_one_drifts():
    for rule in RULES:
        pinned, free = CircleCell("pinned", rule), CircleCell("free", rule)
        assert drift(pinned, pinned.parameters(stream("cell")), PHASES, 20.0)[1] < 1e-14
        mean, largest = drift(free, free.parameters(stream("cell")), PHASES, 20.0)
        assert largest > 1e-3 and abs(mean) == pytest.approx(largest, rel=1e-9), "the same wherever it starts"


def test_a_drift_goes_round_without_wrapping():
    """With all weights 0 the speed is the bias of b. Euler's steps stay on a circle where they turn by sin = dt b."""
    for rule, speed, error in (("rk4", 2.0, 2e-5), ("euler", np.arcsin(0.2) / 0.1, 1e-12)):
        cell = CircleCell("free", rule)
        p = {key: 0 * value for key, value in cell.parameters(stream("cell")).items()}
        mean, largest = drift(cell, p | {"b_bias2": np.array([-2.0])}, PHASES, 30.0)
        assert mean == pytest.approx(-speed, rel=error) and largest == pytest.approx(speed, rel=error)
        assert drift(cell, p, PHASES) == (0.0, 0.0)


def test_an_exact_symmetry_may_lose_its_circle():
    """With all weights 0 and a = -1 - I, z shrinks by 0.9 a step, and the group's tangent with it; phases go on."""
    cell = CircleCell("free")
    p = {key: 0 * value for key, value in cell.parameters(stream("cell")).items()}
    p |= {"a_bias2": np.array([-2.0]), "b_bias2": np.array([0.3])}
    assert errors_of(cell, p).errors["step", "float64"] < 2e-15
    far = 1e-9 * np.eye(cell.size)[0]
    shrinks = np.log(np.hypot(0.9, 0.03)) / 0.1
    assert group_exponent(cell, p, far, np.zeros(50), generator(16)) == pytest.approx(shrinks, rel=1e-12)
    assert drift(cell, p, PHASES)[0] == pytest.approx(np.arctan2(0.03, 0.9) / 0.1, rel=1e-12)
    assert drift(cell, p, PHASES, 500.0)[0] == pytest.approx(np.arctan2(0.03, 0.9) / 0.1, rel=1e-9), "|z| is 1e-251"
    assert np.isnan(drift(cell, p, PHASES, 700.0)).all()


def test_what_no_symmetry_is_is_said():
    for name, matrix, said in (
        ("state", np.ones((2, 3)), r"on the state has the shape \(2, 3\)"),
        ("input", 1j * np.eye(2), "on the input has the shape"),
        ("output", np.ones(3), "on the output has the shape"),
        ("state", 1.001 * np.eye(2), "on the state is not orthogonal to 1e-10"),
        ("output", np.full((2, 2), np.nan), "on the output is not orthogonal"),
    ):
        with pytest.raises(SchurscopeError, match=said):
            Action(**{"state": np.eye(2), "input": np.eye(1), "output": np.eye(2)} | {name: matrix})
    Action(np.eye(2) + 1e-12, np.eye(1), np.eye(2))
    for action, said in (
        (flip(4), "action 0 on the state is 4 x 4; here the state needs 5"),
        (flip(inputs=1), "action 0 on the input is 1 x 1; here the input needs 2"),
        (flip(outputs=2), "action 0 on the output is 2 x 2; here the output needs 3"),
    ):
        with pytest.raises(SchurscopeError, match=said):
            errors_of_network(network(), [action])
    with pytest.raises(SchurscopeError, match="at least one action, one state and as many inputs"):
        errors_of_network(network(), [])
    with pytest.raises(SchurscopeError, match="at least one action, one state and as many inputs"):
        equivariance_error(lambda x, u: x, np.ones((2, 5)), np.ones((3, 2)), [flip()])
    gates = make_model("gru")
    p = gates.parameters(stream("gru"))
    with pytest.raises(SchurscopeError, match="does not act on states of Gates"):
        errors_of(gates, p)
    with pytest.raises(SchurscopeError, match="states of Gates do not begin on the circle"):
        drift(gates, p, PHASES)
    cell = CircleCell()
    with pytest.raises(SchurscopeError, match="a drift over 0 units of time is asked for; a step takes 0.1"):
        drift(cell, cell.parameters(stream("cell")), PHASES, 0.0)
    assert symmetry.STATES * symmetry.ELEMENTS == 192
