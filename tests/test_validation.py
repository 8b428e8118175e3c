"""A look at some validation trials decides as all of them do."""

import numpy as np
import pytest

from schurscope.foundations.registry import REGISTRY
from schurscope.metrics import make_metric
from schurscope.tasks.trials import Trials
from schurscope.training.validation import PART, Validation

COUNT = 5 * PART - 7


class Group:
    """Networks whose outputs on all trials are known; it remembers how many trials it was asked for."""

    def __init__(self, metric, whole, outputs):
        self.metric, self.whole, self.outputs, self.asked = metric, whole, outputs, []

    def scores(self, trials):
        first = int(trials.inputs[0, 0, 0])
        self.asked.append(len(trials.inputs))
        some = slice(first, first + len(trials.inputs))
        return [self.metric.score(out[some], trials.targets, trials.mask) for out in self.outputs]


def made(name, rng, noise):
    """A metric, trials that are numbered in their inputs, and a network whose outputs are right but for noise."""
    shape = (COUNT, 6, 4)
    targets = np.sign(rng.standard_normal(shape)) if name == "accuracy" else rng.standard_normal(shape)
    if name in ("cross_entropy", "bits_per_character", "classification_accuracy"):
        targets = np.eye(4)[rng.integers(0, 4, shape[:2])]
    mask = np.ones(shape, dtype=bool)
    mask[:, :2] = False
    inputs = np.broadcast_to(np.arange(COUNT)[:, None, None], (COUNT, 6, 1)).astype(float)
    outputs = (10 if "c" in name and name != "accuracy" else 1) * targets + noise * rng.standard_normal(shape)
    return make_metric(name), Trials(inputs, targets, mask), outputs


@pytest.mark.parametrize("name", REGISTRY["metric"])
def test_some_trials_decide_as_all_do(name):
    """Networks on both sides of thresholds; where one is solved, and at the end, the score is that of all trials."""
    rng = np.random.default_rng(0)
    saved = 0
    for noise in (0.0, 0.3, 0.6, 1.0, 3.0):
        metric, whole, outputs = made(name, rng, noise)
        score = metric.score(outputs, whole.targets, whole.mask)
        for threshold in (score, score * (1 - 1e-6), score * (1 + 1e-6), score * 0.8, score * 1.2):
            group = Group(metric, whole, [outputs])
            (found,) = Validation(metric, whole, threshold).scores(group, last=False)
            assert metric.reached(found, threshold) == metric.reached(score, threshold)
            if metric.reached(score, threshold):
                assert found == score
            saved += sum(group.asked) < COUNT
        assert Validation(metric, whole, 0.5).scores(Group(metric, whole, [outputs]), last=True) == [score]
    assert saved >= 3, "what is far from solved costs less"


def test_one_network_that_may_be_solved_is_enough_and_nan_is_none():
    metric, whole, outputs = made("accuracy", np.random.default_rng(1), 0.0)
    bad, lost = -outputs, np.full_like(outputs, np.nan)
    group = Group(metric, whole, [bad, lost])
    found = Validation(metric, whole, 0.9).scores(group, last=False)
    assert found[0] == 0 and np.isnan(found[1]) and group.asked == [PART]
    group = Group(metric, whole, [bad, outputs])
    assert Validation(metric, whole, 0.9).scores(group, last=False) == [0, 1] and group.asked[-1] == COUNT
    group = Group(metric, whole, [outputs])
    assert Validation(metric, whole, None).scores(group, last=False) == [1] and group.asked == [PART]


def test_trials_that_weigh_nothing_exclude_nothing():
    """Where a part's targets do not vary, its FVU is not defined."""
    metric, whole, outputs = made("fvu", np.random.default_rng(2), 0.1)
    whole.targets[:PART] = 0
    score = metric.score(outputs, whole.targets, whole.mask)
    assert Validation(metric, whole, 0.5).scores(Group(metric, whole, [outputs]), last=False) == [score]
