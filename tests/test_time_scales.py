"""Time scales of networks, of what removals leave of them and of circuits, against plain loops and known spectra."""

import numpy as np
import pytest

from schurscope.analyses import lyapunov
from schurscope.analyses.ablation import REMOVED
from schurscope.analyses.subject import Subject
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.reports.analyses import lyapunov as report
from schurscope.schur.form import ordered_schur
from schurscope.stages.analyse import analyse
from schurscope.stages.circuit import circuit
from schurscope.stages.decompose import decompose
from schurscope.stages.gather import gather
from schurscope.stages.question import question
from schurscope.stages.train import train
from schurscope.tasks import make_task

SETTINGS = {"steps": 60, "warm_up": 10, "trials": 3}
TRAINING = {
    "engine": "fused", "updates": 60, "batch": 16, "learning_rate": 1e-2, "clip": 1.0, "stop_when_solved": False,
    "check_every": 60, "validation_trials": 8, "solved": 0.9,
}  # fmt: skip


def subject(W, task="flipflop", size=0.5, **settings):
    n, task = len(W), make_task({"task": task, **settings})
    rng = np.random.default_rng(5)
    weights = Weights(W, size * rng.standard_normal((n, task.inputs)), rng.standard_normal((task.outputs, n)))
    trials = task.held_out(5)
    return Subject(weights, ordered_schur(W), trials, task.metric, [0.7], 0.7, ("test", n, "made", 0), task=task)


def gaussian(n, gain=0.9):
    return gain * np.random.default_rng(1).standard_normal((n, n)) / n**0.5


def plain(W, W_xh, inputs, left_out):
    """Mean over trials of exponents, and each trial's, by loops."""
    every = []
    for trial in inputs:
        h, Q, logs = np.zeros(len(W)), np.eye(len(W)), []
        for x in trial:
            h = np.tanh(W @ h + W_xh @ x)
            Q, R = np.linalg.qr((1 - h**2)[:, None] * W @ Q)
            logs.append(np.log(np.abs(np.diag(R))))
        every.append(np.sort(np.mean(logs[left_out:], axis=0))[::-1])
    return np.mean(every, axis=0), np.array(every)


def test_removals_against_plain_loops():
    one = subject(gaussian(8))
    found = lyapunov.measure(one, SETTINGS)
    inputs, form = one.trials.inputs[:3], one.form
    intact, every = plain(form.W, one.weights.W_xh, inputs, 5)
    n_R = form.leading(0.7)
    assert 0 < n_R < 8 and found["n_R"] == n_R
    assert found["slow"][0] == np.mean(np.sum(every > np.log(0.7), axis=1))
    for r, removed in enumerate(REMOVED):
        W = form.W if removed == "none" else form.without(removed.split("+"), 0.7)
        mean, every = plain(W, one.weights.W_xh, inputs, 5)
        assert np.allclose(found["exponent"][r], mean, atol=1e-9)
        assert np.allclose(found["exponent_spread"][r], every.std(axis=0), atol=1e-9)
        assert found["moved"][r] == pytest.approx(np.max(np.abs(mean - intact)[:n_R]), abs=1e-9)
        outputs, before = (rollout(Weights(V, one.weights.W_xh, one.weights.W_hy), inputs) for V in (W, form.W))
        assert found["discrepancy"][r] == pytest.approx(
            np.mean((outputs - before) ** 2) / before.var(axis=(0, 1)).mean()
        )
    assert (found["sum_rule"] < 1e-12).all()


def test_near_the_linear_regime_exponents_are_log_moduli_whatever_goes():
    """And a triangular removal leaves them: the eigenvalues of T are on its diagonal."""
    one = subject(0.9 * gaussian(8), size=1e-4)
    found = lyapunov.measure(one, SETTINGS | {"steps": 3000, "warm_up": 1000})
    assert np.allclose(found["exponent_autonomous"], found["log_modulus"], atol=2e-3)
    assert np.allclose(found["exponent_driven"], found["log_modulus"], atol=2e-3)
    assert found["discrepancy"][-1] > 0.01 and found["convergence_driven"].max() < 5e-3


def test_only_tasks_of_any_length_have_a_long_trial():
    long = lyapunov.long_trial(make_task({"task": "flipflop", "length": 9}), 300)
    assert long.shape == (1, 300, 3) and np.count_nonzero(long) > 10
    assert lyapunov.long_trial(make_task({"task": "copy"}), 300) is None and lyapunov.long_trial(None, 9) is None
    found = lyapunov.measure(subject(gaussian(4), task="copy", symbols=2), SETTINGS)
    assert np.isnan(found["exponent_driven"]).all() and np.isfinite(found["exponent_autonomous"]).all()


@pytest.mark.parametrize("W", [np.zeros((3, 3)), np.triu(gaussian(4), 1), np.array([[0.5]]), np.eye(4)], ids=str)
def test_odd_networks_go_through(W):
    found = lyapunov.measure(subject(W), SETTINGS)
    sizes = {"removed": len(REMOVED), "rank": len(W), "trajectory": 3}
    for name, (dims, _) in lyapunov.VARIABLES.items():
        assert np.shape(found[name]) == tuple(sizes[dim] for dim in dims), name
    assert set(found) == set(lyapunov.VARIABLES)
    assert np.isneginf(found["exponent"][0]).all() == (np.linalg.det(W) == 0)


@pytest.fixture(scope="module")
def blocks():
    made = []
    for width in (6, 9):
        networks = train({"task": "flipflop", "length": 8}, width, "default", [0, 1], TRAINING)
        made.append((networks, decompose(networks)))
    return made


def test_networks_of_two_widths_in_one_file_and_in_words(blocks):
    settings = {"alphas": [0.9], "alpha": 0.9, "trials": 8, "own": SETTINGS}
    found = [analyse("lyapunov", *block, settings) for block in blocks]
    whole = gather(found)
    assert whole["exponent"].sizes["rank"] == 9 and whole["rank"].values.tolist() == list(range(1, 10))
    narrow = whole["exponent"].sel(width=6, init="default")
    assert narrow[..., 6:].isnull().all() and np.array_equal(narrow[..., :6], found[0]["exponent"])
    whole["solved"][:] = 1
    rows = report.numbers([whole], None, 0.9).set_index("quantity")
    slow = whole["slow"].sel(removed="none", init="default").values
    assert rows.loc["slow", "n"] == 4 and rows.loc["slow", "median"] == np.median(slow)
    words = report.answer(rows.reset_index(), 0.9)
    assert words.startswith("At α = 0.9, in solved networks") and "flipflop (n = 4)" in words
    chart = report.draw({"diagnostic": [whole]}, {"alpha": 0.9})
    assert chart.to_dict()["title"]["text"] == "Time scales"


def test_of_circuits_against_plain_loops(blocks):
    networks, schur = blocks[0]
    counts = {"selection": 24, "guard": 32, "trials": 16, "epsilons": [0.01, 0.1]}
    circuits = circuit(networks, schur, counts)
    found = question("time_scales", networks, schur, circuits, [0.9])
    inputs = make_task({"task": "flipflop", "length": 8}).held_out(16).inputs[:8]
    for seed in (0, 1):
        one, form, mine = (dataset.sel(seed=seed) for dataset in (networks, schur, circuits))
        W, Q, T = (np.asarray(array, dtype=float) for array in (one["W_hh"], form["Q"], form["T"]))
        W_xh = one["W_xh"].values.astype(float)
        intact = plain(W, W_xh, inputs, 1)[0]
        assert np.allclose(found["exponent_intact"].sel(seed=seed), intact, atol=1e-9)
        for e in range(2):
            kept = mine["kept"].values[e] == 1
            without = plain(Q @ np.where(kept, T, 0) @ Q.T, W_xh, inputs, 1)[0]
            assert np.allclose(found["exponent"].sel(seed=seed)[e], without, atol=1e-8)
            moved = np.max(np.abs(without - intact)[intact > -1])
            assert found["moved"].sel(seed=seed)[e] == pytest.approx(moved, abs=1e-8)
