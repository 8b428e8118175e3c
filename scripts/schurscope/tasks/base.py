"""What every task shares: three sets of trials from separate random streams, and the shape of a trial."""

from abc import ABC, abstractmethod
from typing import ClassVar

from schurscope.cells.weights import Weights
from schurscope.foundations.streams import Draws, Stream, stream
from schurscope.tasks.trials import Trials, score


class Task(ABC):
    """A task: subclasses say what a trial is in ``draw``; this class says which trials are used for what.

    The trials of update k depend on the task's registered name, its settings, the seed and k; two definitions
    that differ only in settings see the same random words, and can be compared in pairs. Training, validation and
    held-out trials come from separate streams; where a task has few possible trials, equal ones occur in several.
    """

    properties: ClassVar[dict] = {}  # JSON schema of the task's own settings, each with a default
    metric: str = "fvu"  # how performance is measured, a registered metric; the setting ``metric`` goes before
    loss: ClassVar[str] = "mse"  # what training lowers, a registered loss, unless the config says
    has_horizon: ClassVar[bool] = False  # whether training may use shorter trials than evaluation

    def __init__(self, settings: dict):
        self.settings = settings
        self.name = settings["task"]
        self.metric = settings.get("metric", self.metric)

    @classmethod
    def schema(cls) -> dict:
        """JSON schema of ``settings``."""
        properties = {"task": {"type": "string"}, "metric": {"type": "string"}, **cls.properties}
        return {"type": "object", "additionalProperties": False, "required": ["task"], "properties": properties}

    @property
    def inputs(self) -> int:
        """Number of input channels: the setting ``channels``, unless the task says otherwise."""
        return self.settings["channels"]

    @property
    def outputs(self) -> int:
        """Number of output channels: the setting ``channels``, unless the task says otherwise."""
        return self.settings["channels"]

    @abstractmethod
    def draw(self, source: Draws, batch: int, horizon: int | None) -> Trials:
        """``batch`` trials from the words of ``source``, written in the array API (``source.xp``).

        Nothing may depend on how many streams the source has, nor on an array's values (no ``if``, no boolean index):
        the same lines run in NumPy for one network and on a GPU for many. A trial with a shorter horizon is the
        beginning of the longer one.
        """

    def training_stream(self, seed: int, update: int = 0) -> Stream:
        """Where the training trials of one update come from."""
        return stream("training trials", self.name, seed, update=update)

    def trials(self, seed: int, update: int, batch: int, horizon: int | None = None) -> Trials:
        """Training trials of one update. ``horizon`` (tasks that have one): scored steps; None means all."""
        return self.draw(self.training_stream(seed, update), batch, horizon)

    def validation(self, trials: int = 512) -> Trials:
        """The fixed trials that decide "solved" and when to stop; the same for every network of the task."""
        return self.draw(stream("validation trials", self.name), trials, None)

    def held_out(self, trials: int = 512) -> Trials:
        """The fixed trials that everything reported is measured on: a stream that training never draws from."""
        return self.draw(stream("held-out trials", self.name), trials, None)

    def selection(self, trials: int) -> Trials:
        """The fixed trials that couplings are chosen on for a circuit; nothing is reported on them as a result."""
        return self.draw(stream("selection trials", self.name), trials, None)

    def guard(self, trials: int) -> Trials:
        """The fixed trials that decide when couplings come back into a circuit, between selection and held-out."""
        return self.draw(stream("guard trials", self.name), trials, None)

    def score(self, weights: Weights, trials: Trials) -> float:
        """The task's own metric of a network on ``trials``."""
        return score(weights, trials, self.metric)


def delayed(source: Draws, array, steps: int):
    """``array`` (..., time, channel), later by ``steps``; zeros come in."""
    before = source.xp.zeros_like(array[..., :steps, :])
    return source.xp.concat([before, array[..., : array.shape[-2] - steps, :]], axis=-2)
