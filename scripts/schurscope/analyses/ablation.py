"""The grid: every alpha x every set of removed couplings for one network, evaluated on the same held-out trials.

Input and readout weights never change (Draeger 2026, section 2). Equal removals are computed once; each rollout is a
product of its own, so that a number does not depend on which others are asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

import numpy as np

from schurscope import metrics
from schurscope.cells.rollout import rollout, steps_of
from schurscope.cells.weights import Weights
from schurscope.schur.form import SECTORS, SchurForm
from schurscope.tasks.trials import Trials

NONE = "none"
REMOVED = (NONE, *("+".join(s) for k in (1, 2, 3) for s in combinations(SECTORS, k)))


def sectors_of(removed: str) -> tuple[str, ...]:
    """The sectors that a label such as "RR+CR" names; () for "none"."""
    return () if removed == NONE else tuple(removed.split("+"))


class Removals:
    """One network on the same trials without some entries of its T; equal removals are measured once."""

    def __init__(self, form: SchurForm, weights: Weights, trials: Trials, metric: str, target_mean: str = "channel"):
        self.form, self.weights, self.trials = form, weights, trials
        self.steps, self.said = steps_of(trials.inputs), metrics.make_metric(metric).said
        self.intact = self.said(rollout(weights, self.steps, trials.h0))
        self.score = scorer(self.intact, trials, metric, target_mean)
        self.known: dict[bytes, dict] = {}

    def measure(self, entries: np.ndarray) -> dict:
        """Name -> value: discrepancy and the metric's measures without ``entries`` of T, (n, n) bool; their mass."""
        key = np.packbits(entries).tobytes()
        if key not in self.known:
            outputs = self._outputs(self.form.without_entries(entries)) if entries.any() else self.intact
            self.known[key] = self.score(outputs) | {"removed_mass": self.form.mass_of(entries)}
        return self.known[key]

    def measured(self, W_hh: np.ndarray) -> dict:
        """The same with another W_hh; ``removed_mass``: the norm of what it lacks over that of the network's own."""
        lacks = np.linalg.norm(self.form.W - W_hh) / np.linalg.norm(self.form.W)
        return self.score(self._outputs(W_hh)) | {"removed_mass": lacks}

    def _outputs(self, W_hh):
        return self.said(rollout(replace(self.weights, W_hh=W_hh), self.steps, self.trials.h0))


def grid(cells: list[dict], rows: int) -> dict:
    """Name -> array (rows, removed, ...) from what was measured of each row and removed set, in this order."""
    return {
        name: np.array([cell[name] for cell in cells]).reshape(rows, -1, *np.shape(cells[0][name])) for name in cells[0]
    }


def ablate(
    form: SchurForm,
    weights: Weights,
    trials: Trials,
    metric: str,
    alphas,
    target_mean: str = "channel",
    progress: Callable[[int, int], None] = lambda done, of: None,
    others: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> dict:
    """Measure one network under every intervention.

    ``metric``: a registered one. ``progress`` is told how many of how many interventions are done. ``others``: further
    removals, the same at every alpha: label -> W_hh without them.

    Returns name -> array: n_R, split_gap (alpha,); mass (alpha, sector); removed_mass, discrepancy and the metric's
    measures (alpha, removed), in the order of ``alphas``, SECTORS, and REMOVED with others; accuracy_by_lag (alpha,
    removed, lag).
    """
    removals = Removals(form, weights, trials, metric, target_mean)
    cells, count = [], len(alphas) * len(REMOVED)
    further = [removals.measured(W_hh) for W_hh in others.values()]
    for row, alpha in enumerate(alphas):
        for column, removed in enumerate(REMOVED):
            cells.append(removals.measure(form.removal(sectors_of(removed), alpha)))
            progress(row * len(REMOVED) + column + 1, count)
        cells += further
    result = grid(cells, len(alphas))
    result["n_R"] = np.array([float(form.leading(alpha)) for alpha in alphas])
    result["split_gap"] = np.array([form.split_gap(alpha) for alpha in alphas])
    result["mass"] = np.array([[form.removed_mass([sector], alpha) for sector in SECTORS] for alpha in alphas])
    return result | metrics.make_metric(metric).compared(result, REMOVED.index(NONE))


def at_every_cut(
    form: SchurForm, weights: Weights, trials: Trials, metric: str, target_mean: str = "channel"
) -> dict[str, np.ndarray]:
    """Discrepancy, removed mass and the metric of one network without each removed set, at every cut that it has.

    Arrays (n, removed), row n_R - 1 for a cut behind n_R rows, and alpha_low, alpha_high (n,): the cut is there for
    every alpha above the one and up to the other. NaN where no alpha cuts.
    """
    removals, found, n = Removals(form, weights, trials, metric, target_mean), form.cuts(), len(form.T)
    cells = [removals.measure(form.removal_at(sectors_of(removed), n_R)) for n_R, _, _ in found for removed in REMOVED]
    rows = np.array([n_R - 1 for n_R, _, _ in found])
    result = {}
    for name in ("discrepancy", "removed_mass", metric):
        result[name] = np.full((n, len(REMOVED)), np.nan)
        result[name][rows] = np.reshape([cell[name] for cell in cells], (len(rows), len(REMOVED)))
    for name, place in (("alpha_low", 1), ("alpha_high", 2)):
        result[name] = np.full(n, np.nan)
        result[name][rows] = [cut[place] for cut in found]
    return result


def scorer(intact, trials, metric, target_mean):
    """A function outputs -> metrics; what all interventions share is computed once."""
    intact_variance = metrics.variance(intact, trials.mask)
    measure = metrics.make_metric(metric).measure(trials.targets, trials.mask, target_mean)

    def score(outputs) -> dict:
        return {"discrepancy": metrics.unexplained(outputs, intact, trials.mask, intact_variance)} | measure(outputs)

    return score
