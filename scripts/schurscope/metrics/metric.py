"""What a metric is: how well outputs answer targets, one number a network; what is stored of it, and how it is said."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from schurscope.metrics.classes import log_probabilities


class Metric(ABC):
    """Outputs and targets are (batch, time, output), masks boolean of the same shape (True where scored)."""

    name: ClassVar[str]
    label: ClassVar[str]  # as people write it
    lost_label: ClassVar[str]  # what a removal costs, as people write it
    higher_is_better: ClassVar[bool] = False
    of_classes: ClassVar[bool] = False  # whether outputs are those of a softmax over classes
    solved: ClassVar[float]  # threshold of "solved" where nobody says otherwise
    most: ClassVar[float] = float("inf")  # a threshold above this makes no sense
    variables: ClassVar[dict[str, tuple]]  # of a grid: name -> (dimensions beyond it, long name, may it be NaN?)
    after: ClassVar[tuple[str, str]]  # the variable that is drawn after a removal, and what it is called there

    @property
    def tabled(self) -> tuple[str, ...]:
        """The variables that have one number a removal."""
        return tuple(name for name, (dims, _, _) in self.variables.items() if not dims)

    @property
    def perfect(self) -> float:
        """The best score there is."""
        return self.most if self.higher_is_better else 0.0

    @abstractmethod
    def problem(self, targets, mask) -> str | None:
        """Why the metric is not defined on these trials, in words; None if it is."""

    @abstractmethod
    def measure(self, targets, mask, target_mean: str = "channel") -> Callable:
        """A function outputs -> name -> value, for those of ``variables`` that need one network only.

        What all outputs share is computed once.
        """

    @abstractmethod
    def stacked(self, outputs, targets, mask):
        """The scores (network,) of outputs (network, batch, time, output) in float64, on whatever device they are.

        ``targets`` and ``mask`` are NumPy's. NaN where an output is not a number.
        """

    @abstractmethod
    def weight(self, targets, mask) -> float:
        """What the distance from ``perfect`` on some trials counts by in that on these and others.

        Of all trials together it is at least the sum over parts of weight times distance, over the weight of all.
        """

    def said(self, outputs):
        """What outputs (batch, time, output) say, which removals are compared by (discrepancy): log-probabilities of
        classes, else the outputs themselves.
        """
        return log_probabilities(outputs) if self.of_classes else outputs

    def score(self, outputs, targets, mask) -> float:
        """The metric itself."""
        return self.measure(targets, mask)(outputs)[self.name]

    def compared(self, grid: dict, intact: int) -> dict:
        """Further variables from a grid's arrays (..., removed); ``intact``: the place of the intact network."""
        return {}

    def lost(self, value, reference):
        """What ``value`` costs beside ``reference``: positive is worse."""
        return -(value - reference) if self.higher_is_better else value - reference

    def reached(self, value: float, threshold: float) -> bool:
        """Whether a network is solved; False for NaN."""
        return bool(value >= threshold if self.higher_is_better else value <= threshold)


class Error(Metric):
    """A metric of which less is better; the grid holds it, and its difference from the intact network."""

    @property
    def after(self):
        return f"delta_{self.name}", self.lost_label

    def compared(self, grid, intact):
        return {f"delta_{self.name}": grid[self.name] - grid[self.name][..., [intact]]}


def error_variables(name: str, long_name: str, label: str) -> dict:
    """``variables`` of an Error."""
    return {
        name: ((), long_name, True),
        f"delta_{name}": ((), f"{label} minus that of the intact network", True),
    }
