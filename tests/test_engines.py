"""One meaning, several engines: the fused update against torch autograd, and the forward map against torch.nn.RNN."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from drawn import DRAWN
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.foundations.registry import REGISTRY
from schurscope.tasks import make_task
from schurscope.training.groups import make_engine

TRAINING = {"learning_rate": 1e-3, "clip": 0.3}


def engines(task, init, dtype, training=TRAINING):
    return [make_engine(task, 16, init, 0, training | {"engine": name}, dtype=dtype) for name in ("fused", "torch")]


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float64", 1e-10), pytest.param("float32", 1e-4, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    ("name", "init"),
    [(name, "orthogonal") for name in DRAWN if name != "flipflop"] + [("flipflop", init) for init in REGISTRY["init"]],
)
def test_fused_is_autograd(name, init, dtype, tolerance):
    """Fifty updates, the gradient clipped in many of them: losses (of themselves) and weights agree."""
    task = make_task({"task": name})
    pair = engines(task, init, dtype)
    for update in range(50):
        trials = task.trials(0, update, 16, 10 if task.has_horizon else None)
        losses = [engine.update(trials) for engine in pair]
        assert losses[0] == pytest.approx(losses[1], rel=tolerance)
    fused, reference = (engine.weights() for engine in pair)
    for field in ("W_hh", "W_xh", "W_hy"):
        assert getattr(fused, field).dtype == dtype
        assert np.max(np.abs(getattr(fused, field) - getattr(reference, field))) < tolerance


@pytest.mark.parametrize("cell", ["tanh", "relu", "modrelu"])
@pytest.mark.parametrize("kind", ["mse", "cross_entropy"])
@pytest.mark.parametrize("optimiser", ["adam", "rmsprop"])
def test_fused_does_any_recipe(cell, kind, optimiser):
    """Rates, decay and penalties of groups too; the mask of copy scores some steps, that of copy_memory all. With
    biases where the cell is not tanh, and an embedding where it is ReLU.
    """
    settings = {"task": "copy_memory", "symbols": 3, "alphabet": 4, "delay": 6}
    task = make_task(settings if kind == "cross_entropy" else {"task": "copy", "symbols": 2, "channels": 2, "lags": 5})
    groups = {
        "X": {"learning_rate": 1e-4}, "T": {"weight_decay": 0.01}, "gamma": {"penalty": 0.1, "towards": 1.0},
        "W_xh": {"penalty": 0.02, "learning_rate": 2e-3},
    }  # fmt: skip
    said = {"learning_rate": 1e-3, "clip": 0.5, "loss": kind, "optimiser": {"name": optimiser}, "groups": groups}
    said |= {} if cell == "tanh" else {"biases": ["b_h", "b_y"], "ends": "glorot"}
    said |= {"embedding": 3} if cell == "relu" else {}
    pair = [
        make_engine(task, 12, "triangular", 0, said | {"engine": name, "cell": cell}, dtype="float64")
        for name in ("fused", "torch")
    ]
    for update in range(30):
        trials = task.trials(0, update, 5)
        losses = [engine.update(trials) for engine in pair]
        assert losses[0] == pytest.approx(losses[1], rel=1e-10)
    fused, reference = (engine.weights().arrays() for engine in pair)
    assert fused.keys() == reference.keys() and ("b_modulus" in fused) == (cell == "modrelu")
    assert ("b_h" in fused) == ("b_y" in fused) == (cell != "tanh")
    for name, array in reference.items():
        assert np.max(np.abs(fused[name] - array)) < 1e-10, name


@pytest.mark.parametrize("cell", ["tanh", "modrelu"])
def test_states_are_carried_over(cell):
    """Trials that begin where the last ones ended: the states at the end, losses and weights are autograd's."""
    task = make_task({"task": "copy_memory", "symbols": 3, "alphabet": 4, "delay": 6})
    said = {"learning_rate": 1e-2, "clip": None, "loss": "cross_entropy", "cell": cell, "biases": ["b_h"]}
    pair = [
        make_engine(task, 12, "default", 0, said | {"engine": name}, dtype="float64") for name in ("fused", "torch")
    ]
    losses = []
    for update in range(10):
        trials = task.trials(0, update, 5)
        given = [trials if update % 4 == 0 else replace(trials, h0=engine.last.copy()) for engine in pair]
        losses.append([engine.update(own) for engine, own in zip(pair, given, strict=True)])
        assert np.max(np.abs(pair[0].last - pair[1].last)) < 1e-10
    assert np.array(losses)[:, 0] == pytest.approx(np.array(losses)[:, 1], rel=1e-10)
    assert np.max(np.abs(pair[0].weights().W_hh - pair[1].weights().W_hh)) < 1e-10
    h = rollout(replace(pair[0].weights(), W_hy=np.eye(12)), trials.inputs, given[0].h0)[:, -1]
    assert np.max(np.abs(h - pair[0].last)) > 1e-6, "the states are those before the update"


def test_training_lowers_the_loss_and_cayley_stays_normal():
    task = make_task({"task": "flipflop"})
    engine = make_engine(task, 16, "cayley", 0, {"learning_rate": 3e-3, "clip": 1.0, "engine": "fused"})
    losses = []
    for update in range(300):
        losses.append(engine.update(task.trials(0, update, 32)))
        W = engine.weights().W_hh.astype(np.float64)
        assert np.max(np.abs(W @ W.T - W.T @ W)) < 2e-6  # float32 rounding
    assert np.mean(losses[-20:]) < 0.4 * np.mean(losses[:20])


def test_a_loss_that_is_not_finite_changes_nothing():
    task = make_task({"task": "flipflop"})
    for engine in engines(task, "default", np.float32):
        before = engine.weights()
        trials = task.trials(0, 0, 4)
        trials.targets[0, 0, 0] = np.inf
        assert not np.isfinite(engine.update(trials))
        assert np.array_equal(engine.weights().W_hh, before.W_hh)


def test_rollout_is_torch_rnn():
    """Orientation and conventions, once and for all: the same weights in torch.nn.RNN and Linear."""
    rng = np.random.default_rng(0)
    weights = Weights(rng.standard_normal((7, 7)) / 2, rng.standard_normal((7, 3)), rng.standard_normal((2, 7)))
    rnn, linear = torch.nn.RNN(3, 7, bias=False, batch_first=True).double(), torch.nn.Linear(7, 2, bias=False).double()
    with torch.no_grad():
        rnn.weight_hh_l0.copy_(torch.tensor(weights.W_hh))
        rnn.weight_ih_l0.copy_(torch.tensor(weights.W_xh))
        linear.weight.copy_(torch.tensor(weights.W_hy))
        inputs = rng.standard_normal((5, 30, 3))
        expected = linear(rnn(torch.tensor(inputs))[0]).numpy()
    assert np.max(np.abs(rollout(weights, inputs) - expected)) < 1e-12
    transposed = Weights(weights.W_hh.T, weights.W_xh, weights.W_hy)
    assert np.max(np.abs(rollout(transposed, inputs) - expected)) > 0.1


def test_start_is_shared_between_constructions():
    task = make_task({"task": "sine"})
    starts = [make_engine(task, 8, init, 5, TRAINING | {"engine": "fused"}).weights() for init in REGISTRY["init"]]
    for other in starts[1:]:
        assert np.array_equal(other.W_xh, starts[0].W_xh) and np.array_equal(other.W_hy, starts[0].W_hy)
        assert not np.array_equal(other.W_hh, starts[0].W_hh)
    assert np.abs(starts[0].W_xh).max() <= 8**-0.5
