"""The circuits of one network, as what is asked about them gets them."""

from dataclasses import dataclass

import numpy as np

from schurscope.cells import Weights
from schurscope.foundations.streams import Stream, stream
from schurscope.schur.form import SchurForm
from schurscope.tasks import Task
from schurscope.tasks.trials import Trials


@dataclass(frozen=True)
class CircuitSubject:
    """``kept`` (epsilon, n, n) bool: the entries of T that are kept, at each of ``epsilons``, ascending.

    ``sets``: selection, guard and held-out trials, as the circuits had them. ``task``: None for a network from
    elsewhere, and then ``recorded`` has its trials; ``begun``: the network before training, None likewise.
    ``address``: task, width, init, seed; it names random draws.
    """

    weights: Weights
    form: SchurForm
    kept: np.ndarray
    epsilons: list[float]
    sets: tuple[Trials, Trials, Trials]
    metric: str
    alphas: list[float]
    address: tuple
    task: Task | None
    recorded: Trials | None
    begun: Weights | None

    def circuit(self, place: int) -> np.ndarray:
        """W_hh of the circuit at the epsilon of that place; W_hh itself where all is kept."""
        kept = self.kept[place]
        return self.weights.W_hh if kept.all() else self.form.Q @ np.where(kept, self.form.T, 0.0) @ self.form.Q.T

    def stream(self, name: str, *more) -> Stream:
        """Random draws for this network."""
        return stream("circuit", name, *self.address, *more)
