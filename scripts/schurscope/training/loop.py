"""Train a block of networks: the loop, the horizon, and the criterion "solved"."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from schurscope.cells.weights import Weights
from schurscope.metrics import make_metric
from schurscope.tasks import Task
from schurscope.training.groups import groups
from schurscope.training.validation import Validation

log = logging.getLogger(__name__)
PROGRESS_SECONDS = 5.0
RUN = 50  # updates between two looks at the losses


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


def nobody(trained: int, now: int, update: int) -> None:
    """Who is told where nobody asks."""


def train(
    task: Task,
    width: int,
    init: str,
    seeds: list[int],
    training: dict,
    label: str = "",
    tell: Callable[[int, int, int], None] = nobody,
) -> list[Trained]:
    """Train the networks of ``seeds`` by the config's ``training`` section (its keys are explained in config.yaml).

    The validation score is taken every ``check_every`` updates and at the end. With ``halve_when_worse``, where it is
    no better than the best before, the network learns half as fast from there on, and the network that is returned is
    the best one. A loss that is not finite ends a network's training, with status "diverged" where no best was kept.
    ``label`` names the block in the log; every few seconds, and where networks have come to their end, ``tell`` gets
    the numbers of networks that are trained and of those that are being trained side by side, and how many updates
    these have had.
    """
    networks = [Network(seed, Horizon(training.get("horizon"), training.get("advance_at"))) for seed in seeds]
    for places, group in groups(task, width, init, seeds, training):
        part = [networks[place] for place in places]
        which = f"seed {part[0].seed}" if len(part) == 1 else f"seeds {part[0].seed} to {part[-1].seed}"
        named = f"{label}, {which} ({places[-1] + 1} of {len(seeds)} in this job)"
        _train(task, group, part, training, named, partial(tell, places[0], len(places)))
        tell(places[-1] + 1, 0, 0)
        del group  # before the next one is made: each may fill a GPU
    return [network.trained for network in networks]


def _train(task, group, networks, training, label, tell) -> None:
    """Train ``networks`` side by side to the end; those that have finished leave the group."""
    updates, every = training["updates"], training["check_every"]
    metric, stops = make_metric(task.metric), training["stop_when_solved"]
    threshold = training["solved"] if stops else None
    validation = Validation(metric, task.validation(training["validation_trials"]), threshold)
    progress = Progress(label, updates, task.metric, networks, tell)
    done, halves = 0, training.get("halve_when_worse", False)
    while networks:
        count = min(RUN, every - done % every, updates - done)
        runs = group.run(done, count, [network.horizon.now for network in networks])
        for network, losses in zip(networks, runs, strict=True):
            network.losses.extend(losses)
        done += count
        check = done % every == 0 or done == updates

        lost = [not np.isfinite(network.losses[-1]) for network in networks]
        if check or any(lost):
            weights = group.weights()
            for network, own, gone in zip(networks, weights, lost, strict=True):
                if gone or (check and not own.finite()):
                    _end_early(network, own, label, lambda value: metric.reached(value, training["solved"]))
            networks = _going_on(group, networks)
        if check and networks:
            last = done == updates
            scores = validation.scores(group, last or halves)
            for network, own, value in zip(networks, group.weights(), scores, strict=True):
                network.value = value
                if halves and not network.improved(own, metric):
                    group.halve()
                    own, value = network.best
                if network.horizon.has_next:
                    batch = task.trials(network.seed, done - 1, training["batch"], network.horizon.now)
                    network.horizon.advance(task.score(own, batch))
                solved = metric.reached(value, training["solved"])
                if last or (solved and stops):
                    network.end(own, value, solved, "ok")
            networks = _going_on(group, networks)
        progress.show(done, networks)


def _end_early(network, weights, label, reached) -> None:
    """The loss or the weights are not finite any more: what there is is the best network that was kept, if one was."""
    if network.best is None:
        log.warning("%s, seed %d: not finite any more, stored as diverged", label, network.seed)
        network.end(weights, np.nan, False, "diverged")
        return
    log.warning("%s, seed %d: not finite any more, the best network before is kept", label, network.seed)
    best, value = network.best
    network.end(best, value, reached(value), "ok")


def _going_on(group, networks) -> list:
    """The networks that have not finished; the others leave ``group``."""
    indices = [index for index, network in enumerate(networks) if network.trained is None]
    if indices and len(indices) < len(networks):
        group.keep(indices)
    return [networks[index] for index in indices]


@dataclass
class Network:
    """One network on its way: ``trained`` is None until it has finished."""

    seed: int
    horizon: "Horizon"
    losses: list[float] = field(default_factory=list)
    value: float = np.nan
    trained: Trained | None = None
    best: tuple[Weights, float] | None = None

    def improved(self, weights, metric) -> bool:
        """Whether ``value`` is better than all before; ``best`` are the weights and value that were."""
        if self.best is not None and not metric.lost(self.best[1], self.value) > 0:
            return False
        self.best = weights, self.value
        return True

    def end(self, weights, value, solved, status) -> None:
        self.value = value
        self.trained = Trained(weights, np.array(self.losses), value, solved, status)


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

    @property
    def has_next(self):
        return len(self.left) > 1

    def advance(self, accuracy) -> None:
        if self.has_next and accuracy > self.advance_at:
            self.left.pop(0)
            log.info("training horizon is now %d steps", self.now)


class Progress:
    """A line in the log every few seconds: updates done of all, medians of loss and metric, time left.

    ``tell(done)`` is called then as well.
    """

    def __init__(self, label, updates, metric, networks, tell):
        self.label, self.updates, self.metric, self.networks, self.tell = label, updates, metric, networks, tell
        self.begun = self.shown = time.monotonic()

    def show(self, done, going) -> None:
        now = time.monotonic()
        if going and now - self.shown < PROGRESS_SECONDS:
            return
        self.shown = now
        self.tell(done)
        loss = np.median([network.losses[-1] for network in going or self.networks])
        value = np.median([network.value for network in going or self.networks])
        if going:
            left = (now - self.begun) / done * (self.updates - done)
            state = f"update {done} of {self.updates}, {len(going)} going on, at most {left:.0f} s left"
        else:
            solved = sum(network.trained.solved for network in self.networks)
            state = f"ended after {done} updates, {solved} of {len(self.networks)} solved"
        log.info("%s: %s, median loss %.3g, validation %s %.5g", self.label, state, loss, self.metric, value)
