"""Do circuits keep the dynamics' time scales? Lyapunov spectra along held-out trials, as analyses.lyapunov has them.

Of the intact network and of the circuit at each epsilon, on the same trials.
"""

from dataclasses import replace

import numpy as np

from schurscope.analyses import benettin
from schurscope.analyses.circuit_subject import CircuitSubject
from schurscope.analyses.lyapunov import LEFT_OUT

TRIALS = 8
VARIABLES = {
    "exponent": (("epsilon", "rank"), "Lyapunov exponent of the circuit along trials, mean over trials, nats a step"),
    "exponent_intact": (("rank",), "that of the intact network"),
    "first": (("epsilon",), "largest exponent of the circuit"),
    "first_intact": ((), "largest exponent of the intact network"),
    "moved": (("epsilon",), "largest change of one of the exponents above -1, nats a step"),
}
FAST = -1.0  # nats a step: what decays faster is gone within a step, and its exponent is no time scale


def coordinates(alphas) -> dict:
    return {}


def measure(subject: CircuitSubject) -> dict:
    trials = subject.sets[-1].part(0, TRIALS)

    def exponents(W_hh):
        weights = replace(subject.weights, W_hh=W_hh)
        along = benettin.spectrum(weights, trials.inputs, trials.h0, trials.inputs.shape[1] // LEFT_OUT)
        return along.exponents.mean(axis=0)

    try:
        intact = exponents(subject.weights.W_hh)
        found = np.array([exponents(subject.circuit(e)) for e in range(len(subject.epsilons))])
    except benettin.NoSpectrum:
        return {}
    slow = intact > FAST
    moved = np.abs(found - intact)[:, slow].max(axis=1) if slow.any() else np.full(len(found), np.nan)
    first = {"first": found[:, 0], "first_intact": intact[0], "moved": moved}
    return first | {"exponent": found, "exponent_intact": intact}
