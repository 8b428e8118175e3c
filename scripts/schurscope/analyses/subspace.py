"""The subspace explanation: is a coupling harmless because activity or readout never meet it?

For what a removed sector takes from W, dW = Q N_S Q^T: how much of the recurrent drive it carries on the task's own
activity, and how its input side (the directions that it reads) and output side (those that it writes) lie to the
principal components of the hidden states, to the readout's rows, and to the means of the hidden states conditioned on
the task's answers.
"""

import numpy as np

from schurscope.analyses.subject import Subject
from schurscope.cells.rollout import initial
from schurscope.schur.form import SECTORS

PROPERTIES = {
    "variance": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.95},
    "resamples": {"type": "integer", "minimum": 10, "maximum": 1_000_000, "default": 1000},
}
SUBSPACES = ("principal components", "readout", "condition means")
SIDES = ("input", "output")
VARIABLES = {
    "effect": (("sector",), "effect of removing the sector at alpha"),
    "discrepancy": (("sector",), "rollout discrepancy from the intact network"),
    "mass": (("sector",), "Frobenius norm of the sector over that of T"),
    "activity_mass": (("sector",), "E |dW h|^2 / E |W h|^2 over the task's rollouts"),
    "overlap": (("sector", "subspace", "side"), "share of dW's squared norm within the subspace"),
    "dimension": (("subspace",), "dimension of the subspace"),
    "chance": (("subspace",), "overlap of a random direction: dimension over width"),
}


def coordinates(settings) -> dict:
    return {"sector": list(SECTORS), "subspace": list(SUBSPACES), "side": list(SIDES)}


def measure(subject: Subject, settings) -> dict:
    form, weights, trials = subject.form, subject.weights, subject.trials
    states = subject.states(weights.W_hh)
    first = initial(weights, len(states), trials.h0)
    before = np.concatenate([first[:, None], states[:, :-1]], axis=1).reshape(-1, len(form.W))  # what W_hh acts on
    bases = [
        principal_components(states.reshape(-1, len(form.W)), settings["variance"]),
        row_space(weights.W_hy),
        row_space(condition_means(states, trials)),
    ]
    drive = np.sum((before @ form.W.T) ** 2)
    found = {name: np.full(len(SECTORS), np.nan) for name in ("effect", "discrepancy", "mass", "activity_mass")}
    overlap = np.full((len(SECTORS), len(SUBSPACES), len(SIDES)), np.nan)
    for s, sector in enumerate(SECTORS):
        outputs = subject.outputs(form.without([sector], subject.alpha))
        found["effect"][s], found["discrepancy"][s] = subject.lost(outputs), subject.discrepancy(outputs)
        found["mass"][s] = form.removed_mass([sector], subject.alpha)
        change = form.Q @ subject.change(sector) @ form.Q.T
        found["activity_mass"][s] = np.sum((before @ change.T) ** 2) / drive if drive > 0 else np.nan
        if np.any(change):
            overlap[s] = [[share(change, basis), share(change.T, basis)] for basis in bases]
    dimension = np.array([float(basis.shape[1]) for basis in bases])
    return found | {"overlap": overlap, "dimension": dimension, "chance": dimension / len(form.W)}


def share(change: np.ndarray, basis: np.ndarray) -> float:
    """|change P|^2 / |change|^2, Frobenius: how much of what ``change`` reads lies in the columns of ``basis``."""
    return float(np.sum((change @ basis) ** 2) / np.sum(change**2))


def principal_components(states: np.ndarray, variance: float) -> np.ndarray:
    """The leading principal components of states (sample, unit) that explain ``variance``, (unit, component)."""
    values, vectors = np.linalg.eigh(np.cov(states, rowvar=False, ddof=0).reshape(states.shape[1], -1))
    values = np.maximum(values[::-1], 0.0)
    explained = np.cumsum(values) / max(np.sum(values), np.finfo(float).tiny)
    count = int(np.searchsorted(explained, variance - 1e-12)) + 1
    return vectors[:, ::-1][:, : min(count, int(np.sum(values > 1e-12 * max(values[0], 1e-300))))]


def row_space(matrix: np.ndarray) -> np.ndarray:
    """An orthonormal basis of the rows' span, (column, rank)."""
    _, values, rows = np.linalg.svd(matrix, full_matrices=False)
    return rows[values > 1e-10 * max(values[0], 1e-300)].T


def condition_means(states: np.ndarray, trials) -> np.ndarray:
    """For each output channel, mean state where its scored target is above its mean minus that where it is not.

    (output, unit). A channel with a constant target gives zeros.
    """
    rows = []
    for c in range(trials.targets.shape[2]):
        scored = trials.mask[..., c]
        high = trials.targets[..., c][scored] > np.mean(trials.targets[..., c][scored]) if scored.any() else np.zeros(0)
        here = states[scored]
        varies = len(high) and high.any() and not high.all()
        rows.append(here[high].mean(axis=0) - here[~high].mean(axis=0) if varies else np.zeros(states.shape[2]))
    return np.array(rows)
