"""Other ways to choose what goes, in the Schur basis, and two limits that are no competitors.

Each rule ranks the couplings once, on the selection trials, and as many go as keep the discrepancy at or below epsilon
there and on the guard trials (by bisection). The limits: the best approximation of W_hh of rank r, r (2 n - r) numbers;
and the condition of a real eigenbasis, in which no coupling is left at all, but which is not orthogonal.
"""

from dataclasses import replace

import numpy as np

from schurscope.analyses.circuit_search import Search, State
from schurscope.analyses.circuit_subject import CircuitSubject
from schurscope.analyses.coordinates import Coordinates, schur_coordinates
from schurscope.analyses.sensitivity import directions, states_before
from schurscope.analyses.single_couplings import each_removed
from schurscope.cells.rollout import rollout
from schurscope.metrics import discrepancy, make_metric, unexplained
from schurscope.schur.form import SchurForm

RULES = ("magnitude", "activity_mass", "single_effect", "first_order", "random")
VARIABLES = {
    "removed_share": (("rule", "epsilon"), "couplings that the rule removes over those of N"),
    "numbers_left": (("rule", "epsilon"), "entries of T that are left and are not 0"),
    "discrepancy": (("rule", "epsilon"), "held-out discrepancy then"),
    "discrepancy_at_count": (("rule", "epsilon"), "that with as many couplings removed as the circuit removes"),
    "rank": (("epsilon",), "least rank r of W_hh that keeps the discrepancy at or below epsilon"),
    "rank_numbers": (("epsilon",), "numbers of a matrix of that rank, r (2 n - r)"),
    "rank_discrepancy": (("epsilon",), "its held-out discrepancy"),
    "eigenbasis_condition": ((), "condition number of the eigenvectors, each of norm 1"),
}


def coordinates(alphas) -> dict:
    return {"rule": list(RULES)}


def measure(subject: CircuitSubject) -> dict:
    plain = schur_coordinates(subject.form)
    searches = [_search(subject, plain, trials) for trials in subject.sets]
    found = {
        name: np.full((len(RULES), len(subject.epsilons))[2 - len(dims) :], np.nan) if dims else np.array(np.nan)
        for name, (dims, _) in VARIABLES.items()
    }
    found["eigenbasis_condition"] = np.array(np.linalg.cond(np.linalg.eig(subject.form.W)[1]))
    _low_rank(subject, found)
    if plain.units == 0:
        return found
    kept = plain.there(np.ones(plain.units, dtype=bool))
    fixed, of_N = int(np.sum(kept & (plain.unit < 0) & (plain.M != 0))), int(plain.free.sum())
    for r, order in enumerate(rankings(subject, plain)):
        for e, epsilon in enumerate(subject.epsilons):
            count = plain.units
            for search in searches[:2]:
                count = most(count, lambda c, search=search: _without(search, order[:c]).discrepancy <= epsilon)  # noqa: B023
            same = plain.units - int(np.sum(subject.kept[e] & (plain.unit >= 0)))
            found["removed_share"][r, e] = 1 - (plain.units - count) / of_N
            found["numbers_left"][r, e] = fixed + plain.units - count
            found["discrepancy"][r, e] = _without(searches[2], order[:count]).discrepancy
            found["discrepancy_at_count"][r, e] = _without(searches[2], order[:same]).discrepancy
    return found


def rankings(subject: CircuitSubject, plain: Coordinates) -> list[np.ndarray]:
    """For each of RULES the units in the order in which they go, the least important first."""
    trials, (rows, columns) = subject.sets[0], np.nonzero(plain.unit >= 0)
    values = plain.M[rows, columns]
    modes = states_before(subject.weights, trials).reshape(-1, len(plain.M)) @ plain.P
    attributed = np.zeros(plain.units)
    search = _search(subject, plain, trials)
    chances = search.chances(search.start())
    for _, J in directions(subject.weights, trials, plain, np.arange(plain.units), chances=chances):
        attributed += np.abs(J).sum(axis=0, dtype=np.float64)
    importance = {
        "magnitude": values**2,
        "activity_mass": values**2 * np.mean(modes**2, axis=0, dtype=np.float64)[columns],
        "single_effect": _effects(search, subject.form),
        "first_order": attributed,
        "random": subject.stream("random rule").uniform(0, (plain.units,)),
    }
    return [np.argsort(importance[rule], kind="stable") for rule in RULES]


def _search(subject: CircuitSubject, plain: Coordinates, trials) -> Search:
    return Search(subject.weights, plain, trials, metric=subject.metric)


def _effects(search: Search, form: SchurForm) -> np.ndarray:
    """The discrepancy without each unit alone, (unit,); units are numbered row by row."""
    mask, whole = search.trials.mask, search.whole
    return np.array([unexplained(outputs, search.intact, mask, whole) for _, _, outputs in each_removed(search, form)])


def most(count: int, holds) -> int:
    """The largest number up to ``count`` for which ``holds``, by bisection; 0 where that finds none."""
    if holds(count):
        return count
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _without(search: Search, units: np.ndarray) -> State:
    kept = np.ones(search.coordinates.units, dtype=bool)
    kept[units] = False
    return search.at(kept, np.where(kept, -1, 0))


def _low_rank(subject: CircuitSubject, found: dict) -> None:
    U, s, Vh = np.linalg.svd(subject.form.W)
    n, said = len(s), make_metric(subject.metric).said
    intact = [said(rollout(subject.weights, trials.inputs, trials.h0)) for trials in subject.sets]

    def at(rank: int, which: int) -> float:
        trials = subject.sets[which]
        reduced = replace(subject.weights, W_hh=(U[:, :rank] * s[:rank]) @ Vh[:rank])
        with np.errstate(over="ignore", invalid="ignore"):
            return discrepancy(said(rollout(reduced, trials.inputs, trials.h0)), intact[which], trials.mask)

    for e, epsilon in enumerate(subject.epsilons):
        gone = n
        for which in (0, 1):
            gone = most(gone, lambda count, which=which: at(n - count, which) <= epsilon)  # noqa: B023
        rank = n - gone
        found["rank"][e], found["rank_numbers"][e] = rank, rank * (2 * n - rank)
        found["rank_discrepancy"][e] = at(rank, 2)
