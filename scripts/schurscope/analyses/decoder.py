"""A new decoder: is the information gone after an ablation, or only where the old readout does not look?

A linear readout with an offset is fitted by ridge regression to the ablated network's hidden states on half of the
trials, and scored on the other half; what is lost is lost to the intact network with its own readout.
"""

from dataclasses import replace

import numpy as np

from schurscope.analyses.subject import Subject
from schurscope.schur.form import SECTORS
from schurscope.tasks.trials import Trials

PROPERTIES = {"ridge": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1e-4}}
VARIABLES = {
    "lost": (("sector",), "what removing the sector costs with the old readout, on the second half of the trials"),
    "lost_refit": (("sector",), "what it costs with a new readout, beside the intact network with the old one"),
    "recovered": (("sector",), "share of the loss that a new readout brings back: 1 - lost_refit / lost"),
    "removed_mass": (("sector",), "Frobenius norm of the sector over that of T"),
    "intact": ((), "accuracy or FVU of the intact network on the second half of the trials"),
    "intact_refit": ((), "the same with a new readout"),
}
LEAST_LOSS = 1e-3  # below this there is no loss to bring back


def coordinates(settings) -> dict:
    return {"sector": list(SECTORS)}


def measure(subject: Subject, settings) -> dict:
    half = len(subject.trials.inputs) // 2
    first, second = (replace(subject, trials=part(subject.trials, half, last)) for last in (False, True))

    def refitted(W_hh):
        readout = ridge(first.states(W_hh), first.trials, settings["ridge"])
        return with_offset(second.states(W_hh)) @ readout

    intact = refitted(subject.weights.W_hh)
    lost, lost_refit = (np.full(len(SECTORS), np.nan) for _ in range(2))
    for s, sector in enumerate(SECTORS):
        W_hh = subject.form.without([sector], subject.alpha)
        lost[s] = second.effect(W_hh)
        lost_refit[s] = second.lost(refitted(W_hh))
    recovered = np.where(lost > LEAST_LOSS, 1 - lost_refit / np.where(lost > LEAST_LOSS, lost, 1.0), np.nan)
    return {
        "lost": lost,
        "lost_refit": lost_refit,
        "recovered": recovered,
        "removed_mass": np.array([subject.form.removed_mass([sector], subject.alpha) for sector in SECTORS]),
        "intact": np.array(second.performance(second.intact)),
        "intact_refit": np.array(second.performance(intact)),
    }


def part(trials: Trials, half: int, last: bool) -> Trials:
    """The first ``half`` of the trials, or the rest."""
    chosen = slice(half, None) if last else slice(0, half)
    h0 = None if trials.h0 is None else trials.h0[chosen]
    return Trials(trials.inputs[chosen], trials.targets[chosen], trials.mask[chosen], h0)


def ridge(states: np.ndarray, trials: Trials, penalty: float) -> np.ndarray:
    """(unit + 1, output): least squares with ``penalty`` times the mean square of a state; the offset has none.

    Each channel is fitted where it is scored.
    """
    columns = []
    for c in range(trials.targets.shape[2]):
        scored = trials.mask[..., c]
        X, y = with_offset(states[scored]), trials.targets[..., c][scored]
        gram = X.T @ X
        units = len(gram) - 1
        weight = penalty * np.trace(gram[:units, :units]) / units
        regular = np.diag([*np.full(units, max(weight, 1e-300)), 0.0])
        columns.append(np.linalg.lstsq(gram + regular, X.T @ y, rcond=None)[0])
    return np.array(columns).T


def with_offset(states: np.ndarray) -> np.ndarray:
    return np.concatenate([states, np.ones((*states.shape[:-1], 1))], axis=-1)
