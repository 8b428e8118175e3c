"""What the symmetry of trained circle cells is worth: errors, exponents, drift, and lifetimes once it is broken."""

import numpy as np
import xarray as xr

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.neutral import path_tangents
from schurscope.neutral.breaking import lifetime_closed, lifetime_predicted, traceless
from schurscope.neutral.circle_cell import CircleCell, generator
from schurscope.neutral.learned_breaking import MOVED, PHASE, STRENGTHS, lifetimes
from schurscope.neutral.path_models import make_model
from schurscope.neutral.symmetry import PRECISIONS, drift, errors_of
from schurscope.stages.neutral_paths import parameters_of

INPUTS = ("zero", "held", "random")
HELD, SPEED = 0.7, 0.8  # of the inputs
EXPONENT_STEPS, GAP_STEPS = 160, 128  # of the group exponent and of the gap after breaking, the paper's
SPECTRUM_STEPS, WARM_UP = 1000, 200
PHASES = 16  # start phases of a drift
VARIABLES = {
    "error_field": (("precision",), "equivariance error of the field (eq. 4)"),
    "error_step": (("precision",), "equivariance error of a step (eq. 4)"),
    "group_exponent": (("input",), "exponent of the group's tangent over 160 steps (eq. 5), per unit time"),
    "angle": (("input",), "angle of the carried group tangent to the leading direction after 64 steps, degrees"),
    "exponent": (("input", "rank"), "Lyapunov exponents over 1,000 steps after 200, per unit time"),
    "drift": ((), "mean drift of the phase without input, rad per unit time"),
    "drift_largest": ((), "the largest over start phases"),
    "lifetime": (
        ("strength",),
        "time until the phase has moved by 0.2 rad once the symmetry is broken; inf: over 1,500",
    ),
    "gap": (("strength",), "minus the group exponent over 128 steps from the start phase then, at least 0"),
    "lifetime_predicted": (("strength",), "the paper's predictor from that gap"),
}


def neutral_cells(every: list[xr.Dataset]) -> xr.Dataset:
    """A neutral_cells dataset: VARIABLES of each network (model, seed) of neutral_paths datasets of circle cells.

    Breaking adds eps diag(1, -1) z to a cell, also to one that was trained with some. ``lifetime_closed`` (strength,):
    log(tan phi0 / tan(phi0 - theta)) / (2 eps). States and elements of the equivariance test are there too. Raises
    SchurscopeError for a dataset of another model.
    """
    models = [paths.attrs["model"] for paths in every]
    seeds = every[0]["seed"].values
    parts = []
    for paths in every:
        cell = make_model(paths.attrs["model"], int(paths.attrs["hidden"]))
        if not isinstance(cell, CircleCell) or not np.array_equal(paths["seed"], seeds):
            raise SchurscopeError(f"{paths.attrs['model']}: circle cells of the same seeds are needed")
        parts.append([_of_one(cell, parameters_of(paths, seed)) for seed in seeds])
        broken = lifetimes(cell, _stacked(paths))
        for found, own in zip(parts[-1], broken, strict=True):
            found["lifetime"] = own
    variables = {
        name: (("model", "seed", *dims), np.array([[one[name] for one in part] for part in parts]), {"long_name": text})
        for name, (dims, text) in VARIABLES.items()
    }
    closed = [lifetime_closed(2 * strength, PHASE, MOVED) for strength in STRENGTHS]
    variables["lifetime_closed"] = (("strength",), closed, {"long_name": "the closed form of that time"})
    tested = errors_of(make_model(models[0], int(every[0].attrs["hidden"])), parameters_of(every[0], seeds[0]))
    variables["test_state"] = (("test", "state"), tested.states, {"long_name": "states of the equivariance test"})
    variables["test_input"] = (("test", "channel"), tested.inputs, {"long_name": "inputs of the equivariance test"})
    angles = [np.arctan2(action.state[1, 0], action.state[0, 0]) for action in tested.actions]
    variables["test_angle"] = (("element",), angles, {"long_name": "angles of its group elements, rad"})
    coordinates = {"model": models, "seed": seeds, "precision": list(PRECISIONS), "input": list(INPUTS)}
    attributes = {"kind": "neutral_cells", "start_phase": PHASE, "moved": MOVED}
    return xr.Dataset(variables, coordinates | {"strength": list(STRENGTHS)}, attributes)


def _of_one(cell: CircleCell, p) -> dict:
    found = {f"error_{name}": np.zeros(len(PRECISIONS)) for name in ("field", "step")}
    for (name, precision), value in errors_of(cell, p).errors.items():
        found[f"error_{name}"][PRECISIONS.index(precision)] = value
    state, turned = cell.begin(p, np.array([PHASE]))[0], generator(cell.hidden)
    found |= {name: np.zeros(len(INPUTS)) for name in ("group_exponent", "angle")}
    found["exponent"] = np.zeros((len(INPUTS), cell.size))
    for place, kind in enumerate(INPUTS):
        u = _inputs(kind, EXPONENT_STEPS)
        found["group_exponent"][place] = path_tangents.group_exponent(cell, p, state, u, turned)
        found["angle"][place] = path_tangents.principal_angle(cell, p, state, u[: path_tangents.STEPS], turned)
        found["exponent"][place] = path_tangents.spectrum(cell, p, state, _inputs(kind, SPECTRUM_STEPS), WARM_UP)
    phases = np.linspace(-np.pi, np.pi, PHASES, endpoint=False)
    found["drift"], found["drift_largest"] = drift(cell, p, phases)
    gaps = [_gap(cell, p, strength) for strength in STRENGTHS]
    return found | {"gap": gaps, "lifetime_predicted": [lifetime_predicted(gap, PHASE, MOVED) for gap in gaps]}


def _gap(cell: CircleCell, p, strength: float) -> float:
    broken = CircleCell(cell.kind, cell.rule, cell.hidden, cell.dt, traceless(strength))
    state = broken.begin(p, np.array([PHASE]))[0]
    exponent = path_tangents.group_exponent(broken, p, state, np.zeros(GAP_STEPS), generator(cell.hidden))
    return max(0.0, -exponent)


def _inputs(kind: str, steps: int) -> np.ndarray:
    if kind == "random":
        return SPEED * stream("neutral inputs").normal(0, (steps,))
    return np.full(steps, HELD if kind == "held" else 0.0)


def _stacked(paths: xr.Dataset) -> dict[str, np.ndarray]:
    every = [parameters_of(paths, seed) for seed in paths["seed"].values]
    return {name: np.stack([own[name] for own in every]) for name in every[0]}
