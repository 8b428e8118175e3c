"""A network from outside and its trials as the datasets that the rest of the chain knows."""

import logging
import math
from numbers import Real

import numpy as np
import xarray as xr

from schurscope.cells.weights import Weights
from schurscope.external.contents import NUMBERS
from schurscope.external.names import AXES
from schurscope.external.network import read_network
from schurscope.external.proof import TOLERANCE, reproduce
from schurscope.external.recorded import arranged, check_metric, read_trials
from schurscope.foundations.canonical_json import canonical
from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics import make_metric
from schurscope.store import netcdf
from schurscope.tasks import make_task
from schurscope.tasks.trials import Trials, score

log = logging.getLogger(__name__)
INIT = "imported"
UNPROVED = (
    "nothing says that these are tanh units: the file does not, and there are no recorded outputs; of another network"
    " the profile is complete and wrong"
)


def read(name: str, weights_path, settings: dict, trials_path=None) -> tuple[xr.Dataset, xr.Dataset]:
    """(networks, trials) datasets from the files of one network, or from its weights and a built-in task.

    ``settings``: as a checked config's entry under ``networks``: ``keys``, ``orientation``, ``leak``, ``seed``,
    ``activation``, ``metric``, ``solved``; ``task`` (settings of a built-in one) and ``held_out`` (how many trials), or
    ``trial_keys``, ``axes`` and ``tolerance`` for ``trials_path``. Raises SchurscopeError that names the file.
    """
    reading = {key: settings.get(key) for key in ("keys", "orientation", "leak", "seed", "activation")}
    weights, origin = read_network(weights_path, **reading)
    for quantity, source in origin.items():
        log.info("%s: %s", quantity, source)
    measuring = {"metric": settings["metric"], "solved": settings.get("solved")}
    if "task" in settings:
        task = make_task(settings["task"])
        arrays = held_out(task, settings["held_out"], weights)
        measuring |= {"task_settings": task.settings, "where": f"task {task.name}: "}
    else:
        arrays = read_trials(trials_path, settings["trial_keys"])
        measuring |= {"axes": settings["axes"], "tolerance": settings["tolerance"], "where": f"{trials_path}: "}
    measuring |= {"unused": origin.get("not used", ""), "activation": origin.get("activation")}
    networks, trials = datasets(name, weights, arrays, **measuring)
    if "warning" in networks.attrs:
        log.warning("%s; activation in the config says so", networks.attrs["warning"])
    if "reproduction" in networks.attrs:
        log.info("the recorded outputs are reproduced, to %.2g of their size", networks.attrs["reproduction"])
    return networks, trials


def datasets(
    name: str,
    weights: Weights,
    arrays,
    metric: str = "fvu",
    solved: float | None = None,
    axes=AXES,
    tolerance: float = TOLERANCE,
    task_settings: dict | None = None,
    where: str = "",
    unused: str = "",
    activation: str | None = None,
) -> tuple[xr.Dataset, xr.Dataset]:
    """(networks, trials) of one network, after its trials are checked and its recorded outputs are reproduced.

    ``arrays``: inputs, targets and, if wanted, mask, h0, outputs, in the order of ``axes``; ``task_settings``: of the
    built-in task that they are from; ``unused``: arrays of the network's file that play no part; ``activation``: where
    the file or the user says it. The attribute ``reproduction`` of networks says how far the outputs were off,
    ``warning`` that neither they nor anybody says that the units are tanh.
    """
    if not isinstance(tolerance, Real) or not 0 < tolerance < math.inf:
        raise SchurscopeError(f"{where}tolerance is {tolerance!r}; it must be a number above 0")
    trials, outputs = arranged(arrays, weights, axes, where)
    check_metric(trials, metric, where)
    attributes = {"cell": weights.cell, "activation": weights.cell, "leak": weights.leak}
    attributes["task_settings"] = canonical(task_settings or {"task": "recorded", "metric": metric})
    if outputs is not None:
        attributes["reproduction"] = reproduce(weights, trials, outputs, tolerance, where, unused)
    elif activation is None:
        attributes["warning"] = UNPROVED
    value, scored_by = score(weights, trials, metric), make_metric(metric)
    reached = scored_by.reached(value, scored_by.solved if solved is None else solved)
    return _networks_dataset(name, weights, value, reached, attributes), _trials_dataset(name, trials, metric)


def without_trials(name: str, weights: Weights) -> xr.Dataset:
    """A networks dataset of one network, for what needs no trials; nothing says how well it does."""
    attributes = {"cell": weights.cell, "activation": weights.cell, "leak": weights.leak}
    attributes["task_settings"] = canonical({"task": "recorded"})
    return _networks_dataset(name, weights, math.nan, False, attributes)


def _networks_dataset(name: str, weights: Weights, value: float, reached: bool, attributes: dict) -> xr.Dataset:
    kept = {name: array[None] for name, array in weights.arrays().items()}
    kept |= {
        "loss": np.full((1, 1), np.nan),
        "updates": np.array([0]),
        "validation": np.array([value]),
        "solved": np.array([int(reached)]),
        "status": np.array(["ok"]),
    }
    key = {"task": name, "width": len(weights.W_hh), "init": INIT}
    return netcdf.build("networks", key, {"seed": [0]}, kept, attributes)


def _trials_dataset(name: str, trials: Trials, metric: str) -> xr.Dataset:
    arrays = {"inputs": trials.inputs, "targets": trials.targets, "mask": trials.mask.astype(np.int8)}
    if trials.h0 is not None:
        arrays["h0"] = trials.h0
    return netcdf.build("trials", {"task": name}, {}, arrays, {"metric": metric})


def held_out(task, count: int, weights: Weights) -> dict:
    """The arrays of a built-in task's held-out trials, if they fit the network and are not too many."""
    one = task.held_out(1)
    numbers = count * sum(part.shape[1] * part.shape[2] for part in (one.inputs, one.targets))
    if numbers > NUMBERS:
        raise SchurscopeError(
            f"task {task.name}: {count} trials have {numbers:,} numbers; at most {NUMBERS:,} are drawn"
        )
    arranged(vars(one), weights, where=f"task {task.name}: ")
    return vars(task.held_out(count))
