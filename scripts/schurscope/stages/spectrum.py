"""The Lyapunov spectrum of one network, by itself or along inputs."""

import numpy as np
import xarray as xr

from schurscope.analyses import benettin
from schurscope.analyses.lyapunov import LEFT_OUT, random_state
from schurscope.cells import TANH, Weights, make_cell
from schurscope.external.network import LARGEST, numbers
from schurscope.foundations.errors import SchurscopeError

STEPS, WARM_UP, MOST = 10_000, 1_000, 10_000_000
VARIABLES = {
    "exponent": ("rank", "Lyapunov exponent, mean over trajectories, nats a step"),
    "spread": ("rank", "its standard deviation over trajectories, nats a step"),
    "convergence": ("rank", "how far the first half of the steps is off, mean over trajectories, nats a step"),
    "log_det": (None, "mean log |det J|, nats a step"),
    "sum_rule": (None, "|sum of exponents - mean log |det J||, the largest over trajectories, nats a step"),
    "near_zero": (None, "exponents that count as 0: within 3 / steps; mean over trajectories"),
    "entropy": (None, "sum of the exponents above that, nats a step; mean over trajectories"),
    "dimension": (None, "Kaplan-Yorke dimension; mean over trajectories"),
}


def lyapunov_spectrum(
    W_hh,
    W_xh=None,
    inputs=None,
    h0=None,
    steps: int = STEPS,
    warm_up: int = WARM_UP,
    *,
    b_h=None,
    own: dict | None = None,
    leak: float = 1.0,
    cell: str = TANH,
) -> np.ndarray:
    """Lyapunov exponents of a network along its own trajectory, (states * unit,), nonincreasing, in nats a step.

    h[t] = (1 - leak) h[t-1] + leak f(W_xh x[t] + W_hh h[t-1] + b_h), or what ``cell`` does: "tanh", "relu", "modrelu",
    "lstm", "gru". W_hh (unit, unit), W_xh (unit, input), b_h (unit,); of lstm and gru the rows of torch.nn.LSTM and
    GRU, (gate * unit, ...). ``own``: the arrays that the cell has beside these (``b_modulus``; ``b_hh``).

    Without ``inputs`` the network runs by itself for ``warm_up`` steps that do not count and ``steps`` that do. With
    inputs (time, input), or (trial, time, input), the trajectory is as long as they are, ``steps`` plays no part, and
    exponents are means over trials. ``h0`` (states * unit,), or one a trial: where it begins; None for normal numbers
    of variance 1 from a stream of its own: from 0 a network by itself would never leave, and only be linear. -inf
    where a direction is lost. Raises SchurscopeError: what does not fit; a trajectory that leaves the floats.
    """
    weights = _network(cell, leak, {"W_hh": W_hh, "W_xh": W_xh, "b_h": b_h, **(own or {})})
    inputs = None if inputs is None else _inputs(weights, inputs)
    h0 = random_state(weights, "by itself") if h0 is None else h0
    return spectrum(weights, inputs, h0, steps, warm_up)["exponent"].values


def spectrum(
    weights: Weights, inputs=None, h0=None, steps: int | None = None, warm_up: int | None = None
) -> xr.Dataset:
    """The same of Weights, as a dataset: VARIABLES over rank (from 1); attributes steps, warm_up, driven, trials.

    ``inputs``: (trial, time, input). ``warm_up``: None for 1,000 steps of a network by itself, a fifth of a trial else.
    ``h0``: None for the network's own; of one by itself that has none, random.
    """
    usual = WARM_UP if inputs is None else inputs.shape[1] // LEFT_OUT
    warm_up = usual if warm_up is None else _whole(warm_up, "warm_up", 0)
    steps = _whole(STEPS if steps is None else steps, "steps", 2)
    shown = np.zeros((1, steps + warm_up, weights.W_xh.shape[1])) if inputs is None else inputs
    size = make_cell(weights.cell, weights.leak).states * weights.W_hy.shape[1]
    if h0 is not None:
        h0 = np.atleast_2d(numbers(h0, "h0"))
        if h0.shape not in ((1, size), (len(shown), size)):
            raise SchurscopeError(f"h0 has the shape {h0.shape}; {size} numbers are needed, or so many for each trial")
    elif weights.h0 is None and inputs is None:
        h0 = random_state(weights, "by itself")
    found = benettin.spectrum(weights, shown, h0, warm_up)
    with np.errstate(invalid="ignore"):  # where a direction is lost
        spread = found.exponents.std(axis=0) if len(shown) > 1 else np.full(size, np.nan)
    arrays = {
        "exponent": found.exponents.mean(axis=0),
        "spread": spread,
        "convergence": found.convergence.mean(axis=0),
        "log_det": found.log_det.mean(),
        "sum_rule": found.sum_rule.max(),
        "near_zero": benettin.near_zero(found.exponents, found.steps).mean(),
        "entropy": benettin.entropy(found.exponents, found.steps).mean(),
        "dimension": np.mean([benettin.dimension(one) for one in found.exponents]),
    }
    variables = {
        name: (() if dim is None else (dim,), arrays[name], {"long_name": long_name, "units": "1"})
        for name, (dim, long_name) in VARIABLES.items()
    }
    attributes = {"steps": found.steps, "warm_up": warm_up, "driven": int(inputs is not None), "trials": len(shown)}
    rank = ("rank", np.arange(1, size + 1), {"long_name": "rank of the exponent", "units": "1"})
    return xr.Dataset(variables, {"rank": rank}, attributes)


def _whole(value, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= MOST:
        raise SchurscopeError(f"{name} is {value!r}; a whole number from {least} to {MOST:,} is needed")
    return int(value)


def _network(cell: str, leak: float, arrays: dict) -> Weights:
    """Weights that read every unit, from what is there of ``arrays``, after their shapes are checked."""
    made = make_cell(cell, leak)
    arrays = {name: numbers(array, name) for name, array in arrays.items() if array is not None}
    if arrays["W_hh"].ndim != 2:
        raise SchurscopeError(f"W_hh has the shape {arrays['W_hh'].shape}; a matrix is needed")
    n, known = arrays["W_hh"].shape[1], made.arrays()
    if foreign := next((name for name in arrays if name not in known), None):
        raise SchurscopeError(f"{foreign} is no array of {cell} units; they have {', '.join(known)}")
    arrays.setdefault("W_xh", np.zeros((made.gates * n, 1)))
    sizes = {"unit": n, "unit_from": n, "gate_unit": made.gates * n}
    sizes["input"] = arrays["W_xh"].shape[-1]
    for name, array in arrays.items():
        wanted = tuple(sizes[dim] for dim in known[name].dims)
        if array.shape != wanted:
            raise SchurscopeError(f"{name} has the shape {array.shape}; of {n} {cell} units it must have {wanted}")
        if not (np.abs(array) <= LARGEST).all():
            raise SchurscopeError(f"{name} has numbers that are not finite, or beyond {LARGEST:g}")
    if missing := [name for name in made.own if name not in arrays]:
        raise SchurscopeError(f"{missing[0]} is missing: {cell} units have it, as own={{{missing[0]!r}: ...}}")
    own = {name: arrays.pop(name) for name in list(arrays) if name not in ("W_hh", "W_xh", "b_h")}
    return Weights(**arrays, W_hy=np.eye(n), leak=leak, cell=cell, own=own)


def _inputs(weights: Weights, inputs) -> np.ndarray:
    """(trial, time, input), of as many inputs as the network has."""
    inputs = numbers(inputs, "inputs")
    inputs = inputs[None] if inputs.ndim == 2 else inputs
    channels = weights.W_xh.shape[1]
    if inputs.ndim != 3 or inputs.shape[2] != channels or 0 in inputs.shape:
        raise SchurscopeError(
            f"inputs have the shape {inputs.shape}; (time, {channels}) or (trial, time, {channels}) is needed"
        )
    if not (np.abs(inputs) <= LARGEST).all():
        raise SchurscopeError(f"inputs have numbers that are not finite, or beyond {LARGEST:g}")
    return inputs
