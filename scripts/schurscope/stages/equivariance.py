"""From networks to whether they share the symmetry of their task, from inputs to outputs."""

import json

import numpy as np
import xarray as xr

from schurscope.cells.rollout import rollout
from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics import fvu, make_metric
from schurscope.neutral.input_output import map_errors
from schurscope.neutral.symmetry import PRECISIONS
from schurscope.stages.measured_on import measured_on
from schurscope.stages.settings import SOME_TRIALS, complete
from schurscope.store import netcdf
from schurscope.tasks import make_task
from schurscope.tasks.symmetries import symmetries

VARIABLES = {
    "largest": "largest |y(g u) - D y(u)| / (1 + |y(u)|) over scored steps of held-out trials",
    "discrepancy": "E|y(g u) - D y(u)|^2 / E|y(u) - mean y|^2 over scored steps of held-out trials",
}
FVU = "fraction of variance unexplained on the same trials; errors independent at u and g u would give twice it"


def equivariance(
    networks: xr.Dataset,
    settings: dict | None = None,
    elements: dict[str, tuple[np.ndarray, np.ndarray]] | None = None,
    recorded: xr.Dataset | None = None,
) -> xr.Dataset:
    """An analysis dataset: VARIABLES over seed, element and precision (neutral/input_output.py), and ``fvu`` (seed,),
    which is NaN of classes, whose log-probabilities are compared.

    ``settings``: ``trials``, how many held-out ones. ``elements``: name -> (matrix on inputs, matrix on outputs); None
    for those of the task (tasks/symmetries.py). ``recorded``: a trials dataset, if the networks came with one. NaN for
    a network that diverged. Raises SchurscopeError where nothing is known of the task, for matrices that are not
    orthogonal, and for sizes that do not fit.
    """
    settings = complete(settings or {}, {"trials": SOME_TRIALS})
    trials, metric = measured_on(networks, recorded, settings["trials"])
    if elements is None:
        elements = {} if recorded is not None else symmetries(make_task(json.loads(networks.attrs["task_settings"])))
    if not elements:
        raise SchurscopeError(
            f"no symmetry of {networks['task'].item()!r} is known; give elements, with matrices on inputs and outputs"
        )
    seeds = networks["seed"].values
    data = {name: np.full((len(seeds), len(elements), len(PRECISIONS)), np.nan) for name in VARIABLES}
    metric, unexplained = make_metric(metric), np.full(len(seeds), np.nan)
    for place, seed in enumerate(seeds):
        if networks["status"].sel(seed=seed) != "ok":
            continue
        weights = netcdf.weights_of(networks, seed)
        if not metric.of_classes:
            unexplained[place] = fvu(rollout(weights, trials.inputs), trials.targets, trials.mask)
        found = map_errors(weights, trials, elements, metric.said)
        for e, element in enumerate(elements):
            for k, precision in enumerate(PRECISIONS):
                for name in VARIABLES:
                    data[name][place, e, k] = getattr(found[element, precision], name)
    key = netcdf.key_of(networks)
    variables = {
        name: (("seed", "element", "precision"), array, {"long_name": VARIABLES[name], "units": "1"})
        for name, array in data.items()
    }
    variables["fvu"] = ("seed", unexplained, {"long_name": FVU, "units": "1"})
    for name in ("status", "solved"):
        variables[name] = networks[name].variable
    coordinates = key | {"seed": seeds, "element": list(elements), "precision": list(PRECISIONS)}
    attributes = {"kind": "analysis", "diagnostic": "equivariance", "trials": len(trials.inputs)}
    return xr.Dataset(variables, coordinates, attributes)
