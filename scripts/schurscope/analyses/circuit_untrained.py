"""Is it learnt? The same search in W_hh and W_xh as they were before training, with a readout fitted by ridge."""

from dataclasses import replace

import numpy as np

from schurscope import metrics
from schurscope.analyses.circuit_search import circuits, varies
from schurscope.analyses.circuit_subject import CircuitSubject
from schurscope.analyses.coordinates import schur_coordinates
from schurscope.analyses.decoder import ridge
from schurscope.cells import Weights
from schurscope.cells.rollout import rollout
from schurscope.schur.form import ordered_schur
from schurscope.tasks import Task

PENALTY = 1e-4  # of the readout: as in decoder.py
VARIABLES = {
    "removed_share": (("epsilon",), "removed couplings over those of N; NaN where it has none"),
    "numbers_left": (("epsilon",), "entries of T that are left and are not 0"),
    "discrepancy": (("epsilon",), "held-out discrepancy"),
    "score_intact": ((), "the task's metric of the untrained network with its fitted readout, held out"),
    "couplings": ((), "couplings of N before training"),
}


def coordinates(alphas) -> dict:
    return {}


def measure(subject: CircuitSubject) -> dict:
    found = {name: np.full(len(subject.epsilons), np.nan) for name, (dims, _) in VARIABLES.items() if dims}
    found |= {"score_intact": np.array(np.nan), "couplings": np.array(np.nan)}
    if subject.task is None:  # nobody knows how it began
        return found
    weights = with_readout(subject.begun, subject.task)
    held_out = subject.sets[-1]
    form = ordered_schur(weights.W_hh)
    plain = schur_coordinates(form)
    score = metrics.make_metric(subject.metric).measure(held_out.targets, held_out.mask)
    found["couplings"] = np.array(plain.units)
    found["score_intact"] = np.array(score(rollout(weights, held_out.inputs))[subject.metric])
    if not all(varies(weights, trials, subject.metric) for trials in subject.sets):
        return found
    fixed = int(np.sum((plain.unit < 0) & (plain.M != 0)))
    for e, one in enumerate(circuits(weights, plain, subject.sets, subject.epsilons, metric=subject.metric)):
        kept = int(one.guarded.kept.sum())
        found["numbers_left"][e] = fixed + kept
        found["discrepancy"][e] = one.held_out.discrepancy
        if plain.units:
            found["removed_share"][e] = 1 - kept / plain.free.sum()
    return found


def with_readout(weights: Weights, task: Task) -> Weights:
    """A network with the readout that fits the task's validation trials best."""
    trials = task.validation()
    states = rollout(replace(weights, W_hy=np.eye(len(weights.W_hh)), b_y=None), trials.inputs)
    readout = ridge(states, trials, PENALTY)
    return replace(weights, W_hy=readout[:-1].T, b_y=readout[-1])
