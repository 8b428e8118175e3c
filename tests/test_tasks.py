"""Every task against a plain loop over trials and steps, written from its definition."""

import numpy as np
import pytest

from drawn import DRAWN
from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics import make_metric
from schurscope.tasks import make_task


@pytest.mark.parametrize("name", DRAWN)
def test_what_every_task_promises(name):
    task = make_task({"task": name})
    a, b = task.trials(3, 17, 5), task.trials(3, 17, 5)
    for field in ("inputs", "targets", "mask"):
        assert np.array_equal(getattr(a, field), getattr(b, field))
        assert getattr(a, field).dtype == (bool if field == "mask" else np.float64)
    assert a.inputs.shape[2] == task.inputs and a.targets.shape[2] == task.outputs
    assert a.inputs.shape[:2] == a.targets.shape[:2] == a.mask.shape[:2] and a.mask.shape == a.targets.shape
    assert np.isfinite(a.inputs).all() and np.isfinite(a.targets).all()
    more = task.trials(3, 17, 9)
    assert more.inputs.shape[0] == 9
    others = [task.trials(0, 0, 5), task.trials(4, 17, 5), task.trials(3, 18, 5), task.validation(5), task.held_out(5)]
    inputs = [a.inputs, *(other.inputs[:, : a.inputs.shape[1]] for other in others)]
    assert all(not np.array_equal(x, y) for i, x in enumerate(inputs) for y in inputs[:i])


def test_copy():
    task = make_task({"task": "copy", "symbols": 3, "channels": 2, "lags": 7})
    trials = task.held_out(4)
    assert trials.inputs.shape == (4, 10, 2)
    for i in range(4):
        for t in range(10):
            for c in range(2):
                assert trials.mask[i, t, c] == (t >= 3)
                if t < 3:
                    assert trials.inputs[i, t, c] in (-1, 1)
                else:
                    assert trials.inputs[i, t, c] == 0
                    assert trials.targets[i, t, c] == trials.inputs[i, t % 3, c]
    short = task.trials(0, 0, 4, horizon=2)
    assert short.inputs.shape == (4, 5, 2) and short.mask.sum() == 4 * 2 * 2


def test_copy_memory():
    task = make_task({"task": "copy_memory", "symbols": 3, "alphabet": 4, "delay": 5})
    trials = task.held_out(200)
    assert trials.inputs.shape == (200, 11, 6) and trials.targets.shape == (200, 11, 5) and trials.mask.all()
    seen = set()
    for i in range(200):
        sequence = [int(np.argmax(trials.inputs[i, t])) for t in range(3)]
        heard = [*sequence, 0, 0, 0, 0, 5, 0, 0, 0]
        answer = [0] * 8 + sequence
        for t in range(11):
            assert trials.inputs[i, t].tolist() == [float(k == heard[t]) for k in range(6)]
            assert trials.targets[i, t].tolist() == [float(k == answer[t]) for k in range(5)]
        seen.update(sequence)
    assert seen == {1, 2, 3, 4}
    outputs = np.where(trials.targets[..., :1] == 1, [9.0, -9, -9, -9, -9], [-9.0, 9, 9, 9, 9])
    lost = make_metric("cross_entropy").score(outputs, trials.targets, trials.mask)
    assert lost == pytest.approx(3 * np.log(4) / 11, abs=1e-6), "that of an answer without memory"
    assert make_task({"task": "copy_memory"}).held_out(2).inputs.shape == (2, 220, 10)


def test_flipflop():
    trials = make_task({"task": "flipflop", "pulse_probability": 0.3}).held_out(20)
    assert trials.inputs.shape == (20, 25, 3) and trials.mask.all()
    for i in range(20):
        for c in range(3):
            state = 0
            for t in range(25):
                state = trials.inputs[i, t, c] or state
                assert trials.targets[i, t, c] == state
    assert abs(trials.inputs.sum()) < 0.2 * np.abs(trials.inputs).sum()
    rate = np.mean(make_task({"task": "flipflop"}).held_out(2000).inputs != 0)
    assert abs(rate - 0.05) < 0.002


def test_sine():
    trials = make_task({"task": "sine"}).held_out(300)
    u = trials.inputs[:, 0, 0]
    assert trials.inputs.shape == (300, 50, 1) and (trials.inputs == u[:, None, None]).all() and trials.mask.all()
    assert 0 <= u.min() < 0.02 and 0.98 < u.max() < 1
    for i in (0, 7):
        for t in (0, 1, 49):
            assert trials.targets[i, t, 0] == pytest.approx(np.sin((0.1 + 0.4 * u[i]) * t))
    moved = make_task({"task": "sine", "offset": 0.25}).held_out(300)
    assert np.allclose(moved.inputs, trials.inputs + 0.25) and np.array_equal(moved.targets, trials.targets)


@pytest.mark.parametrize("largest", [np.pi, np.pi / 4])
def test_circle_path(largest):
    """Step by step from the definition; velocities' laws are tested with neutral/'s trials (test_path_training.py)."""
    task = make_task({"task": "circle_path", "length": 40, "speed": 1.2, "dt": 0.2, "largest": largest})
    trials = task.held_out(3000)
    assert trials.inputs.shape == (3000, 40, 3) and trials.targets.shape == (3000, 40, 2) and trials.mask.all()
    for i in range(20):
        phase = np.arctan2(trials.inputs[i, 0, 2], trials.inputs[i, 0, 1])
        for t in range(40):
            phase += 0.2 * trials.inputs[i, t, 0]
            assert trials.targets[i, t] == pytest.approx([np.cos(phase), np.sin(phase)], abs=1e-12)
            assert trials.inputs[i, t, 0] == 0 if t == 0 else (trials.inputs[i, t, 1:] == 0).all()
    first = np.arctan2(trials.targets[:, 0, 1], trials.targets[:, 0, 0])
    assert np.abs(first).max() <= largest and abs(np.sort(first)[1000] / largest + 1 / 3) < 0.06
    held = (trials.inputs[:, 1:5, 0] == trials.inputs[:, 1:2, 0]).all(axis=1)
    assert abs(held.mean() - 1 / 3) < 0.03 and abs(trials.inputs[:, 1, 0].var() - 1.2**2 * (2 + 0.25**2) / 3) < 0.1


def test_circle_path_is_scored_as_an_angle_too():
    """Chance is pi / sqrt 3 rad; a network that repeats the first phase is right where nothing moves."""
    task = make_task({"task": "circle_path", "metric": "circular_rmse", "length": 20})
    trials, metric = task.held_out(2000), make_metric(task.metric)
    assert metric.problem(trials.targets, trials.mask) is None
    chance = metric.score(np.broadcast_to([1.0, 0.0], trials.targets.shape), trials.targets, trials.mask)
    assert chance == pytest.approx(np.pi / np.sqrt(3), rel=0.02)
    still = make_task({"task": "circle_path", "speed": 0}).held_out(10)
    assert metric.score(np.broadcast_to(still.targets[:, :1], still.targets.shape), still.targets, still.mask) == 0


@pytest.mark.parametrize("leak", [0.0, 0.05])
def test_integration(leak):
    trials = make_task({"task": "integration", "leak": leak}).held_out(2000)
    assert trials.inputs.shape == (2000, 48, 4) and trials.mask.all()
    context = trials.inputs[:, :, 2:]
    assert (context.sum(axis=2) == 1).all() and (context == context[:, :1]).all()
    assert abs(context[:, 0, 0].mean() - 0.5) < 0.05
    for i in range(5):
        cued, total = int(context[i, 0, 1]), 0.0
        for t in range(48):
            total = (1 - leak) * total + trials.inputs[i, t, cued]
            assert trials.targets[i, t, 0] == pytest.approx(total / 12)
    streams = trials.inputs[:, :, :2]
    assert abs(np.corrcoef(streams.mean(axis=1).T)[0, 1]) < 0.1
    assert abs(streams.var(axis=1, ddof=1).mean() - 0.5**2) < 0.005
    assert abs(streams.mean(axis=1).var() - (0.4**2 / 12 + 0.25 / 48)) < 0.001


def test_flipflop_schuessler():
    trials = make_task({"task": "flipflop_schuessler"}).held_out(400)
    assert trials.inputs.shape == (400, 25, 3)
    gaps, orders, channels, signs = [], set(), [], []
    for i in range(400):
        pulses = [(t, c, trials.inputs[i, t, c]) for t in range(25) for c in range(3) if trials.inputs[i, t, c] != 0]
        assert [t for t, _, _ in pulses[:3]] == [0, 3, 6]
        orders.add(tuple(c for _, c, _ in pulses[:3]))
        gaps += list(np.diff([t for t, _, _ in pulses[2:]]))
        channels += [c for _, c, _ in pulses[3:]]
        signs += [sign for _, _, sign in pulses]
        for c in range(3):
            state, wait = 0, 0
            for t in range(25):
                wait = 2 if trials.inputs[i, t, c] != 0 else wait
                if t >= 2 and trials.inputs[i, t - 2, c] != 0:
                    state = trials.inputs[i, t - 2, c]
                assert trials.targets[i, t, c] == state
                assert trials.mask[i, t, c] == (wait == 0 and state != 0)
                wait = max(wait - 1, 0)
    assert set(gaps) == set(range(5, 12)) and len(orders) == 6
    assert np.bincount(channels).min() > 220 and set(signs) == {-1, 1} and abs(np.mean(signs)) < 0.1


def test_sine_schuessler():
    trials = make_task({"task": "sine_schuessler"}).held_out(100)
    x = trials.inputs[:, 0, 0] - 0.25
    assert 0 <= x.min() < 0.05 and 0.95 < x.max() < 1
    assert trials.targets[4, 9, 0] == pytest.approx(np.sin(2 * np.pi * (0.04 + 0.16 * x[4]) * 9))


def test_integration_schuessler():
    trials = make_task({"task": "integration_schuessler"}).held_out(400)
    assert trials.inputs.shape == (400, 48, 4)
    for i in range(400):
        for t in range(48):
            on = trials.inputs[i, t, 2:].sum()
            assert on == (1 if 3 <= t < 23 else 0)
            assert trials.mask[i, t, 0] == (not 23 <= t < 28)
        cued = int(trials.inputs[i, 5, 3])
        coherence = trials.inputs[i, 3:23, cued].mean()
        assert (trials.targets[i, 28:, 0] == np.sign(coherence)).all() and (trials.targets[i, :23, 0] == 0).all()
    sizes = np.abs(trials.inputs[:, 3:23, 0].mean(axis=1))
    nearest = np.min(np.abs(sizes[:, None] - np.array([1, 0.5, 0.25, 0.125])), axis=1)
    assert nearest.max() < 0.05
    for steps in (slice(0, 3), slice(3, 23), slice(23, 48)):  # noise all trial
        assert abs(trials.inputs[:, steps, :2].var(axis=1, ddof=1).mean() - 0.05**2) < 1e-4
    means = trials.inputs[:, 3:23, :2].mean(axis=1)
    assert len({tuple(np.sign(pair)) for pair in means}) == 4 and abs(np.corrcoef(means.T)[0, 1]) < 0.15
    assert len(set(np.round(8 * means[:, 0]))) == 8


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"task": "cpy"}, ["'cpy' does not exist", "copy", "flipflop"]),
        ({"task": "copy", "lag": 3}, ["unknown key 'lag'", "did you mean 'lags'"]),
        ({"task": "copy", "lags": 0}, ["lags", "0 is too small", "at least 1"]),
        ({"task": "circle_path", "largest": 0}, ["largest", "0 is too small", "above 0"]),
        ({"task": "circle_path", "largest": 3.2}, ["largest", "3.2 is too large"]),
        ({"task": "sine", "omega_low": "1e-1"}, ["omega_low", "'1e-1'", "write 1.0e-1"]),
        ({}, ["'task'"]),
        (None, ["'task'"]),
    ],
)
def test_mistakes_get_a_sentence(settings, words):
    with pytest.raises(SchurscopeError) as caught:
        make_task(settings)
    assert all(word in str(caught.value) for word in words)


def test_settings_come_back_complete():
    task = make_task({"task": "sine", "length": 7})
    assert task.settings == {"task": "sine", "length": 7, "omega_low": 0.1, "omega_high": 0.5, "offset": 0.0}
    assert make_task(task.settings).settings == task.settings
