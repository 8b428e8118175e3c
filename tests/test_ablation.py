"""The grid against a plain implementation of the paper's equations 1 to 9, step by step, and against known answers."""

import numpy as np
import pytest

from matrices import block_shift
from schurscope.analyses.ablation import REMOVED, ablate, sectors_of
from schurscope.cells.weights import Weights
from schurscope.metrics import discrepancy
from schurscope.metrics.fraction_unexplained import sensitivity
from schurscope.schur.form import SECTORS, ordered_schur
from schurscope.tasks import make_task

RNG = np.random.default_rng(5)
N = 10
ALPHAS = [0.3, 0.6, 0.9]
TASKS = {
    "copy": {"task": "copy", "symbols": 2, "channels": 2, "lags": 9},
    "flipflop_schuessler": {"task": "flipflop_schuessler"},
}


def network(task):
    W = 1.3 * RNG.standard_normal((N, N)) / N**0.5
    return Weights(W, RNG.standard_normal((N, task.inputs)), RNG.standard_normal((task.outputs, N)))


def slow_rollout(W_hh, weights, inputs):
    outputs = []
    for trial in inputs:
        h, ys = np.zeros(N), []
        for x in trial:
            h = np.array([np.tanh(weights.W_xh[i] @ x + W_hh[i] @ h) for i in range(N)])
            ys.append(weights.W_hy @ h)
        outputs.append(ys)
    return np.array(outputs)


def slow_metric(task, outputs, trials):
    scored = trials.mask
    if task.metric == "accuracy":
        return np.mean(np.where(outputs >= 0, 1, -1)[scored] == trials.targets[scored])
    means = np.array([trials.targets[..., c][scored[..., c]].mean() for c in range(outputs.shape[2])])
    return np.sum(((outputs - trials.targets) ** 2)[scored]) / np.sum(((trials.targets - means) ** 2)[scored])


@pytest.fixture(params=TASKS, scope="module")
def grid(request):
    task = make_task(TASKS[request.param])
    weights, trials = network(task), task.held_out(12)
    form = ordered_schur(weights.W_hh)
    return task, weights, trials, form, ablate(form, weights, trials, task.metric, ALPHAS)


def test_every_number_of_the_grid(grid):
    task, weights, trials, form, result = grid
    moduli = np.abs(form.eigenvalues)
    intact = slow_rollout(weights.W_hh, weights, trials.inputs)
    for a, alpha in enumerate(ALPHAS):
        R = moduli >= alpha * moduli.max() * (1 - 1e-9)
        assert result["n_R"][a] == R.sum()
        for r, removed in enumerate(REMOVED):
            T = form.T.copy()
            for i in range(N):
                for j in range(N):
                    coupling = form.block_of[i] < form.block_of[j]
                    sector = {(True, True): "RR", (True, False): "CR", (False, False): "CC"}.get((R[i], R[j]))
                    if coupling and sector in removed.split("+"):
                        T[i, j] = 0
            outputs = slow_rollout(form.Q @ T @ form.Q.T, weights, trials.inputs)
            name = task.metric
            assert result[name][a, r] == pytest.approx(slow_metric(task, outputs, trials), abs=1e-9)
            mass = np.linalg.norm(form.T - T) / np.linalg.norm(form.T)
            assert result["removed_mass"][a, r] == pytest.approx(mass, abs=1e-12)
            assert result["discrepancy"][a, r] == pytest.approx(discrepancy(outputs, intact, trials.mask), abs=1e-9)
            if name == "fvu":
                delta = slow_metric(task, outputs, trials) - slow_metric(task, intact, trials)
                assert result["delta_fvu"][a, r] == pytest.approx(delta, abs=1e-9)
                if mass >= 1e-5:
                    assert result["sensitivity"][a, r] == pytest.approx(delta / mass, abs=1e-7)
                else:
                    assert np.isnan(result["sensitivity"][a, r])


def test_intact_is_the_stored_matrix_itself(grid):
    """Not Q T Q^T, which differs in the last bits."""
    task, weights, trials, form, result = grid
    assert (result[task.metric][:, 0] == task.score(weights, trials)).all()
    assert np.array_equal(form.without([], 0.9), weights.W_hh)


def test_masses_add_up(grid):
    *_, result = grid
    for a in range(len(ALPHAS)):
        by_label = dict(zip(REMOVED, result["removed_mass"][a] ** 2, strict=True))
        by_sector = dict(zip(SECTORS, result["mass"][a] ** 2, strict=True))
        for removed in REMOVED:
            assert by_label[removed] == pytest.approx(sum(by_sector[s] for s in sectors_of(removed)), abs=1e-14)


def test_lags_average_to_the_accuracy(grid):
    task, *_, result = grid
    if task.metric == "accuracy":
        assert result["accuracy_by_lag"].shape == (3, 8, 9)
        assert np.allclose(result["accuracy_by_lag"].mean(axis=2), result["accuracy"])


def test_numbers_do_not_depend_on_the_list_of_alphas(grid):
    task, weights, trials, form, result = grid
    alone = ablate(form, weights, trials, task.metric, [0.6])
    for name, values in alone.items():
        assert np.array_equal(values[0], result[name][1], equal_nan=True), name


def test_ideal_copy_network_loses_nothing():
    """The block shift solves linear copy exactly and is normal: every removal is a no-op, C is empty or idle."""
    task = make_task({"task": "copy", "symbols": 3, "channels": 2, "lags": 20})
    rng = np.random.default_rng(0)
    shift = np.kron(np.roll(np.eye(3), 1, axis=0), np.eye(2))
    write = np.zeros((6, 2))
    write[:2] = 1e-3 * np.eye(2)  # small, so that tanh is linear
    read = np.zeros((2, 6))
    read[:, :2] = np.eye(2)
    basis = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    weights = Weights(basis @ shift @ basis.T, basis @ write, read @ basis.T)
    form = ordered_schur(weights.W_hh)
    result = ablate(form, weights, task.held_out(50), task.metric, [0.5, 0.9])
    assert (result["n_R"] == 6).all() and np.isnan(result["split_gap"]).all()
    assert (result["accuracy"] == 1).all()
    assert (result["discrepancy"] < 1e-20).all() and (result["mass"] < 1e-14).all()


def test_normal_network_has_no_sensitivity():
    task = make_task({"task": "flipflop"})
    weights = Weights(block_shift(12, 8, RNG), RNG.standard_normal((12, 3)), RNG.standard_normal((3, 12)))
    result = ablate(ordered_schur(weights.W_hh), weights, task.held_out(20), task.metric, [0.9])
    assert np.isnan(result["sensitivity"]).all() and np.max(np.abs(result["delta_fvu"])) < 1e-10


def test_sensitivity_has_a_floor():
    values = sensitivity(np.array([1.0, 1.0, 1.0]), np.array([0.0, 0.99e-5, 1e-5]))
    assert np.isnan(values[:2]).all() and values[2] == pytest.approx(1e5)
