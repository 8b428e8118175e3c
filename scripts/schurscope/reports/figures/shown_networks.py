"""The networks of a task that are run again for a figure, and what they do on a few held-out trials."""

from dataclasses import dataclass, replace

import numpy as np

from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.labels import init_name
from schurscope.schur.form import SECTORS, SchurForm
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import measured_on
from schurscope.tasks.trials import Trials


@dataclass(frozen=True)
class Shown:
    """A network at the cut ``alpha``; trials are held-out ones of its task."""

    called: str
    init: str
    weights: Weights
    form: SchurForm
    trials: Trials
    metric: str
    alpha: float

    def without(self, sector: str) -> np.ndarray | None:
        """The recurrent matrix without a sector; None where the sector is empty."""
        empty = self.form.removed_mass([sector], self.alpha) < LEAST_MASS
        return None if empty else self.form.without([sector], self.alpha)

    def outputs(self, W_hh: np.ndarray) -> np.ndarray:
        """(trial, time, output) with another recurrent matrix."""
        return rollout(replace(self.weights, W_hh=W_hh), self.trials.inputs, self.trials.h0)

    def states(self, W_hh: np.ndarray) -> np.ndarray:
        """(trial, time, unit)."""
        read_all = replace(self.weights, W_hh=W_hh, W_hy=np.eye(len(W_hh)), b_y=None)
        return rollout(read_all, self.trials.inputs, self.trials.h0)

    def changed(self) -> dict[str, np.ndarray | None]:
        """Sector -> ``without``."""
        return {sector: self.without(sector) for sector in SECTORS}


def shown(networks, schur, alpha: float, trials: int) -> list[Shown]:
    """The first solved network (else the first with a Schur form) of each construction at the largest width.

    Without those in which every sector is empty; at least one.
    """
    widest = max(int(block["width"]) for block in schur)
    found: dict[str, tuple[bool, Shown]] = {}
    for block, form_of in zip(networks, schur, strict=True):
        if int(block["width"]) != widest:
            continue
        init, (held_out, metric) = block["init"].item(), measured_on(block, None, trials)
        for seed, weights, form in forms(block, form_of):
            solved = bool(block["solved"].sel(seed=seed) == 1)
            if form is not None and (init not in found or solved and not found[init][0]):
                called = f"N = {widest}, {init_name(init)}, seed {seed}" + ("" if solved else " (not solved)")
                found[init] = solved, Shown(called, init, weights, form, held_out, metric, alpha)
    every = [one for _, one in found.values()]
    return [one for one in every if any(W is not None for W in one.changed().values())] or every[:1]
