"""Are circuits stable? The search again on other selection and guard trials, DRAWS times, at one epsilon."""

import numpy as np

from schurscope.analyses.circuit_search import circuits
from schurscope.analyses.circuit_subject import CircuitSubject
from schurscope.analyses.coordinates import schur_coordinates
from schurscope.foundations.streams import stream
from schurscope.tasks import DrawnTask
from schurscope.tasks.trials import Trials

DRAWS = 10
VARIABLES = {
    "removed_share": (("draw",), "removed couplings over those of N"),
    "discrepancy": (("draw",), "held-out discrepancy"),
    "jaccard": ((), "Jaccard index of the sets of kept couplings, mean over pairs of draws"),
    "jaccard_chance": ((), "that of random sets of the same sizes"),
    "kept_by": (("mode", "mode_from"), "share of draws that keep the coupling; NaN where N has none"),
    "epsilon_of_draws": ((), "largest discrepancy of these circuits"),
}


def coordinates(alphas) -> dict:
    return {"draw": np.arange(DRAWS)}


def measure(subject: CircuitSubject) -> dict:
    plain, epsilon = schur_coordinates(subject.form), subject.epsilons[len(subject.epsilons) // 2]
    found = {"removed_share": np.full(DRAWS, np.nan), "discrepancy": np.full(DRAWS, np.nan)}
    kept = np.zeros((DRAWS, plain.units), dtype=bool)
    for draw in range(DRAWS):
        sets = (*other_sets(subject, draw), subject.sets[-1])
        (one,) = circuits(subject.weights, plain, sets, [epsilon], metric=subject.metric)
        kept[draw] = one.guarded.kept
        found["discrepancy"][draw] = one.held_out.discrepancy
        if plain.units:
            found["removed_share"][draw] = 1 - kept[draw].sum() / plain.free.sum()
    jaccard, chance = overlaps(kept)
    found |= {"jaccard": np.array(jaccard), "jaccard_chance": np.array(chance)}
    share = np.append(kept.mean(axis=0), np.nan)[plain.unit]
    return found | {"kept_by": share, "epsilon_of_draws": np.array(epsilon)}


def other_sets(subject: CircuitSubject, draw: int) -> tuple[Trials, Trials]:
    """Selection and guard trials that no other draw has; where trials are not drawn, both mixed and parted anew."""
    counts = [len(trials.inputs) for trials in subject.sets[:2]]
    if not isinstance(subject.task, DrawnTask):
        both = joined(*subject.sets[:2])
        mixed = np.argsort(subject.stream("draw", draw).uniform(0, (sum(counts),)))
        return both.at(mixed[: counts[0]]), both.at(mixed[counts[0] :])
    names = ("selection trials", "guard trials")
    sources = [stream(name, subject.task.name, "draw", draw) for name in names]
    return tuple(subject.task.draw(source, count, None) for source, count in zip(sources, counts, strict=True))


def joined(one: Trials, other: Trials) -> Trials:
    """The trials of both, as far as the shorter ones go."""
    steps = min(one.inputs.shape[1], other.inputs.shape[1])
    arrays = [np.concatenate([a[:, :steps], b[:, :steps]]) for a, b in zip(_of(one), _of(other), strict=True)]
    return Trials(*arrays, None if one.h0 is None else np.concatenate([one.h0, other.h0]))


def _of(trials: Trials) -> tuple:
    return trials.inputs, trials.targets, trials.mask


def overlaps(kept: np.ndarray) -> tuple[float, float]:
    """(Jaccard index, that of random sets of the same sizes), means over pairs of rows of ``kept`` (set, unit) bool."""
    sizes, found, chance = kept.sum(axis=1), [], []
    for i, j in zip(*np.triu_indices(len(kept), 1), strict=True):
        if sizes[i] + sizes[j] == 0:
            continue
        both = np.sum(kept[i] & kept[j])
        expected = sizes[i] * sizes[j] / kept.shape[1]
        found.append(both / (sizes[i] + sizes[j] - both))
        chance.append(expected / (sizes[i] + sizes[j] - expected))
    return (float(np.mean(found)), float(np.mean(chance))) if found else (np.nan, np.nan)
