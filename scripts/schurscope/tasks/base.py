"""What every task shares: training trials and four fixed sets of others; and tasks whose trials are drawn at random."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from schurscope.cells.weights import Weights
from schurscope.foundations.streams import Draws, Stream, stream
from schurscope.tasks.trials import Trials, score

SETS = {  # of fixed trials -> the stream that they are drawn from
    "validation": "validation trials",
    "held_out": "held-out trials",
    "selection": "selection trials",
    "guard": "guard trials",
}


class Task(ABC):
    """A task: which trials training sees, and four fixed sets of others. Where trials come from, subclasses say:
    DrawnTask, or FileTask (file_task.py).
    """

    properties: ClassVar[dict] = {}  # JSON schema of the task's own settings, each with a default
    metric: str = "fvu"  # how performance is measured, a registered metric; the setting ``metric`` goes before
    loss: ClassVar[str] = "mse"  # what training lowers, a registered loss, unless the config says
    has_horizon: ClassVar[bool] = False  # whether training may use shorter trials than evaluation
    carried: ClassVar[bool] = False  # whether states are carried over from one update's trials to the next

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

    def begins(self, update: int, batch: int) -> bool:
        """Whether trials of an update begin anew; else, where states are ``carried``, in those of the last ones."""
        return True

    def files(self) -> dict[str, Path]:
        """The data files that trials come from, by name; mostly none."""
        return {}

    @abstractmethod
    def trials(self, seed: int, update: int, batch: int, horizon: int | None = None) -> Trials:
        """Training trials of one update. ``horizon`` (tasks that have one): scored steps; None means all."""

    @abstractmethod
    def fixed(self, of: str, count: int) -> Trials:
        """``count`` trials of one of SETS, the same for every network of the task; no two sets share one."""

    def validation(self, trials: int = 512) -> Trials:
        """The fixed trials that decide "solved" and when to stop."""
        return self.fixed("validation", trials)

    def held_out(self, trials: int = 512) -> Trials:
        """The fixed trials that everything reported is measured on, and that training never sees."""
        return self.fixed("held_out", trials)

    def selection(self, trials: int) -> Trials:
        """The fixed trials that couplings are chosen on for a circuit; nothing is reported on them as a result."""
        return self.fixed("selection", trials)

    def guard(self, trials: int) -> Trials:
        """The fixed trials that decide when couplings come back into a circuit, between selection and held-out."""
        return self.fixed("guard", trials)

    def score(self, weights: Weights, trials: Trials) -> float:
        """The task's own metric of a network on ``trials``."""
        return score(weights, trials, self.metric)


class DrawnTask(Task):
    """A task whose trials are drawn at random: subclasses say what a trial is in ``draw``.

    The trials of update k depend on the task's registered name, its settings, the seed and k; two definitions
    that differ only in settings see the same random words, and can be compared in pairs. Training, validation and
    held-out trials come from separate streams; where a task has few possible trials, equal ones occur in several.
    """

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

    def trials(self, seed, update, batch, horizon=None):
        return self.draw(self.training_stream(seed, update), batch, horizon)

    def fixed(self, of, count):
        return self.draw(stream(SETS[of], self.name), count, None)


def delayed(source: Draws, array, steps: int):
    """``array`` (..., time, channel), later by ``steps``; zeros come in."""
    before = source.xp.zeros_like(array[..., :steps, :])
    return source.xp.concat([before, array[..., : array.shape[-2] - steps, :]], axis=-2)
