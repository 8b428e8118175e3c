"""Symmetries of tasks by the statistics of their trials; of networks from inputs to outputs by networks made so."""

from itertools import product

import numpy as np
import pytest
import scipy.stats

from drawn import DRAWN
from schurscope.cells import Weights
from schurscope.cells.rollout import rollout
from schurscope.foundations.errors import SchurscopeError
from schurscope.neutral.input_output import map_errors, outputs
from schurscope.stages.equivariance import equivariance
from schurscope.stages.train import train
from schurscope.store import netcdf
from schurscope.tasks import Trials, make_task
from schurscope.tasks.symmetries import OF, symmetries

SMALL = {
    "copy": {"symbols": 3, "channels": 3, "lags": 5},
    "copy_memory": {"symbols": 3, "alphabet": 3, "delay": 3},
    "flipflop": {"length": 10, "pulse_probability": 0.2},
    "integration": {"length": 10, "scale": 2},
    "circle_path": {"length": 10, "speed": 3},
}
COUNT, DIRECTIONS = 4000, 24
TURNED = np.array([[0.0, -1.0], [1.0, 0.0]])


def task_of(name):
    return make_task({"task": name, **SMALL.get(name, {})})


def least_likely(task, g, D):
    """Least p-value that trials acted on and others come from one law: of sums, over inputs, targets and mask at two
    steps with random weights (Cramér and Wold: a law is that of its projections), by Kolmogorov and Smirnov.
    """
    rng, ones, others = np.random.default_rng(0), task.trials(0, 0, COUNT), task.trials(1, 0, COUNT)
    moved = [ones.inputs @ g.T, ones.targets @ D.T, ones.mask @ np.abs(D).T > 0]
    moved, plain = (
        np.concatenate([array.astype(float) for array in arrays], axis=-1)
        for arrays in (moved, [others.inputs, others.targets, others.mask])
    )
    found = []
    for _ in range(DIRECTIONS):
        steps, weights = rng.choice(moved.shape[1], 2), rng.standard_normal((2, moved.shape[2]))
        sums = [np.round(np.einsum("btc,tc->b", array[:, steps], weights), 9) for array in (moved, plain)]
        found.append(scipy.stats.ks_2samp(*sums, method="asymp").pvalue)
    return min(found)


def group_of(elements):
    """Every product of (g, D), by closure."""
    found, new = {}, [tuple(np.eye(len(part)) for part in next(iter(elements.values())))]
    while new:
        g, D = new.pop()
        key = b"".join((np.round(part, 6) + 0.0).tobytes() for part in (g, D))
        if key not in found:
            found[key] = g, D
            new += [(g @ other[0], D @ other[1]) for other in elements.values()]
    return list(found.values())


def averaged(group, of_states, rng):
    """A tanh network that the group commutes with: Gaussian weights averaged over the group."""
    inputs, outputs_ = (len(part) for part in group[0])
    n = len(of_states(*group[0]))
    W, W_xh, W_hy = (rng.standard_normal(shape) for shape in ((n, n), (n, inputs), (outputs_, n)))
    means = [0, 0, 0]
    for g, D in group:
        s = of_states(g, D)
        parts = s @ W @ s.T, s @ W_xh @ g.T, D @ W_hy @ s.T
        means = [mean + part / len(group) for mean, part in zip(means, parts, strict=True)]
    return Weights(*means)


@pytest.mark.parametrize("name", OF)
def test_trials_are_as_likely_and_others_are_not(name):
    task = task_of(name)
    elements = symmetries(task)
    assert elements
    for g, D in elements.values():
        assert g.shape == (task.inputs, task.inputs) and D.shape == (task.outputs, task.outputs)
        assert np.allclose(g @ g.T, np.eye(len(g))) and np.allclose(D @ D.T, np.eye(len(D)))
        assert least_likely(task, g, D) > 1e-4 / DIRECTIONS
    g = next(g for g, D in elements.values() if not np.array_equal(D, np.eye(len(D))))
    assert least_likely(task, g, np.eye(task.outputs)) < 1e-9, "outputs have to go along"


def test_tasks_without_one():
    """A sine is asked for at a frequency above 0, and its cue is never below 0."""
    assert {name for name in DRAWN if not symmetries(task_of(name))} == {"sine", "sine_schuessler"}
    sine = make_task({"task": "sine", "length": 10})
    assert least_likely(sine, -np.eye(1), -np.eye(1)) < 1e-9 and least_likely(sine, np.eye(1), -np.eye(1)) < 1e-9
    quarter = make_task({"task": "circle_path", "largest": np.pi / 4, "length": 10})
    assert list(symmetries(quarter)) == ["mirror"], "turns move first phases to where there are none"
    turn = np.eye(3)
    turn[1:, 1:] = TURNED
    assert least_likely(quarter, turn, TURNED) < 1e-9 < least_likely(quarter, *symmetries(quarter)["mirror"])


def test_elements_generate_their_groups():
    """Signs and orders of 3 channels: 2^3 3!; of 2 streams 2 * 2; orders of 3 symbols: 3!; a square's: 8."""
    sizes = {"copy": 48, "flipflop": 48, "integration": 4, "copy_memory": 6}
    for name, size in sizes.items():
        assert len(group_of(symmetries(task_of(name)))) == size, name
    circle = symmetries(task_of("circle_path"))
    assert len(group_of({name: circle[name] for name in ("mirror", "quarter turn")})) == 8
    few = [symmetries(make_task({"task": "copy", "channels": channels})) for channels in (1, 2)]
    assert [len(group_of(elements)) for elements in few] == [2, 8]


@pytest.mark.parametrize(("name", "by"), [*product(["flipflop", "circle_path"], [False, True])])
def test_a_network_made_so_has_it_to_rounding(name, by):
    """States: three copies of the outputs' channels, on which the group acts as there; tanh commutes with signs and
    orders. Without the average, nothing is left of it. Biases that the group moves break it.
    """
    task, rng = task_of(name), np.random.default_rng(1)
    elements = {key: pair for key, pair in symmetries(task).items() if key != "turn of 1 rad"}
    group = group_of(elements) if by else [tuple(np.eye(len(part)) for part in next(iter(elements.values())))]
    weights = averaged(group, lambda g, D: np.kron(np.eye(3), D), rng)
    found = map_errors(weights, task.held_out(32), elements)
    assert set(found) == set(product(elements, ("float32", "float64")))
    for (key, precision), off in found.items():
        if by:
            bound = 2e-5 if precision == "float32" else 2e-14
            assert off.largest < bound and off.discrepancy < bound**2
        elif key != "all signs":
            assert off.largest > 0.05 and off.discrepancy > 0.01
    if by:
        biased = Weights(weights.W_hh, weights.W_xh, weights.W_hy, b_h=rng.standard_normal(len(weights.W_hh)))
        assert all(off.discrepancy > 0.01 for off in map_errors(biased, task.held_out(32), elements).values())


def test_the_errors_by_a_plain_loop():
    task, rng = task_of("flipflop_schuessler"), np.random.default_rng(2)
    weights = Weights(*(rng.standard_normal(shape) for shape in ((7, 7), (7, 3), (3, 7), 7, 3, 7)))
    trials, (g, D) = task.held_out(6), symmetries(task)["shift"]
    off = map_errors(weights, trials, {"shift": (g, D)})["shift", "float64"]
    y, moved = rollout(weights, trials.inputs), rollout(weights, np.einsum("cd,btd->btc", g, trials.inputs))
    pairs = [(moved[b, t], D @ y[b, t]) for b, t in np.ndindex(y.shape[:2]) if trials.mask[b, t].any()]
    assert 0 < len(pairs) < y.shape[0] * y.shape[1], "some steps are not scored"
    sizes = [np.sqrt(sum((a - b) ** 2)) / (1 + np.sqrt(sum(b**2))) for a, b in pairs]
    assert off.largest == pytest.approx(max(sizes), rel=1e-12)
    mean = sum(b for _, b in pairs) / len(pairs)
    expected = sum(sum((a - b) ** 2) for a, b in pairs) / sum(sum((b - mean) ** 2) for _, b in pairs)
    assert off.discrepancy == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_outputs_are_the_rollout_s_in_both_precisions(cell):
    rng = np.random.default_rng(3)
    rows = 4 * 5 if cell == "lstm" else 5
    weights = Weights(*(rng.standard_normal(shape) for shape in ((rows, 5), (rows, 2), (3, 5), rows, 3)), cell=cell)
    inputs = rng.standard_normal((4, 6, 2))
    assert np.allclose(outputs(weights, inputs, "float64"), rollout(weights, inputs), atol=1e-13, rtol=0)
    single = outputs(weights, inputs, "float32")
    assert single.dtype == np.float32 and 1e-9 < np.max(np.abs(single - rollout(weights, inputs))) < 1e-5


TRAINING = {
    "engine": "fused", "updates": 200, "batch": 16, "learning_rate": 3e-3, "clip": 1.0, "stop_when_solved": False,
    "check_every": 200, "validation_trials": 16, "solved": 0.5,
}  # fmt: skip


def test_of_trained_networks():
    """tanh without biases is odd, whatever was trained; one sign alone is not there."""
    networks = train({"task": "flipflop", "length": 10}, 12, "orthogonal", [0, 1], TRAINING)
    found = equivariance(networks, {"trials": 20})
    assert found["element"].values.tolist() == ["all signs", "one sign", "swap", "shift"]
    assert found["largest"].dims == ("seed", "element", "precision") and found.attrs["trials"] == 20
    assert (found.sel(element="all signs")["largest"] == 0).all(), "to the last bit"
    task = make_task({"task": "flipflop", "length": 10})
    for seed in (0, 1):
        assert found["fvu"].sel(seed=seed) == task.score(netcdf.weights_of(networks, seed), task.held_out(20))
    assert (found["discrepancy"].sel(element=["one sign", "swap"]) > 1e-3).all()
    own = equivariance(networks, {"trials": 20}, {"mine": (-np.eye(3), -np.eye(3))})
    assert (own["discrepancy"] == 0).all() and own["element"].values.tolist() == ["mine"]
    lost = networks.assign(status=("seed", ["ok", "diverged"]))
    assert np.isfinite(equivariance(lost)["largest"][0]).all() and np.isnan(equivariance(lost)["largest"][1]).all()


def test_classes_are_compared_by_their_log_probabilities():
    """What is added to all classes alike says nothing: a readout that does so breaks no symmetry."""
    task, rng = task_of("copy_memory"), np.random.default_rng(4)
    network = train(task.settings, 9, "default", [0], TRAINING | {"updates": 5, "loss": "cross_entropy", "solved": 1.0})
    plain, common = equivariance(network, {"trials": 8}), rng.standard_normal(9)
    moved = equivariance(network.assign(W_hy=network["W_hy"] + common.astype("f4")), {"trials": 8})
    assert np.isnan(plain["fvu"]).all() and (plain["discrepancy"] > 1e-3).all()
    assert np.allclose(moved["discrepancy"], plain["discrepancy"], rtol=1e-3)


def test_what_cannot_be_asked():
    sine = train({"task": "sine", "length": 6}, 4, "default", [0], TRAINING | {"updates": 1})
    with pytest.raises(SchurscopeError, match="no symmetry of 'sine' is known; give elements"):
        equivariance(sine)
    eye, one = np.eye(1), np.eye(1)
    for pair, said in (
        ((2 * eye, one), "an action on the input is not orthogonal"),
        ((eye, np.ones((1, 2))), r"an action on the output has the shape \(1, 2\)"),
        ((np.eye(2), one), "'mine' acts on 2 input channels; the network has 1"),
        ((eye, np.eye(3)), "'mine' acts on 3 output channels; the network has 1"),
    ):
        with pytest.raises(SchurscopeError, match=said):
            equivariance(sine, elements={"mine": pair})
    trials = Trials(np.zeros((2, 3, 1)), np.zeros((2, 3, 1)), np.ones((2, 3, 1), dtype=bool), h0=np.zeros((2, 4)))
    weights = Weights(np.eye(4), np.ones((4, 1)), np.ones((1, 4)))
    with pytest.raises(SchurscopeError, match="these trials have initial states of their own"):
        map_errors(weights, trials, {"mine": (eye, one)})
