"""From networks to their Lyapunov spectra, whatever they are made of: nothing is removed, and no Schur form needed."""

import json

import numpy as np
import xarray as xr

from schurscope.analyses.benettin import NoSpectrum
from schurscope.analyses.lyapunov import PROPERTIES, TRAJECTORIES, long_trial, random_state
from schurscope.cells import cell_of
from schurscope.stages.settings import complete
from schurscope.stages.spectrum import VARIABLES, spectrum
from schurscope.store import netcdf
from schurscope.tasks import make_task


def time_scales(networks: xr.Dataset, settings: dict | None = None) -> xr.Dataset:
    """An analysis dataset: VARIABLES of stages/spectrum.py of each network, along each of three trajectories.

    ``settings``: as of the diagnostic ``lyapunov`` (steps, warm_up, trials), whose trajectories these are: by itself
    from a random state, along one long trial where the task has trials of any length, and along held-out trials, their
    first fifth left out. NaN for a network that diverged, where a trajectory leaves the floats, and where there is no
    long trial. Raises SchurscopeError.
    """
    settings = complete(settings or {}, PROPERTIES)
    task, key = make_task(json.loads(networks.attrs["task_settings"])), netcdf.key_of(networks)
    seeds, held_out = networks["seed"].values, task.held_out(settings["trials"])
    driven = long_trial(task, settings["steps"] + settings["warm_up"])
    ranks = cell_of(netcdf.weights_of(networks, seeds[0])).states * networks.sizes["unit_from"]
    sizes = {None: (), "rank": (ranks,)}
    data = {name: np.full((len(seeds), len(TRAJECTORIES), *sizes[dim]), np.nan) for name, (dim, _) in VARIABLES.items()}
    for place, seed in enumerate(seeds):
        weights = netcdf.weights_of(networks, seed)
        state, warm_up = random_state(weights, *key.values(), seed), settings["warm_up"]
        of_each = {
            "autonomous": (None, state, settings["steps"], warm_up),
            "driven": (driven, state, None, warm_up),
            "trials": (held_out.inputs, held_out.h0),
        }
        for kind, along in of_each.items():
            if networks["status"].sel(seed=seed) != "ok" or (kind == "driven" and driven is None):
                continue
            try:
                found = spectrum(weights, *along)
            except NoSpectrum:
                continue
            for name in VARIABLES:
                data[name][place, TRAJECTORIES.index(kind)] = found[name]
    variables = {
        name: (("seed", "trajectory", *([dim] if dim else [])), data[name], {"long_name": long_name})
        for name, (dim, long_name) in VARIABLES.items()
    }
    variables |= {name: networks[name].variable for name in ("solved", "status")}
    coordinates = key | {"seed": seeds, "trajectory": list(TRAJECTORIES), "rank": np.arange(1, ranks + 1)}
    return xr.Dataset(variables, coordinates, {"kind": "analysis", "diagnostic": "time_scales", **settings})
