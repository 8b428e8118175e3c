"""What every single coupling of N does: its effect when it alone is removed, by exact rollouts, and what predicts it.

Predictors of the effect of T_ij: its share T_ij^2 / |T|^2; its activity-weighted mass T_ij^2 E[(q_j . h)^2] over the
states that it is applied to; its overlap |U^T q_i|^2 |U^T q_j|^2 with the used subspace, U the principal components of
the states that explain 95 % of their variance, whatever its size; the Gauss-Newton estimate |T_ij dy/dT_ij|^2 over the
variance of the outputs. How well each ranks the effects of one network's couplings is one number a network.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from scipy.stats import rankdata

from schurscope import metrics
from schurscope.analyses.circuit_search import Search
from schurscope.analyses.coordinates import couplings, schur_coordinates
from schurscope.analyses.sensitivity import directions, states_before
from schurscope.analyses.subspace import principal_components
from schurscope.cells import Weights
from schurscope.schur.form import SchurForm
from schurscope.tasks.trials import Trials

PREDICTORS = ("share", "activity_mass", "overlap", "estimate")
USED = 0.95  # of the states' variance lies in the used subspace
LEAST = 4  # couplings that can be ranked
NAMES = ("effect", "effect_metric", "estimate", "activity_mass", "overlap", "share")


def single_couplings(
    form: SchurForm,
    weights: Weights,
    trials: Trials,
    metric: str,
    target_mean: str = "channel",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, np.ndarray]:
    """Name -> (n, n) for each of NAMES, NaN where N has no entry; and ``rank_correlation``, ``partial_correlation``.

    ``effect``: discrepancy from the intact network; ``effect_metric``: what it costs in the metric (positive is worse).
    Correlations are (predictor,), in the order of PREDICTORS.
    """
    found = {name: np.full(form.T.shape, np.nan) for name in NAMES}
    there = couplings(form)
    coordinates = schur_coordinates(form)
    search = Search(weights, coordinates, trials, metric=metric)
    scored = metrics.make_metric(metric)
    measure = scored.measure(trials.targets, trials.mask, target_mean)
    before = measure(search.intact)[metric]
    for count, (i, j, outputs) in enumerate(each_removed(search, form)):
        found["effect"][i, j] = metrics.unexplained(outputs, search.intact, trials.mask, search.whole)
        found["effect_metric"][i, j] = scored.lost(measure(outputs)[metric], before)
        progress(count + 1, coordinates.units)
    squares = np.zeros(coordinates.units)
    chances = search.chances(search.start())
    for _, J in directions(weights, trials, coordinates, np.arange(coordinates.units), chances=chances):
        squares += np.einsum("ij,ij->j", J, J)
    found["estimate"][there] = squares / search.whole if search.whole > 0 else np.nan
    modes = states_before(weights, trials).reshape(-1, len(form.T)) @ form.Q
    within = np.sum(principal_components(modes, USED) ** 2, axis=1)  # of each mode's direction
    size = np.linalg.norm(form.T)
    found["activity_mass"][there] = (form.T**2 * np.mean(modes**2, axis=0))[there]
    found["overlap"][there] = np.outer(within, within)[there]
    found["share"][there] = (form.T[there] / size) ** 2 if size > 0 else np.nan
    effect, *predictors = (found[name][there] for name in ("effect", *PREDICTORS))
    return found | dict(zip(("rank_correlation", "partial_correlation"), ranked(effect, *predictors), strict=True))


def each_removed(search: Search, form: SchurForm) -> Iterator[tuple[int, int, np.ndarray]]:
    """(i, j, outputs without the coupling T_ij alone), for every entry of N that is there, row by row."""
    for i, j in zip(*np.nonzero(couplings(form)), strict=True):
        W = form.W - np.outer(form.T[i, j] * form.Q[:, i], form.Q[:, j])
        yield i, j, search.outputs(replace(search.weights, W_hh=W))


def ranked(effect, share, activity_mass, overlap, estimate) -> tuple[np.ndarray, np.ndarray]:
    """Spearman's correlation of each predictor with the effect, (predictor,), and the partial ones.

    Partial: of the share given the activity-weighted mass, and the other way round; there is none of the others.
    NaN for fewer than LEAST couplings, or where something does not vary.
    """
    every = np.array([effect, share, activity_mass, overlap, estimate])
    if every.shape[1] < LEAST or not np.isfinite(every).all():
        return np.full((2, len(PREDICTORS)), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):  # what does not vary has no correlation
        r = np.corrcoef(rankdata(every, axis=1))
    both = r[1, 2]
    partial = [
        (r[0, one] - r[0, other] * both) / np.sqrt((1 - r[0, other] ** 2) * (1 - both**2)) if abs(both) < 1 else np.nan
        for one, other in ((1, 2), (2, 1))
    ]
    return r[0, 1:], np.array([*partial, np.nan, np.nan])
