"""The grid: every alpha x every set of removed couplings for one network, evaluated on the same held-out trials.

Input and readout weights never change (Draeger 2026, section 2). Equal removals are computed once; each rollout is a
product of its own, so that a number does not depend on which others are asked for.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np

from schurscope import metrics
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.metrics.fraction_unexplained import LEAST_MASS, sensitivity  # noqa: F401
from schurscope.schur.form import SECTORS, SchurForm
from schurscope.tasks.trials import Trials

NONE = "none"
REMOVED = (NONE, *("+".join(s) for k in (1, 2, 3) for s in combinations(SECTORS, k)))


def sectors_of(removed: str) -> tuple[str, ...]:
    """The sectors that a label such as "RR+CR" names; () for "none"."""
    return () if removed == NONE else tuple(removed.split("+"))


def ablate(
    form: SchurForm,
    weights: Weights,
    trials: Trials,
    metric: str,
    alphas,
    target_mean: str = "channel",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> dict:
    """Measure one network under every intervention.

    ``metric``: a registered one. ``progress`` is told how many of how many interventions are done.

    Returns name -> array: n_R, split_gap (alpha,); mass (alpha, sector); removed_mass, discrepancy and the metric's
    measures (alpha, removed), in the order of ``alphas``, SECTORS and REMOVED; accuracy_by_lag (alpha, removed, lag).
    """
    intact = rollout(weights, trials.inputs, trials.h0)
    measured = {}  # removed entries -> metrics
    score = scorer(intact, trials, metric, target_mean)

    def measure(sectors, alpha):
        entries = form.removal(sectors, alpha)
        key = np.packbits(entries).tobytes()
        if key not in measured:
            ablated = replace(weights, W_hh=form.without(sectors, alpha))
            measured[key] = score(rollout(ablated, trials.inputs, trials.h0) if entries.any() else intact)
        return measured[key] | {"removed_mass": form.removed_mass(sectors, alpha)}

    cells, count = [], len(alphas) * len(REMOVED)
    for alpha in alphas:
        for removed in REMOVED:
            cells.append(measure(sectors_of(removed), alpha))
            progress(len(cells), count)
    result = {
        name: np.array([cell[name] for cell in cells]).reshape(len(alphas), len(REMOVED), *np.shape(cells[0][name]))
        for name in cells[0]
    }
    result["n_R"] = np.array([float(form.leading(alpha)) for alpha in alphas])
    result["split_gap"] = np.array([form.split_gap(alpha) for alpha in alphas])
    result["mass"] = np.array([[form.removed_mass([sector], alpha) for sector in SECTORS] for alpha in alphas])
    return result | metrics.make_metric(metric).compared(result, REMOVED.index(NONE))


def scorer(intact, trials, metric, target_mean):
    """A function outputs -> metrics; what all interventions share is computed once."""
    intact_variance = metrics.variance(intact, trials.mask)
    measure = metrics.make_metric(metric).measure(trials.targets, trials.mask, target_mean)

    def score(outputs) -> dict:
        return {"discrepancy": metrics.unexplained(outputs, intact, trials.mask, intact_variance)} | measure(outputs)

    return score
