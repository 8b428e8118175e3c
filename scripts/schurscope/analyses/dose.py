"""Dose and response: T - s N_S for s from 0 to 1, and the slope of the FVU at s = 0 by exact differentiation.

The slope is forward differentiation along the direction dW/ds = -Q N_S Q^T, through every step of the cell
(``Cell.jvp``): for tanh units dh[t] = (1 - leak) dh[t-1] + leak (1 - tanh(z)^2) (W_hh dh[t-1] + dW h[t-1]).
"""

import numpy as np

from schurscope import metrics
from schurscope.analyses.subject import Subject
from schurscope.cells import Weights, cell_of
from schurscope.cells.rollout import initial
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
    cell, p = cell_of(weights), weights.parameters()
    b_y = 0.0 if weights.b_y is None else weights.b_y
    h = initial(weights, len(trials.inputs), trials.h0)
    dh, total = np.zeros_like(h), 0.0
    for t in range(trials.inputs.shape[1]):
        h, dh = cell.jvp(p, h, trials.inputs[:, t], dh, direction)
        error = np.where(trials.mask[:, t], h @ weights.W_hy.T + b_y - trials.targets[:, t], 0.0)
        total += 2 * np.sum(error * (dh @ weights.W_hy.T))
    return float(total / whole) if whole > 0 else np.nan
