"""Dose and response: T - s N_S for s from 0 to 1, and the slope of the FVU at s = 0 by exact differentiation.

The slope is forward differentiation along the direction dW/ds = -Q N_S Q^T, through every step: with z = W_hh h +
W_xh x + b_h, dh[t] = (1 - leak) dh[t-1] + leak (1 - tanh(z)^2) (W_hh dh[t-1] + dW h[t-1]).
"""

import numpy as np

from schurscope import metrics
from schurscope.analyses.subject import Subject
from schurscope.cells.weights import Weights
from schurscope.schur.form import SECTORS
from schurscope.tasks.trials import Trials

PROPERTIES = {"steps": {"type": "integer", "minimum": 2, "maximum": 1001, "default": 11}}
VARIABLES = {
    "effect": (("sector", "dose"), "effect of removing the share `dose` of the sector at alpha"),
    "fvu": (("sector", "dose"), "FVU then"),
    "discrepancy": (("sector", "dose"), "rollout discrepancy from the intact network then"),
    "removed_mass": (("sector", "dose"), "Frobenius norm of what is removed over that of T"),
    "slope": (("sector",), "derivative of the FVU by the dose at 0"),
}


def coordinates(settings) -> dict:
    return {"sector": list(SECTORS), "dose": np.linspace(0, 1, settings["steps"])}


def measure(subject: Subject, settings) -> dict:
    form, doses = subject.form, coordinates(settings)["dose"]
    shape = (len(SECTORS), len(doses))
    found = {name: np.full(shape, np.nan) for name in ("effect", "fvu", "discrepancy", "removed_mass")}
    slopes = np.full(len(SECTORS), np.nan)
    for s, sector in enumerate(SECTORS):
        change = subject.change(sector)
        slopes[s] = slope(subject.weights, subject.trials, -form.Q @ change @ form.Q.T)
        for d, dose in enumerate(doses):
            outputs = subject.outputs(subject.with_T(form.T - dose * change))
            found["effect"][s, d] = subject.lost(outputs)
            found["fvu"][s, d] = subject.fvu(outputs)
            found["discrepancy"][s, d] = subject.discrepancy(outputs)
            found["removed_mass"][s, d] = dose * form.removed_mass([sector], subject.alpha)
    return found | {"slope": slopes}


def slope(weights: Weights, trials: Trials, direction: np.ndarray) -> float:
    """Derivative of the FVU on ``trials`` along a direction of W_hh, (unit, unit), at W_hh."""
    whole = metrics.variance(trials.targets, trials.mask)
    b_h, b_y = (0.0 if b is None else b for b in (weights.b_h, weights.b_y))
    h = np.zeros((len(trials.inputs), len(weights.W_hh)))
    start = weights.h0 if trials.h0 is None else trials.h0
    h += 0.0 if start is None else start
    dh, total, a = np.zeros_like(h), 0.0, weights.leak
    for t in range(trials.inputs.shape[1]):
        z = h @ weights.W_hh.T + trials.inputs[:, t] @ weights.W_xh.T + b_h
        r = np.tanh(z)
        dh = (1 - a) * dh + a * (1 - r**2) * (dh @ weights.W_hh.T + h @ direction.T)
        h = (1 - a) * h + a * r
        error = np.where(trials.mask[:, t], h @ weights.W_hy.T + b_y - trials.targets[:, t], 0.0)
        total += 2 * np.sum(error * (dh @ weights.W_hy.T))
    return float(total / whole) if whole > 0 else np.nan
