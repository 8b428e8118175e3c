"""Train one network: the loop, the horizon, and the criterion "solved"."""

import logging
import time
from dataclasses import dataclass

import numpy as np

from schurscope import constructions, metrics, registry
from schurscope.engines.recipe import Recipe
from schurscope.rnn import Weights, rollout
from schurscope.streams import stream
from schurscope.tasks import Task

log = logging.getLogger(__name__)
PROGRESS_SECONDS = 5.0


@dataclass(frozen=True)
class Trained:
    """One trained network. ``loss`` (updates,): the training loss before each update; ``score``: the task's metric on
    the validation trials at the end (NaN if diverged); ``status``: "ok" or "diverged" (``weights`` are then
    as they were when the loss or they themselves ceased to be finite)."""

    weights: Weights
    loss: np.ndarray
    score: float
    solved: bool
    status: str


def score(task: Task, weights: Weights, trials) -> float:
    """The task's own metric of a network on ``trials``."""
    outputs = rollout(weights, trials.inputs)
    metric = metrics.replay_accuracy if task.metric == "accuracy" else metrics.fvu
    return metric(outputs, trials.targets, trials.mask)


def is_solved(task: Task, value: float, threshold: float) -> bool:
    """Accuracy at least the threshold, or FVU at most; False for NaN."""
    return value >= threshold if task.metric == "accuracy" else value <= threshold


def make_engine(task: Task, width: int, init: str, seed: int, training: dict, **kind):
    """The engine that ``training`` names, at the network's start.

    W_xh and W_hy start as Unif[-1/sqrt(N), 1/sqrt(N)], as torch.nn.RNN and Linear do, from (task, width, seed) only:
    networks that differ in the construction of W_hh start with the same ones.
    """
    bound = width**-0.5
    ends = stream("W_xh, W_hy", task.name, width, seed)
    W_xh = ends.uniform(0, (width, task.inputs), -bound, bound)
    W_hy = ends.uniform(1, (task.outputs, width), -bound, bound)
    recipe = Recipe(training["learning_rate"], training["clip"])
    kind |= {"device": training["device"]} if "device" in training else {}
    engine = registry.load("engine", training["engine"])
    return engine.Engine(constructions.start(init, task.name, width, seed), W_xh, W_hy, recipe, **kind)


def train(task: Task, width: int, init: str, seed: int, training: dict, label: str = "") -> Trained:
    """Train one network by the config's ``training`` section (its keys are explained in config.yaml).

    The validation score is taken every ``check_every`` updates and at the end. A loss that is not finite ends
    the training with status "diverged". ``label`` names the network in the log.
    """
    engine = make_engine(task, width, init, seed, training)
    validation = task.validation(training["validation_trials"])
    horizon = Horizon(training.get("horizon"), training.get("advance_at"))
    updates, every = training["updates"], training["check_every"]
    losses, value, solved = [], np.nan, False
    progress = Progress(label, updates)
    for update in range(updates):
        trials = task.trials(seed, update, training["batch"], horizon.now)
        losses.append(engine.update(trials))
        done = update + 1
        check = done % every == 0 or done == updates
        weights = engine.weights() if check else None
        if not np.isfinite(losses[-1]) or (check and not weights.finite()):
            log.warning("%s: not finite any more at update %d: stored as diverged", label, done)
            return Trained(engine.weights(), np.array(losses), np.nan, False, "diverged")
        if check:
            horizon.advance(task, weights, trials)
            value = score(task, weights, validation)
            solved = is_solved(task, value, training["solved"])
            if solved and training["stop_when_solved"]:
                break
        progress.show(done, losses[-1], task.metric, value)
    log.info(
        "%s: %s after %d updates, loss %.3g, validation %s %.5g",
        *(label, "solved" if solved else "not solved", done, losses[-1], task.metric, value),
    )
    return Trained(weights, np.array(losses), value, solved, "ok")


class Horizon:
    """How many steps of a training trial are scored: fixed, or a curriculum of several.

    The curriculum goes on to its next horizon when, at a check, the accuracy on the batch just trained on exceeds
    ``advance_at``.
    """

    def __init__(self, horizon, advance_at):
        self.left = list(horizon) if isinstance(horizon, list) else [horizon]
        self.advance_at = advance_at

    @property
    def now(self):
        return self.left[0]

    def advance(self, task, weights, trials) -> None:
        if len(self.left) > 1 and score(task, weights, trials) > self.advance_at:
            self.left.pop(0)
            log.info("training horizon is now %d steps", self.now)


class Progress:
    """A line in the log every few seconds: updates done of all, loss, metric, time left."""

    def __init__(self, label, updates):
        self.label, self.updates = label, updates
        self.begun = self.shown = time.monotonic()

    def show(self, done, loss, metric, value) -> None:
        now = time.monotonic()
        if now - self.shown < PROGRESS_SECONDS:
            return
        self.shown = now
        left = (now - self.begun) / done * (self.updates - done)
        log.info(
            "%s: update %d of %d, loss %.3g, validation %s %.4g, at most %.0f s left",
            *(self.label, done, self.updates, loss, metric, value, left),
        )
