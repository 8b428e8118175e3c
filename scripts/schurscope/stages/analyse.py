"""From networks, Schur forms and trials to one diagnostic of every network of a task."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import xarray as xr

from schurscope.analyses.subject import Subject
from schurscope.schur.form import stored_form
from schurscope.store import netcdf
from schurscope.tasks.trials import Trials

ORDER = ("width", "init", "seed")


def diagnosis_of(
    diagnostic: ModuleType,
    blocks: list[tuple[xr.Dataset, ...]],
    run: Callable[..., dict],
    settings: dict,
    coordinates: dict,
    attributes: dict,
) -> xr.Dataset:
    """One dataset with the dimensions width, init and seed before the diagnostic's own.

    ``blocks``: datasets of each block, networks and Schur forms first; ``run(*datasets, seed)`` gives the arrays of one
    network. NaN for a network without a Schur form. ``status`` and ``solved`` stand there too.
    """
    keys = [(netcdf.key_of(block[0]), int(seed)) for block in blocks for seed in block[0]["seed"].values]
    axes = {name: list(dict.fromkeys(key[name] for key, _ in keys)) for name in ("width", "init")}
    axes["seed"] = sorted({seed for _, seed in keys})
    coordinates = coordinates | diagnostic.coordinates(settings)
    sizes = tuple(len(axes[name]) for name in ORDER)
    data = {
        name: np.full(sizes + tuple(len(coordinates[dim]) for dim in dims), np.nan)
        for name, (dims, _) in diagnostic.VARIABLES.items()
    }
    solved, status = np.full(sizes, np.nan), np.full(sizes, "", dtype="<U9")
    for block in blocks:
        key = netcdf.key_of(block[0])
        for i, seed in enumerate(block[0]["seed"].values):
            at = (*(axes[name].index(key[name]) for name in ("width", "init")), axes["seed"].index(int(seed)))
            status[at] = block[1]["status"].values[i]
            solved[at] = block[0]["solved"].values[i]
            if status[at] == "ok":
                for name, array in run(*block, int(seed)).items():
                    data[name][at] = array
    variables = {
        name: ((*ORDER, *dims), data[name], {"long_name": long_name})
        for name, (dims, long_name) in diagnostic.VARIABLES.items()
    }
    variables["solved"] = (ORDER, solved, {"long_name": "1 if the network is solved"})
    variables["status"] = (
        ORDER,
        status,
        {"long_name": "status of the Schur form; empty: no such network"},
    )
    return xr.Dataset(variables, coords={"task": blocks[0][0]["task"].item(), **axes, **coordinates}, attrs=attributes)


def subject_of(
    networks: xr.Dataset, schur: xr.Dataset, seed: int, trials: Trials, metric: str, settings: dict
) -> Subject:
    """One network for a diagnostic; ``settings``: alphas, alpha and target_mean."""
    weights = netcdf.weights_of(networks, seed)
    one, key = schur.sel(seed=seed), netcdf.key_of(networks)
    form = stored_form(weights.W_hh, one["Q"].values, one["T"].values)
    return Subject(
        weights,
        form,
        trials,
        metric,
        settings["alphas"],
        settings["alpha"],
        (key["task"], key["width"], key["init"], seed),
        settings["target_mean"],
        first=seed == int(networks["seed"].values.min()),
    )
