"""Time scales: Lyapunov spectra of the intact network, and what a removal does to them beside what it does to outputs.

Long trajectories for the intact network: left to itself from a random state (autonomous), and driven by one long trial
where the task has trials of any length. For removals the held-out trials themselves, of which the first fifth is left
out, while the frame turns to where it belongs: finite-time exponents, comparable only with the intact network's on the
same trials.
"""

from dataclasses import replace

import numpy as np

from schurscope.analyses import benettin
from schurscope.analyses.ablation import REMOVED
from schurscope.analyses.subject import Subject
from schurscope.cells import cell_of
from schurscope.foundations.streams import stream
from schurscope.tasks import DrawnTask, Task, make_task

NEEDS = ("trials", "task")
USUAL = None  # left out unless it is asked for: it takes seconds a network
PROPERTIES = {
    "steps": {"type": "integer", "minimum": 10, "maximum": 10_000_000, "default": 10_000},
    "warm_up": {"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 1_000},
    "trials": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 8},
}
LEFT_OUT = 5  # of a trial's steps, one in so many, at its beginning
LONG = ("autonomous", "driven")
TRAJECTORIES = (*LONG, "trials")
VARIABLES = {
    "exponent": (("removed", "rank"), "Lyapunov exponent along the trials, mean over trials, nats a step"),
    "exponent_spread": (("removed", "rank"), "its standard deviation over trials"),
    "moved": (("removed",), "largest change of one of the first n_R exponents along the trials, nats a step"),
    "slow": (("removed",), "exponents above log(alpha) along the trials, mean over trials"),
    "removed_mass": (("removed",), "Frobenius norm of what is removed over that of T"),
    "discrepancy": (("removed",), "rollout discrepancy from the intact network on the same trials"),
    "exponent_autonomous": (("rank",), "Lyapunov exponent of the undriven network, nats a step"),
    "exponent_driven": (("rank",), "Lyapunov exponent along one long trial, nats a step; NaN where there is none"),
    "convergence_autonomous": (("rank",), "how far the first half of the steps is off, nats a step"),
    "convergence_driven": (("rank",), "how far the first half of the steps is off, nats a step"),
    "log_modulus": (("rank",), "log modulus of the eigenvalue of W at this rank"),
    "n_R": ((), "rows of the leading sector R at alpha"),
    "sum_rule": (("trajectory",), "|sum of exponents - mean log |det J||, the largest over trials, nats a step"),
    "near_zero": (("trajectory",), "exponents that count as 0: within 3 / steps; mean over trials"),
    "entropy": (("trajectory",), "sum of the exponents above that, nats a step; mean over trials"),
    "dimension": (("trajectory",), "Kaplan-Yorke dimension; mean over trials"),
}


def coordinates(settings) -> dict:
    return {"removed": list(REMOVED), "trajectory": list(TRAJECTORIES)}


def measure(subject: Subject, settings) -> dict:
    n, form = len(subject.form.W), subject.form
    n_R = form.leading(subject.alpha)
    found = {"n_R": np.array(float(n_R)), "log_modulus": _log(form.moduli[form.block_of])}
    found |= {name: np.full(len(REMOVED), np.nan) for name in ("moved", "slow", "discrepancy", "removed_mass")}
    found |= {name: np.full((len(REMOVED), n), np.nan) for name in ("exponent", "exponent_spread")}
    found |= {name: np.full(len(TRAJECTORIES), np.nan) for name in ("sum_rule", "near_zero", "entropy", "dimension")}
    for kind in LONG:
        long = _long(subject, kind, settings)
        found[f"exponent_{kind}"], found[f"convergence_{kind}"] = np.full((2, n), np.nan)
        if long is not None:
            found[f"exponent_{kind}"], found[f"convergence_{kind}"] = long.exponents[0], long.convergence[0]
            _summarise(found, kind, long)

    trials = subject.trials.part(0, settings["trials"])
    one = replace(subject, trials=trials)
    for r, removed in enumerate(REMOVED):
        sectors = [] if removed == "none" else removed.split("+")
        W_hh = form.without(sectors, subject.alpha) if sectors else form.W
        found["removed_mass"][r] = form.removed_mass(sectors, subject.alpha)
        try:
            along = benettin.spectrum(
                replace(subject.weights, W_hh=W_hh), trials.inputs, trials.h0, trials.inputs.shape[1] // LEFT_OUT
            )
        except benettin.NoSpectrum:
            continue
        if removed == "none":
            _summarise(found, "trials", along)
        mean = along.exponents.mean(axis=0)
        with np.errstate(invalid="ignore"):  # where a direction is lost
            found["exponent"][r], found["exponent_spread"][r] = mean, along.exponents.std(axis=0)
        found["slow"][r] = np.sum(along.exponents > np.log(subject.alpha), axis=1).mean()
        found["discrepancy"][r] = one.discrepancy(one.outputs(W_hh))
        if n_R and np.isfinite(found["exponent"][0, :n_R]).all():
            found["moved"][r] = np.max(np.abs(mean[:n_R] - found["exponent"][0, :n_R]))
    return found


def _long(subject: Subject, kind: str, settings) -> benettin.Spectrum | None:
    """The spectrum along one long trajectory from a random state; None where there is none."""
    steps = settings["steps"] + settings["warm_up"]
    if kind == "driven":
        inputs = long_trial(subject.task, steps)
        if inputs is None:
            return None
    else:
        inputs = np.zeros((1, steps, subject.weights.W_xh.shape[1]))
    h0 = random_state(subject.weights, *subject.address)
    try:
        return benettin.spectrum(subject.weights, inputs, h0, settings["warm_up"])
    except benettin.NoSpectrum:
        return None


def long_trial(task: Task | None, steps: int) -> np.ndarray | None:
    """Inputs of one trial of so many steps, (1, time, input); None for a task whose trials have a length of their own.

    From a stream of its own, the same for every network of the task.
    """
    if not isinstance(task, DrawnTask) or "length" not in task.settings:
        return None
    longer = make_task(task.settings | {"length": steps})
    return np.asarray(longer.draw(stream("long trial", task.name), 1, None).inputs)


def random_state(weights, *address) -> np.ndarray:
    """A state of normal numbers of variance 1, (1, states * unit): from 0 a network without input never leaves."""
    size = cell_of(weights).states * weights.W_hy.shape[1]
    return stream("Lyapunov state", *address).normal(0, (1, size))


def _summarise(found: dict, kind: str, along: benettin.Spectrum) -> None:
    place = TRAJECTORIES.index(kind)
    found["sum_rule"][place] = along.sum_rule.max()
    found["near_zero"][place] = benettin.near_zero(along.exponents, along.steps).mean()
    found["entropy"][place] = benettin.entropy(along.exponents, along.steps).mean()
    found["dimension"][place] = np.mean([benettin.dimension(one) for one in along.exponents])


def _log(moduli: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(moduli)
