"""What each kind of NetCDF file holds (names, dimensions, meaning), and what is wrong with one that does not."""

import json

import numpy as np

from schurscope.cells import TANH, arrays_of
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.metrics import metric_in

STATUS = "ok; diverged: the loss was not finite; unordered: the Schur form could not be ordered"
STATUSES = ("ok", "diverged", "unordered")
OF_TASKS = ("summary", "circuit_summary", "diagnostic")  # files of all networks of a task
OF_THEIR_OWN = ("neutral_paths", "neutral_cells", "neutral_systems", "neutral_breaking", "dataset")  # of no task
KEY = ("task", "width", "init")  # scalar coordinates of every file of one block
TITLES = {
    "networks": "Recurrent networks",
    "schur": "Ordered real Schur forms of recurrent matrices",
    "ablation": "What networks lose without nonnormal couplings",
    "cuts": "What networks lose without nonnormal couplings, at every cut",
    "atlas": "What every single coupling does",
    "circuit": "The fewest couplings found that keep the function",
    "fisher_memory": "What a network knows of its past: Fisher memory curves",
    "analysis": "What an ablation profile depends on",
    "trials": "Trials of a network that was trained elsewhere",
    "summary": "Every network of a task, with mean, SEM and n",
    "circuit_summary": "Every circuit of a task, with mean, SEM and n",
    "diagnostic": "What an ablation profile depends on",
    "neutral_paths": "Networks trained to integrate a velocity on the circle",
    "neutral_cells": "Symmetry, drift and lifetimes of trained circle cells",
    "neutral_systems": "Exponents of systems with a symmetry",
    "neutral_breaking": "Lifetimes of a phase on a circle whose symmetry is broken",
    "dataset": "Trained recurrent networks, and what they can lose",
}
REFERENCES = "S. Draeger, Task-Restricted Symmetries in Recurrent Weight Space, arXiv 2606.18457 (2026)"
FLAGS = {  # variable: what 0, 1 mean
    "solved": ("not_solved", "solved"),
    "mask": ("not_scored", "scored"),
    "fragile": ("sound", "fragile"),
    "empty": ("something_removed", "nothing_removed"),
    "moves": ("sound", "fragile"),
    "stabilizer": ("no", "yes"),
    "candidate": ("no", "yes"),
    "kept": ("removed", "kept"),
    "kept_accuracy": ("removed", "kept"),
    "verified": ("no", "yes"),
    "verified_accuracy": ("no", "yes"),
}
PAIR = ("seed", "mode", "mode_from")
AT = ("seed", "epsilon")
BY_LAG = ("seed", "lag")

# variable: (dimensions, long name, may it be NaN in a network with status ok?); units are "1" throughout
CONTRACT = {
    "networks": {
        "loss": (("seed", "update"), "training loss before each update; NaN after the last", True),
        "updates": (("seed",), "updates done", False),
        "validation": (("seed",), "the task's metric on the validation trials at the end of training", True),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "schur": {
        "Q": (("seed", "unit", "mode"), "orthogonal basis of the ordered real Schur form", False),
        "T": (("seed", "mode", "mode_from"), "ordered real Schur form, W_hh = Q T Q^T", False),
        "eigenvalue_real": (("seed", "mode"), "real part of the eigenvalue", False),
        "eigenvalue_imag": (("seed", "mode"), "imaginary part of the eigenvalue", False),
        "modulus": (("seed", "mode"), "modulus of the mode's block", False),
        "block": (("seed", "mode"), "index of the 1x1 or 2x2 block; -1 where there is none", False),
        "residual": (("seed",), "max |Q T Q^T - W_hh|", False),
        "orthogonality": (("seed",), "max |Q^T Q - I|", False),
        "status": (("seed",), STATUS, False),
    },
    "ablation": {
        "n_R": (("seed", "alpha"), "rows of the leading sector R", False),
        "split_gap": (("seed", "alpha"), "modulus gap at the cut over the spectral radius; NaN where C is empty", True),
        "mass": (("seed", "alpha", "sector"), "Frobenius norm of the sector over that of T", True),
        "removed_mass": (("seed", "alpha", "removed"), "Frobenius norm of what is removed over that of T", True),
        "discrepancy": (("seed", "alpha", "removed"), "rollout discrepancy from the intact network", True),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "cuts": {
        "alpha_low": (("seed", "n_R"), "this n_R is there for every alpha above this; NaN where no alpha cuts", True),
        "alpha_high": (("seed", "n_R"), "and up to this", True),
        "removed_mass": (("seed", "n_R", "removed"), "Frobenius norm of what is removed over that of T", True),
        "discrepancy": (("seed", "n_R", "removed"), "rollout discrepancy from the intact network", True),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "atlas": {
        "effect": (PAIR, "rollout discrepancy when this coupling alone is removed; NaN where N has no entry", True),
        "effect_metric": (PAIR, "what that costs in the task's metric: positive is worse", True),
        "estimate": (PAIR, "Gauss-Newton estimate of the effect", True),
        "activity_mass": (PAIR, "T_ij^2 E[(q_j . h)^2], over the states that the coupling is applied to", True),
        "overlap": (PAIR, "of both directions with the principal components of 95 % of the states' variance", True),
        "share": (PAIR, "T_ij^2 over the squared Frobenius norm of T", True),
        "rank_correlation": (("seed", "predictor"), "Spearman's correlation with the effect, over couplings", True),
        "partial_correlation": (
            ("seed", "predictor"),
            "the same with the other one of share and activity_mass held fixed",
            True,
        ),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "circuit": {
        "kept": ((*AT, *PAIR[1:]), "1 if the entry of T is kept, 0 if it is removed; 1 outside N", False),
        "order": ((*AT, *PAIR[1:]), "rank of removal; -1 for what is kept", False),
        "removed_share": (AT, "removed entries over all that may go, those of N; NaN where there is none", True),
        "numbers_left": (AT, "entries of T that are left and are not 0", True),
        "discrepancy": (AT, "rollout discrepancy from the intact network on held-out trials, looked at once", True),
        "discrepancy_guard": (AT, "the same on the trials that decided which couplings came back", True),
        "discrepancy_selection": (
            AT,
            "the same on the trials that couplings were chosen on, before any came back",
            True,
        ),
        "verified": (AT, "1 if the held-out discrepancy is at or below epsilon", False),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "fisher_memory": {
        "memory": (
            BY_LAG,
            "Fisher memory J(lag) of the linear network; NaN where the sum over the past diverges",
            True,
        ),
        "memory_low": (BY_LAG, "lower end of its proven interval", True),
        "memory_high": (BY_LAG, "upper end of its proven interval", True),
        "total": (("seed",), "sum of J over all lags", True),
        "total_low": (("seed",), "lower end of its proven interval", True),
        "total_high": (("seed",), "upper end of its proven interval", True),
        "optimum": (BY_LAG, "J(lag) of the delay line of the same gain: no network of this norm has more", True),
        "spectral_radius": (("seed",), "largest modulus of an eigenvalue of the linear network's step", True),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "analysis": {
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "trials": {
        "inputs": (("trial", "time", "input"), "what the network is given", False),
        "targets": (("trial", "time", "output"), "what it should answer; anything where it is not scored", True),
        "mask": (("trial", "time", "output"), "1 where the answer is scored", False),
    },
}
CONSTRUCTION = "construction_"  # before the name of a parameter that W_hh was trained as
OPTIONAL = {
    "networks": {
        f"{CONSTRUCTION}X": (("seed", "unit", "unit_from"), "its upper triangle counts: P = exp(X - X^T)", False),
        f"{CONSTRUCTION}T": (("seed", "unit", "unit_from"), "strictly lower: W_hh = P (D + T) P^T", False),
        f"{CONSTRUCTION}gamma": (("seed", "plane"), "factor of each 2x2 block of D", False),
        f"{CONSTRUCTION}theta": (("seed", "plane"), "angle of each 2x2 block of D", False),
        f"{CONSTRUCTION}angles": (("seed", "layer", "plane"), "angles of the plane rotations of each layer", False),
    },
    "trials": {"h0": (("trial", "unit"), "initial state of each trial", False)},
    "fisher_memory": {
        "along": (
            BY_LAG,
            "J(lag) along trajectories, at their last step: mean over trials; NaN before the first",
            True,
        ),
        "along_trial": (("seed", "trial", "lag"), "the same of each trial", True),
        "along_total": (("seed",), "sum of J along trajectories over all lags: mean over trials", True),
    },
    "circuit": {  # in other coordinates than those of the Schur form
        "P": (("seed", "unit", "mode"), "orthogonal basis, W_hh = P M P^T", True),
        "M": (PAIR, "W_hh in that basis", True),
        # for a metric of which more is better
        "kept_accuracy": (PAIR, "kept, for the fewest that keep 0.99 of the intact accuracy", False),
        "removed_share_accuracy": (("seed",), "removed_share, of these", True),
        "numbers_left_accuracy": (("seed",), "numbers_left, of these", True),
        "accuracy_share": (("seed",), "accuracy with these over the intact accuracy, on held-out trials", True),
        "verified_accuracy": (("seed",), "1 if that is at least 0.99", False),
    },
}
GRID = ("seed", "alpha", "removed")  # what a metric's variables are measured over


def variables_of(kind: str, names=(), cell: str = TANH) -> dict:
    """The contract of one kind of file: name -> (dimensions, long name, NaN allowed).

    ``names``: what a file holds, or a task's metric: optional variables among them belong to the contract, and
    those of its metric are expected. ``cell``: what the networks of a networks file are made of.
    """
    contract = dict(CONTRACT[kind])
    if kind == "networks":
        own = {name: array for name, array in arrays_of(cell).items() if array.needed or name in names}
        contract = {name: (("seed", *a.dims), a.long_name, False) for name, a in own.items()} | contract
    contract |= {name: entry for name, entry in OPTIONAL.get(kind, {}).items() if name in names}
    if kind == "ablation":
        own = metric_in(names).variables.items()
        contract |= {name: ((*GRID, *dims), long_name, may_be_nan) for name, (dims, long_name, may_be_nan) in own}
    if kind == "cuts":
        metric = metric_in(names)
        contract[metric.name] = (("seed", "n_R", "removed"), metric.variables[metric.name][1], True)
    if kind == "circuit":
        metric = metric_in(names)
        long_name = metric.variables[metric.name][1]
        contract[metric.name] = (AT, f"{long_name}, of the circuit on held-out trials", True)
        contract[f"{metric.name}_intact"] = (("seed",), f"{long_name}, of the intact network there", True)
    return contract


def described(dataset) -> dict:
    """The global attributes that say what a file is, after the CF conventions."""
    title = TITLES[dataset.attrs.get("kind", "ablation")]
    of = f": {dataset['task'].item()}" if "task" in dataset.coords and not dataset["task"].ndim else ""
    return {"Conventions": "CF-1.10", "title": title + of, "source": "Schurscope", "references": REFERENCES}


def problem_of(dataset, kind, key, only=None) -> str | None:
    """What is wrong with a dataset, in words; None if nothing is. ``only``: the variables that it must have."""
    if kind in OF_THEIR_OWN:
        return None if dataset.attrs.get("kind") == kind else "it is another kind"
    if kind not in (*CONTRACT, *OF_TASKS):
        allowed = ", ".join((*CONTRACT, *OF_TASKS))
        raise SchurscopeError(f"there is no kind of file {kind!r}; allowed: {allowed}")
    for name, wanted in key.items():
        if name in dataset.coords and dataset[name].ndim == 0 and dataset[name].item() != wanted:
            return f"it belongs to {name} {dataset[name].item()}, not {wanted}"
    if kind in OF_TASKS:
        return None if dataset.attrs.get("kind") == kind and "task" in dataset.coords else "it is another kind"
    cell = dataset.attrs.get("cell", TANH)
    contract = variables_of(kind, dataset.variables, cell if cell in REGISTRY["cell"] else TANH)
    contract = contract if only is None else {name: contract[name] for name in only}
    for name, (dims, _, _) in contract.items():
        if name not in dataset:
            return f"the variable {name} is missing"
        if dataset[name].dims != dims:
            return f"{name} has the dimensions {dataset[name].dims}, not {dims}"
        if (dataset[name].dtype.kind in "fiu") == (name == "status"):
            return f"{name} has the wrong type, {dataset[name].dtype}"
    for name in KEY if kind != "trials" else ("task",):
        if name not in dataset.coords or dataset[name].ndim:
            return f"the coordinate {name} is missing"
    for name in {"unit", "unit_from", "mode", "mode_from"} & set(dataset.sizes):
        if "width" in dataset.coords and dataset.sizes[name] != dataset["width"]:
            return f"there are {dataset.sizes[name]} along {name}, but the width is {dataset['width'].item()}"
    if kind == "trials":
        ok = slice(None)
    else:
        unknown = set(dataset["status"].values.tolist()) - set(STATUSES)
        if unknown:
            return f"the status {unknown.pop()!r} does not exist"
        ok = dataset["status"].values == "ok"
    for name, (_, _, may_be_nan) in contract.items():
        values = dataset[name].values
        if not may_be_nan and values.dtype.kind == "f" and not np.isfinite(values[ok]).all():
            return f"{name} is not finite in a network whose status is ok"
    return _unsupported(dataset) if kind == "networks" else None


def _unsupported(dataset) -> str | None:
    """What a networks file says of its networks that the forward map does not do."""
    known = REGISTRY["cell"]
    if dataset.attrs.get("cell", TANH) not in known or dataset.attrs.get("activation") not in known:
        return f"its networks are not made of a cell that is supported ({', '.join(known)})"
    if not 0 < dataset.attrs.get("leak", 0) <= 1:
        return "its networks do not have a leak above 0 and at most 1"
    try:
        json.loads(dataset.attrs["task_settings"])
    except (KeyError, TypeError, ValueError):
        return "its attribute task_settings is not JSON"
    return None
