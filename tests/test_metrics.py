"""Metrics and statistics against loops, and closed forms."""

import math
import statistics as plain

import numpy as np
import pytest
import torch
from scipy import stats

from schurscope import metrics
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.metrics import statistics

RNG = np.random.default_rng(0)
OUT, TARGET = RNG.standard_normal((2, 6, 5, 3))
MASK = RNG.random((6, 5, 3)) < 0.7


def slow_fvu(out, target, mask, by_step=False):
    """Eq. 7 by loops."""
    error = variance = 0.0
    for c in range(target.shape[2]):
        for t in range(target.shape[1]):
            steps = [t] if by_step else range(target.shape[1])
            seen = [target[i, u, c] for i in range(len(target)) for u in steps if mask[i, u, c]]
            for i in range(len(target)):
                if mask[i, t, c]:
                    error += (out[i, t, c] - target[i, t, c]) ** 2
                    variance += (target[i, t, c] - sum(seen) / len(seen)) ** 2
    return error / variance


@pytest.mark.parametrize("by_step", [False, True])
def test_fvu(by_step):
    mean = "trajectory" if by_step else "channel"
    assert metrics.fvu(OUT, TARGET, MASK, mean) == pytest.approx(slow_fvu(OUT, TARGET, MASK, by_step))
    everything = np.ones_like(MASK)
    assert metrics.fvu(OUT, TARGET, target_mean=mean) == pytest.approx(slow_fvu(OUT, TARGET, everything, by_step))


def test_fvu_closed_forms():
    assert metrics.fvu(TARGET, TARGET, MASK) == 0
    means = [TARGET[..., c][MASK[..., c]].mean() for c in range(3)]
    assert metrics.fvu(np.broadcast_to(means, TARGET.shape), TARGET, MASK) == pytest.approx(1)
    assert math.isnan(metrics.fvu(OUT, np.ones_like(OUT)))
    assert math.isnan(metrics.fvu(OUT, TARGET, np.zeros_like(MASK)))


def test_fvu_ignores_what_is_masked():
    spoiled = np.where(MASK, OUT, 1e9)
    assert metrics.fvu(spoiled, TARGET, MASK) == metrics.fvu(OUT, TARGET, MASK)


def test_fvu_measures_against_the_target_and_discrepancy_against_the_intact_network():
    assert metrics.discrepancy(OUT, TARGET, MASK) == pytest.approx(slow_fvu(OUT, TARGET, MASK))
    assert metrics.discrepancy(OUT, OUT, MASK) == 0


def test_replay_accuracy():
    signs = np.sign(TARGET)
    hits = [(1 if OUT[i, t, c] >= 0 else -1) == signs[i, t, c] for i, t, c in np.ndindex(OUT.shape) if MASK[i, t, c]]
    assert metrics.replay_accuracy(OUT, signs, MASK) == pytest.approx(sum(hits) / len(hits))
    assert metrics.replay_accuracy(np.zeros_like(OUT), np.ones_like(OUT)) == 1  # 0 counts as +1
    assert metrics.replay_accuracy(np.zeros_like(OUT), -np.ones_like(OUT)) == 0
    assert math.isnan(metrics.replay_accuracy(np.full_like(OUT, np.nan), -np.ones_like(OUT)))  # not "all right"
    later = np.zeros_like(MASK)
    later[:, 2:] = True
    by_lag = metrics.replay_scores(OUT, signs, later)[1]
    expected = [np.mean((OUT[:, t] >= 0) == (signs[:, t] > 0)) for t in range(2, 5)]
    assert by_lag == pytest.approx(expected) and by_lag.mean() == pytest.approx(
        metrics.replay_accuracy(OUT, signs, later)
    )


@pytest.mark.parametrize("name", list(REGISTRY["metric"]))
def test_every_metric_side_by_side_is_that_of_each_alone(name):
    """The scores of many networks at once, in torch; worse outputs lose something; what is not a number stays so."""
    rng, metric = np.random.default_rng(5), metrics.make_metric(name)
    classes = np.eye(4)[rng.integers(0, 4, (6, 9))]
    mask, angles = rng.random((6, 9, 1)) < 0.7, rng.uniform(-4, 4, (6, 9))
    targets = {"accuracy": 2 * (classes > 0) - 1.0, "circular_rmse": np.stack([np.cos(angles), np.sin(angles)], -1)}
    targets = targets.get(name, classes)
    mask = np.repeat(mask, targets.shape[-1], axis=-1)
    assert metric.problem(targets, mask) is None
    outputs = 0.5 * targets + rng.standard_normal((3, *targets.shape))
    outputs[2, 0, np.argmax(mask[0, :, 0]), 1] = np.nan
    found = metric.stacked(torch.tensor(outputs), targets, mask).numpy()
    alone = [metric.score(one, targets, mask) for one in outputs]
    assert np.allclose(found[:2], alone[:2], rtol=1e-13) and np.isnan(found[2]) and np.isnan(alone[2])
    good = metric.score(10 * targets, targets, mask) if name != "fvu" else metric.score(targets, targets, mask)
    assert metric.lost(alone[0], good) > 0 > metric.lost(good, alone[0]) and metric.lost(good, good) == 0
    assert metric.reached(good, metric.solved) and not metric.reached(float("nan"), metric.solved)
    grid = metric.compared({name: np.array([[good, alone[0]]]), "removed_mass": np.array([[0.0, 0.5]])}, 0)
    assert set(grid) | set(metric.measure(targets, mask)(targets)) == set(metric.variables)
    if not metric.higher_is_better:
        assert grid[f"delta_{name}"].tolist() == [[0.0, alone[0] - good]]


def test_cross_entropy_closed_forms():
    """Equal outputs: ln k nats, log2 k bits; two channels with a difference d: ln(1 + e^-d)."""
    targets = np.eye(4)[np.array([[0, 1, 3]])]
    cross_entropy, bits = metrics.make_metric("cross_entropy"), metrics.make_metric("bits_per_character")
    assert cross_entropy.score(np.full(targets.shape, 7.0), targets, None) == pytest.approx(math.log(4))
    assert bits.score(np.full(targets.shape, -300.0), targets, None) == pytest.approx(2.0)
    two, d = np.eye(2)[np.array([[0, 0]])], 3.0
    assert cross_entropy.score(d * two, two, None) == pytest.approx(math.log1p(math.exp(-d)))
    assert np.isnan(cross_entropy.score(two, two, np.zeros(two.shape, dtype=bool)))


def test_classification_accuracy():
    """By loops; one step of several is scored, and what is not scored may be anything."""
    targets, mask = np.eye(4)[RNG.integers(0, 4, (30, 5))], np.zeros((30, 5, 4), dtype=bool)
    mask[:, -1], outputs = True, RNG.standard_normal((30, 5, 4))
    outputs[:, 0] = np.nan
    right = sum(max(range(4), key=lambda k: outputs[i, 4, k]) == list(targets[i, 4]).index(1) for i in range(30))
    metric = metrics.make_metric("classification_accuracy")
    assert metric.score(outputs, targets, mask) == pytest.approx(right / 30)
    assert metric.stacked(torch.tensor(outputs[None]), targets, mask).tolist() == pytest.approx([right / 30])
    assert np.isnan(metric.score(outputs, targets, np.zeros_like(mask)))
    assert metric.score(np.zeros_like(outputs), targets, mask) == pytest.approx(targets[:, -1, 0].mean()), "the first"


def test_circular_rmse():
    """By loops over scored steps; what is not scored may be anything, and outputs of any length."""
    angles, off = RNG.uniform(-9, 9, (5, 4)), RNG.uniform(-3, 3, (5, 4))
    targets, outputs = (np.stack([np.cos(a), np.sin(a)], axis=-1) for a in (angles, angles + off))
    mask = np.zeros(targets.shape, dtype=bool)
    mask[:, 1:] = True
    outputs[:, 0], outputs[:, 1] = np.nan, outputs[:, 1] * 7
    metric = metrics.make_metric("circular_rmse")
    expected = math.sqrt(sum(off[i, t] ** 2 for i in range(5) for t in (1, 2, 3)) / 15)
    assert metric.score(outputs, targets, mask) == pytest.approx(expected)
    assert metric.stacked(torch.tensor(outputs[None]), targets, mask).tolist() == pytest.approx([expected])
    assert metric.score(-targets, targets, mask) == pytest.approx(math.pi)
    assert np.isnan(metric.score(targets, targets, np.zeros_like(mask)))
    parts = [(outputs[i : i + 1], targets[i : i + 1], mask[i : i + 1]) for i in range(5)]
    together = sum(metric.weight(*part[1:]) * metric.score(*part) for part in parts) / metric.weight(targets, mask)
    assert 0 < together <= expected


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("accuracy", [[[0.5]]]),
        ("fvu", [[[2.0], [2.0]]]),
        ("cross_entropy", [[[1.0]]]),
        ("cross_entropy", [[[1.0, 1.0]]]),
        ("bits_per_character", [[[0.5, 0.5]]]),
        ("classification_accuracy", [[[0.5, 0.5]]]),
        ("circular_rmse", [[[0.5, 0.5]]]),
        ("circular_rmse", [[[1.0, 0.0, 0.0]]]),
    ],
)
def test_trials_that_a_metric_is_not_defined_on(name, targets):
    targets = np.array(targets)
    assert isinstance(metrics.make_metric(name).problem(targets, np.ones(targets.shape, dtype=bool)), str)


def test_bad_shapes_and_names():
    with pytest.raises(SchurscopeError, match="must share one shape"):
        metrics.fvu(OUT, TARGET[:, :3])
    with pytest.raises(SchurscopeError, match="arrays of real numbers"):
        metrics.fvu(1j * OUT, TARGET)
    with pytest.raises(SchurscopeError, match="'median' does not exist; allowed: channel, trajectory"):
        metrics.fvu(OUT, TARGET, target_mean="median")


def test_statistics():
    values = np.array([[1.0, 4.0, np.nan, 9.0], [2.0, np.nan, np.nan, np.nan], [np.nan] * 4])
    assert statistics.count(values, 1).tolist() == [3, 1, 0]
    means, sems = statistics.mean(values, 1), statistics.sem(values, 1)
    assert means[:2].tolist() == pytest.approx([14 / 3, 2.0]) and math.isnan(means[2])
    assert sems[0] == pytest.approx(plain.stdev([1, 4, 9]) / 3**0.5)
    assert math.isnan(sems[1]) and math.isnan(sems[2])
    for alone in (values[2], np.zeros(0)):
        found = [of(alone, 0) for of in (statistics.mean, statistics.sem)]
        assert all(isinstance(value, float) and np.isnan(value) for value in found)


def test_sem_is_scipys():
    """Where SciPy's needs two values and does not warn; what is infinite counts as not there."""
    values = RNG.normal(size=(4, 5, 7))
    values[RNG.random(values.shape) < 0.4] = np.nan
    values[..., :2] = RNG.normal(size=(4, 5, 2))
    assert statistics.sem(values, -1) == pytest.approx(stats.sem(values, axis=-1, nan_policy="omit"), rel=1e-12)
    with_infinite = np.where(np.isnan(values), np.inf, values)
    assert np.array_equal(statistics.sem(with_infinite, -1), statistics.sem(values, -1))
