"""Is a circuit still the function? Its score beside the intact network's, also on trials as neither was trained on.

Other trials of a built-in task: two and four times as long, and each number of DENSITIES that it has halved and
doubled. They come from a stream of their own.
"""

from dataclasses import replace

import numpy as np

from schurscope import metrics
from schurscope.analyses.circuit_subject import CircuitSubject
from schurscope.cells.rollout import rollout
from schurscope.foundations.streams import stream
from schurscope.tasks import DrawnTask, Task, make_task
from schurscope.tasks.trials import Trials

LENGTHS = ("length", "lags")  # settings of tasks that say how long a trial is
DENSITIES = ("pulse_probability", "noise", "coherence")  # and what happens in it
CONDITIONS = ("held out", "length x 2", "length x 4", *(f"{name} {by}" for name in DENSITIES for by in ("/ 2", "x 2")))
VARIABLES = {
    "discrepancy": (("condition", "epsilon"), "rollout discrepancy of the circuit from the intact network"),
    "worst_trial": (("condition", "epsilon"), "that of the worst trial: its squares over an average trial's variance"),
    "score": (("condition", "epsilon"), "the task's metric of the circuit"),
    "score_intact": (("condition",), "the task's metric of the intact network"),
}


def coordinates(alphas) -> dict:
    return {"condition": list(CONDITIONS)}


def measure(subject: CircuitSubject) -> dict:
    shape = len(CONDITIONS), len(subject.epsilons)
    found = {name: np.full(shape[: len(dims)], np.nan) for name, (dims, _) in VARIABLES.items()}
    held_out = subject.sets[-1]
    for c, condition in enumerate(CONDITIONS):
        trials = held_out if condition == "held out" else others(subject.task, condition, len(held_out.inputs))
        if trials is None:
            continue
        score = metrics.make_metric(subject.metric).measure(trials.targets, trials.mask)
        said = metrics.make_metric(subject.metric).said
        intact = said(rollout(subject.weights, trials.inputs, trials.h0))
        whole = metrics.variance(intact, trials.mask)
        found["score_intact"][c] = score(intact)[subject.metric]
        for e in range(len(subject.epsilons)):
            outputs = said(rollout(replace(subject.weights, W_hh=subject.circuit(e)), trials.inputs, trials.h0))
            squares = np.sum(np.where(trials.mask, outputs - intact, 0.0) ** 2, axis=(1, 2))
            share = whole * trials.mask.sum(axis=(1, 2)) / trials.mask.sum()
            found["score"][c, e] = score(outputs)[subject.metric]
            if whole > 0:
                found["discrepancy"][c, e] = np.sum(squares) / whole
                found["worst_trial"][c, e] = np.max(squares[share > 0] / share[share > 0])
    return found


def others(task: Task | None, condition: str, count: int) -> Trials | None:
    """``count`` trials of the task under one of CONDITIONS; None where it has no such setting, or no such value."""
    settings = changed(task, condition)
    if settings is None or not isinstance(task, DrawnTask):
        return None
    return make_task(settings).draw(stream("other trials", task.name, condition), count, None)


def changed(task: Task | None, condition: str) -> dict | None:
    """The task's settings with the one that the condition names changed; None where there is none."""
    if task is None:
        return None
    name, sign, number = condition.split()
    names = [one for one in (LENGTHS if name == "length" else (name,)) if one in task.settings]
    if not names:
        return None
    value = task.settings[names[0]] * int(number) if sign == "x" else task.settings[names[0]] / int(number)
    if value > task.properties[names[0]].get("maximum", np.inf):
        return None
    return task.settings | {names[0]: value}
