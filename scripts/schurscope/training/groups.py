"""From an engine's name to groups of networks, side by side, that are ready to be trained."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from schurscope.foundations import registry
from schurscope.foundations.errors import SchurscopeError, needs
from schurscope.tasks import DrawnTask, Trials
from schurscope.training.recipe import recipe
from schurscope.training.start import start

AT_ONCE = 2**16  # numbers that trials are drawn of at once: they stay in the cache


def groups(task, width: int, init: str, seeds, training: dict) -> Iterator[tuple[list[int], object]]:
    """The places in ``seeds`` that the engine can train at once, and the group that does it, one after the other."""
    module = load_engine(training["engine"])
    if hasattr(module, "Engine"):
        for place, seed in enumerate(seeds):
            yield [place], Alone(make_engine(task, width, init, seed, training), task, seed, training["batch"])
        return
    size = module.networks_at_once(task, width, training)
    for first in range(0, len(seeds), size):
        part = seeds[first : first + size]
        starts = [start(task, width, init, seed, training) for seed in part]
        yield (
            list(range(first, first + len(part))),
            module.Group(task, starts, part, training["batch"], recipe(training), device=training["device"]),
        )


def make_engine(task, width: int, init: str, seed: int, training: dict, **kind):
    """The engine for one network that ``training`` names, at the network's start."""
    kind |= {"device": training["device"]} if "device" in training else {}
    engine = load_engine(training["engine"])
    return engine.Engine(start(task, width, init, seed, training), recipe(training), **kind)


def load_engine(name: str):
    """The engine's module; raises SchurscopeError, with those that work here, if a library is missing."""
    try:
        return registry.load("engine", name)
    except ImportError as error:
        here = ", ".join(other for other in registry.REGISTRY["engine"] if other != name and _loads(other))
        raise SchurscopeError(f"engine {name!r} {needs(error)}; engines that work here: {here or 'none'}") from None


def _loads(name: str) -> bool:
    try:
        registry.load("engine", name)
    except ImportError:
        return False
    return True


class Alone:
    """A group of one network, by an engine for one network."""

    def __init__(self, engine, task, seed: int, batch: int):
        self.engine, self.task, self.seed, self.batch = engine, task, seed, batch
        self.at_once = 1  # updates, until their size is known

    def run(self, first, count, horizons):
        losses = []
        for update, trials in enumerate(self._trials(first, count, horizons[0]), first):
            if self.task.carried and not self.task.begins(update, self.batch):
                trials = replace(trials, h0=self.engine.last.copy())
            losses.append(self.engine.update(trials))
            if not np.isfinite(losses[-1]):
                break
        return [losses]

    def _trials(self, first, count, horizon):
        """Those of so many updates, one after the other; drawn for several at once where the engine has the means."""
        streams = getattr(self.engine, "streams", None)
        if streams is None or not isinstance(self.task, DrawnTask):
            for update in range(first, first + count):
                yield self.task.trials(self.seed, update, self.batch, horizon)
            return
        key, done = self.task.training_stream(self.seed).key, 0
        while done < count:
            some = min(count - done, self.at_once)
            drawn = self.task.draw(streams(key, first + done, some), self.batch, horizon)
            self.at_once = max(1, AT_ONCE // (drawn.inputs[0].size + drawn.targets[0].size))
            for parts in zip(drawn.inputs, drawn.targets, drawn.mask, strict=True):
                yield Trials(*parts)
            done += some

    def halve(self) -> None:
        self.engine.halve()

    def weights(self):
        return [self.engine.weights()]

    def scores(self, trials):
        return [self.task.score(self.engine.weights(), trials)]
