"""From networks and their Schur forms to the ablation grid."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from schurscope.analyses.ablation import REMOVED, ablate
from schurscope.metrics import make_metric
from schurscope.schur.form import SECTORS, stored_form
from schurscope.store import netcdf
from schurscope.store.contract import variables_of
from schurscope.tasks.trials import Trials


def ablation_of(
    networks: xr.Dataset,
    schur: xr.Dataset,
    trials: Trials,
    metric: str,
    settings: dict,
    attributes: dict,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> xr.Dataset:
    """Every alpha x every removed set, for every network.

    ``settings``: alphas and target_mean, as in a task's ``ablation`` section. NaN where there is no Schur form.
    """
    alphas = settings["alphas"]
    lags = int(trials.mask.any(axis=(0, 2)).sum())
    sizes = {"alpha": len(alphas), "removed": len(REMOVED), "sector": len(SECTORS), "lag": lags}

    def measured(seed):
        form = schur.sel(seed=seed)
        if form["status"] != "ok":
            names = variables_of("ablation", metric)
            return {name: np.full([sizes[d] for d in dims[1:]], np.nan) for name, (dims, _, _) in names.items()}
        weights = netcdf.weights_of(networks, seed)
        stored = stored_form(weights.W_hh, form["Q"].values, form["T"].values)
        return ablate(stored, weights, trials, metric, alphas, settings["target_mean"], progress)

    grids = [measured(seed) for seed in networks["seed"].values]
    arrays = {name: np.stack([grid[name] for grid in grids]) for name in grids[0] if name not in ("solved", "status")}
    arrays |= {"solved": networks["solved"].values, "status": schur["status"].values}
    coordinates = {"seed": networks["seed"].values, "alpha": alphas, "removed": list(REMOVED), "sector": list(SECTORS)}
    if any("lag" in dims for dims, _, _ in make_metric(metric).variables.values()):
        coordinates["lag"] = np.arange(1, lags + 1)
    attributes = attributes | {"task_settings": networks.attrs["task_settings"]}
    return netcdf.build("ablation", netcdf.key_of(networks), coordinates, arrays, attributes)
