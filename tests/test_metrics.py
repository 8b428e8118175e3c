"""Metrics and statistics against loops, and closed forms."""

import math
import statistics as plain

import numpy as np
import pytest
from scipy import stats

from schurscope import metrics
from schurscope.foundations.errors import SchurscopeError
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
