"""The training loop: solved, stopping, horizons, divergence; and the default copy recipe at N = 72."""

import logging

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from schurscope.analyses.ablation import REMOVED, ablate
from schurscope.cells.rollout import rollout
from schurscope.metrics import make_metric
from schurscope.schur.form import ordered_schur
from schurscope.tasks import make_task
from schurscope.training import loop as training
from schurscope.training.engines import fused
from schurscope.training.groups import make_engine
from schurscope.workflow.config.whole import check_config

COPY = make_task({"task": "copy", "symbols": 2, "channels": 2, "lags": 8})


def train(task, width, init, seed, settings, label=""):
    """One network."""
    return training.train(task, width, init, [seed], settings, label)[0]


SETTINGS = {
    "engine": "fused", "updates": 600, "batch": 32, "learning_rate": 3e-3, "clip": 1.0, "stop_when_solved": True,
    "check_every": 50, "validation_trials": 64, "horizon": 4, "solved": 0.95,
}  # fmt: skip


def test_stops_when_solved_and_says_so():
    result = train(COPY, 12, "orthogonal", 0, SETTINGS)
    assert result.solved and result.status == "ok" and result.score >= 0.95
    assert len(result.loss) % 50 == 0 and 0 < len(result.loss) < 600
    trials = COPY.validation(64)
    outputs = rollout(result.weights, trials.inputs)
    assert result.score == np.mean(((outputs >= 0) == (trials.targets > 0))[trials.mask])


def test_goes_on_when_told_and_is_the_same_network_until_then():
    stopped = train(COPY, 12, "orthogonal", 0, SETTINGS)
    whole = train(COPY, 12, "orthogonal", 0, SETTINGS | {"stop_when_solved": False})
    assert len(whole.loss) == 600
    assert np.array_equal(whole.loss[: len(stopped.loss)], stopped.loss)


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_rates_are_halved_where_validation_is_no_better_and_the_best_network_is_kept(engine):
    """By hand: the same updates and looks, with the rule written out."""
    said = SETTINGS | {"engine": engine, "updates": 60, "check_every": 6, "learning_rate": 0.1, "solved": 1.0}
    said |= {"stop_when_solved": False}
    result = train(COPY, 12, "orthogonal", 0, said | {"halve_when_worse": True})
    hand, trials = make_engine(COPY, 12, "orthogonal", 0, said), COPY.validation(64)
    rate, best, halved, losses = 0.1, None, 0, []
    for update in range(60):
        losses.append(hand.update(COPY.trials(0, update, 32, 4)))
        if (update + 1) % 6 == 0:
            weights = hand.weights()
            score = COPY.score(weights, trials)
            if best is None or score > best[0]:
                best = score, weights
            else:
                rate, halved = rate / 2, halved + 1
                if engine == "fused":
                    hand.rate = np.full_like(hand.rate, rate / 0.1)
                else:
                    hand.optimiser.param_groups[0]["lr"] = rate
                    hand.optimiser.param_groups[1]["lr"] = hand.optimiser.param_groups[2]["lr"] = rate
    assert 0 < halved < 9 and losses == list(result.loss)
    assert result.score == best[0] and np.array_equal(result.weights.W_hh, best[1].W_hh)


@pytest.mark.parametrize("metric, chance", [("fvu", 1.0), ("circular_rmse", np.pi / np.sqrt(3))])
def test_a_path_on_the_circle_is_learned(metric, chance):
    """Of 9 steps, in a second: far below chance, also where the first phases lie elsewhere than in training."""
    said = SETTINGS | {"updates": 300, "stop_when_solved": False, "solved": 0.25, "cell": "relu"}
    task = make_task({"task": "circle_path", "length": 9, "metric": metric})
    result = train(task, 24, "orthogonal", 0, {key: value for key, value in said.items() if key != "horizon"})
    held_out = task.score(result.weights, task.held_out(256))
    assert held_out < 0.2 * chance and result.score == pytest.approx(held_out, rel=0.3)


def test_not_solved_is_a_result():
    result = train(COPY, 12, "orthogonal", 0, SETTINGS | {"updates": 7})
    assert not result.solved and result.status == "ok" and len(result.loss) == 7 and np.isfinite(result.score)


def test_diverged_is_a_result():
    result = train(COPY, 12, "default", 0, SETTINGS | {"learning_rate": 1e30})
    assert result.status == "diverged" and not result.solved and np.isnan(result.score)
    assert not np.isfinite(result.loss[-1]) and np.isfinite(result.loss[:-1]).all()
    assert np.isfinite(result.weights.W_hh).all()


@pytest.mark.parametrize("halving, status", [(True, "ok"), (False, "diverged")])
def test_the_best_network_outlives_a_loss_that_is_not_finite(halving, status, monkeypatch):
    """A stopped loss after 20 of 60 updates: with a best network to go back to, that is the one of update 12."""
    losses, real = iter(range(1000)), fused.Engine.update
    monkeypatch.setattr(
        fused.Engine, "update", lambda self, trials: real(self, trials) if next(losses) < 20 else float("nan")
    )
    said = SETTINGS | {"updates": 60, "check_every": 12, "stop_when_solved": False, "halve_when_worse": halving}
    result = train(COPY, 12, "orthogonal", 0, said)
    assert result.status == status and len(result.loss) == 21
    monkeypatch.undo()
    kept = train(COPY, 12, "orthogonal", 0, SETTINGS | {"updates": 12, "check_every": 12})
    assert np.array_equal(result.weights.W_hh, kept.weights.W_hh) == halving
    assert np.isnan(result.score) if not halving else result.score == kept.score


def test_seeds_differ_and_repeats_are_equal():
    first, again, other = (train(COPY, 8, "normal", seed, SETTINGS | {"updates": 20}) for seed in (0, 0, 1))
    assert np.array_equal(first.weights.W_hh, again.weights.W_hh) and np.array_equal(first.loss, again.loss)
    assert not np.array_equal(first.weights.W_hh, other.weights.W_hh)


@pytest.fixture
def given(monkeypatch):
    """The trials that each update was given."""
    found, real = [], fused.Engine.update
    monkeypatch.setattr(fused.Engine, "update", lambda self, trials: found.append(trials) or real(self, trials))
    return found


def test_horizon_curriculum(given):
    """The horizon moves on when a batch exceeds advance_at, and trials get longer with it."""
    settings = SETTINGS | {"horizon": [2, 4, 8], "advance_at": 0.8, "stop_when_solved": False}
    train(COPY, 12, "orthogonal", 0, settings)
    used = [trials.inputs.shape[1] - 2 for trials in given]  # two symbols come first
    assert len(used) == 600
    changes = [used[0], *(b for a, b in zip(used[:-1], used[1:], strict=True) if a != b)]
    assert changes == [2, 4, 8]
    assert all(used[k] == used[k // 50 * 50] for k in range(600))  # only after a check


def test_which_trials_are_used_for_what(given, monkeypatch):
    """Update k trains on the trials of update k; validation decides; the held-out trials are never drawn."""
    seen = []
    for name in ("validation", "held_out"):
        real = getattr(type(COPY), name)
        monkeypatch.setattr(
            type(COPY), name, lambda self, *a, name=name, real=real: seen.append((name, *a)) or real(self, *a)
        )
    train(COPY, 6, "default", 5, SETTINGS | {"updates": 4})
    assert seen == [("validation", 64)] and len(given) == 4
    for update, trials in enumerate(given):
        expected = COPY.trials(5, update, SETTINGS["batch"], SETTINGS["horizon"])
        assert np.array_equal(trials.inputs, expected.inputs) and np.array_equal(trials.mask, expected.mask)


def test_seeds_start_with_other_ends():
    starts = [make_engine(COPY, 8, "default", seed, SETTINGS).weights() for seed in (0, 1)]
    assert not np.array_equal(starts[0].W_xh, starts[1].W_xh)
    assert not np.array_equal(starts[0].W_hy, starts[1].W_hy)
    assert not np.allclose(starts[0].W_xh.ravel(), starts[0].W_hy.ravel())


def test_horizon_waits_for_its_threshold():
    horizon = training.Horizon([2, 4], 0.9)
    for value, now in ((0.9, 2), (0.91, 4), (1.0, 4)):
        horizon.advance(value)
        assert horizon.now == now


def test_weights_that_overflow_in_the_last_update_are_diverged():
    result = train(make_task({"task": "sine"}), 8, "default", 0, SETTINGS | {"learning_rate": 1e39, "updates": 1})
    assert result.status == "diverged" and np.isnan(result.score)


def test_solved_has_a_direction():
    accuracy, fvu = make_metric("accuracy"), make_metric("fvu")
    assert [accuracy.reached(value, 0.99) for value in (0.99, 0.98, np.nan)] == [True, False, False]
    assert [fvu.reached(value, 0.05) for value in (0.05, 0.06, np.nan)] == [True, False, False]


def test_progress_has_time_left(monkeypatch, caplog):
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)
    with caplog.at_level(logging.INFO, "schurscope.training.loop"):
        train(COPY, 4, "default", 0, SETTINGS | {"updates": 60}, label="copy n4 default")
    text = "copy n4 default, seed 0 (1 of 1 in this job): update 50 of 60, 1 going on, at most"
    assert text in caplog.text and "s left, median loss" in caplog.text
    assert "ended after 60 updates, 0 of 1 solved" in caplog.text


@pytest.mark.parametrize("engine", ["fused", "batched"])
def test_numbers_of_what_is_done(monkeypatch, engine):
    """One network after the other, or side by side."""
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)
    told = []
    settings = SETTINGS | {"engine": engine, "updates": 120, "check_every": 60, "solved": 1.0}
    settings |= {"device": "cpu"} if engine == "batched" else {}
    training.train(COPY, 8, "orthogonal", [0, 1], settings, tell=lambda *numbers: told.append(numbers))
    runs = (50, 60, 110, 120)
    if engine == "fused":
        first, second = ([(trained, 1, update) for update in runs] for trained in (0, 1))
        assert told == [*first, (1, 0, 0), *second, (2, 0, 0)]
    else:
        assert told == [*((0, 2, update) for update in runs), (2, 0, 0)]


@pytest.mark.slow
@pytest.mark.parametrize("init", ["default", "orthogonal", "normal", "cayley"])
def test_default_copy_recipe_solves_72_units(paper_config, init):
    """Intact accuracy at least 0.9995; Cayley, normal by construction, loses at most 0.001 with any removal."""
    settings = check_config(paper_config)["tasks"]["copy"]
    task = make_task(settings["settings"])
    with threadpool_limits(1):
        result = train(task, 72, init, 0, settings["training"])
        trials = task.held_out(512)
        assert result.solved and task.score(result.weights, trials) >= 0.9995
        grid = ablate(ordered_schur(result.weights.W_hh), result.weights, trials, task.metric, [0.85, 0.9, 0.95])
    if init == "cayley":
        assert grid["accuracy"].shape == (3, len(REMOVED))
        assert np.max(np.abs(grid["accuracy"] - grid["accuracy"][0, 0])) < 0.001
