"""What a network knows of its past: Fisher memory curves, of any matrix and of the networks of a block."""

import numpy as np
import xarray as xr

from schurscope.analyses.delay_lines import delay_line_memory, is_near_delay_line, proposition_1
from schurscope.analyses.fisher_memory import Diverges, checked, checked_lags
from schurscope.analyses.fisher_memory import fisher_memory as certified
from schurscope.analyses.memory_along import TooFar, input_directions, memory_along
from schurscope.cells import Weights
from schurscope.foundations.errors import SchurscopeError
from schurscope.stages.measured_on import measured_on
from schurscope.stages.settings import MEMORY, complete
from schurscope.store import netcdf
from schurscope.store.contract import variables_of

OF_A_MATRIX = ("memory", "memory_low", "memory_high", "total", "total_low", "total_high")
LAG = {"long_name": "steps since the signal", "units": "1"}


def fisher_memory(W, source, lags=None) -> xr.Dataset:
    """The Fisher memory curve of h[t] = W h[t-1] + source s[t] + noise of variance 1, with proven intervals.

    W (unit, unit), source (unit,), as they are; ``lags``: whole numbers from 0 (None: 0 up to twice the units). The
    dataset has memory, memory_low, memory_high (lag,), the sum over all lags ``total`` with ``total_low`` and
    ``total_high``, and ``optimum`` (lag,), what the delay line of gain |W| has: no matrix of that norm has more. Of a
    strictly lower triangular W with one number all along the sub-diagonal, and its first unit as source, also
    ``proposition_1`` (lag,), the least that Kerg et al. 2019 allow it (eq. 4). The last two are float64. All numbers
    are dimensionless. Raises SchurscopeError: what does not fit, a spectral radius of 1 or more, no python-flint.
    """
    if np.ndim(source) != 1:
        raise SchurscopeError(f"the source has the shape {np.shape(source)}; one direction, (unit,), is needed")
    curve, contract = certified(W, source, lags), variables_of("fisher_memory")
    W, U = checked(W, source)
    power = float(np.sum(U**2))
    arrays = {name: getattr(curve, name) for name in OF_A_MATRIX}
    arrays["optimum"] = power * delay_line_memory(np.linalg.norm(W, 2), curve.lags)
    words = {name: contract[name][1] for name in arrays}
    if is_near_delay_line(W) and not U[1:].any():
        arrays["proposition_1"] = power * proposition_1(W, curve.lags)
        words["proposition_1"] = "the least J(lag) that Proposition 1 of Kerg et al. 2019 allows"
    words["memory"] = "Fisher memory J(lag)"
    variables = {
        name: (("lag",)[: np.ndim(array)], array, {"long_name": words[name], "units": "1"})
        for name, array in arrays.items()
    }
    return xr.Dataset(variables, {"lag": ("lag", curve.lags, LAG)}, {"bits": curve.bits})


def memory_curves(networks: xr.Dataset, settings: dict | None = None, recorded: xr.Dataset | None = None) -> xr.Dataset:
    """A fisher_memory dataset: of every network, the curve of its linear network and that along its trajectories.

    The linear network has f(z) = z: h' = ((1 - leak) I + leak W_hh) h; of tanh units without biases, that is the
    network linearised at 0. NaN where its spectral radius is 1 or more, as of many trained networks. A signal enters
    along each column of W_xh, scaled to norm 1; curves are means over these channels.

    ``settings`` (each may be left out): ``lags``, how many, from 0 (None: twice the units); ``trials``, how many of
    the held-out trials (of ``recorded``, the first so many) trajectories are taken from, 0 for none. Raises
    SchurscopeError.
    """
    settings = complete(settings or {}, MEMORY)
    netcdf.of_one_block(networks=networks)
    lags = checked_lags(None if settings["lags"] is None else np.arange(settings["lags"]), networks.sizes["unit"])
    trials = measured_on(networks, recorded, settings["trials"])[0] if settings["trials"] else None
    status, found = networks["status"].values, []
    for seed, state in zip(networks["seed"].values, status, strict=True):
        one = _nothing(len(lags), 0 if trials is None else len(trials.inputs))
        found.append(one | (_of_one(netcdf.weights_of(networks, seed), lags, trials) if state == "ok" else {}))
    arrays = {name: np.stack([one[name] for one in found]) for name in found[0]}
    arrays |= {"solved": networks["solved"].values, "status": status}
    attributes = {"task_settings": networks.attrs["task_settings"]}
    attributes |= {"trials": 0 if trials is None else len(trials.inputs), "units": networks.sizes["unit"]}
    axes = {"seed": networks["seed"].values, "lag": ("lag", lags, LAG)}
    return netcdf.build("fisher_memory", netcdf.key_of(networks), axes, arrays, attributes)


def _nothing(lags: int, trials: int) -> dict:
    """Nothing is known."""
    by_lag = ("memory", "memory_low", "memory_high", "optimum", *(("along",) if trials else ()))
    numbers = ("total", "total_low", "total_high", "spectral_radius", *(("along_total",) if trials else ()))
    arrays = dict.fromkeys(by_lag, np.full(lags, np.nan)) | dict.fromkeys(numbers, np.nan)
    return arrays | ({"along_trial": np.full((trials, lags), np.nan)} if trials else {})


def _of_one(weights: Weights, lags: np.ndarray, trials) -> dict:
    """The arrays of one network."""
    W_hh, leak = np.asarray(weights.W_hh, dtype=np.float64), weights.leak
    W, sources = (1 - leak) * np.eye(len(W_hh)) + leak * W_hh, input_directions(weights.W_xh)
    largest = 1 - leak + leak * np.linalg.norm(W_hh, 2)  # of a Jacobian with slopes from 0 to 1, and of W
    found = {"optimum": delay_line_memory(largest, lags), "spectral_radius": np.abs(np.linalg.eigvals(W)).max()}
    try:
        curve = certified(W, sources, lags)
        found |= {name: getattr(curve, name) for name in OF_A_MATRIX}
    except Diverges:
        pass
    if trials is None:
        return found
    try:
        along = memory_along(weights, sources, trials.inputs, trials.h0)
    except TooFar:
        return found
    shown = np.full((len(along), len(lags)), np.nan)
    there = lags < along.shape[1]
    shown[:, there] = along[:, lags[there]]
    return found | {"along": shown.mean(0), "along_trial": shown, "along_total": along.sum(1).mean()}
