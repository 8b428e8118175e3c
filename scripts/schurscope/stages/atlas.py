"""From networks and their Schur forms to what every single coupling does."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from schurscope.analyses.single_couplings import NAMES, PREDICTORS, single_couplings
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import measured_on
from schurscope.stages.settings import CUTS, complete
from schurscope.store import netcdf


def atlas(
    networks: xr.Dataset,
    schur: xr.Dataset,
    settings: dict,
    recorded: xr.Dataset | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> xr.Dataset:
    """An atlas dataset: the effect of every single coupling, and its predictors, for every network.

    ``settings`` (each may be left out): ``trials``, the number of held-out trials (of ``recorded``, a trials dataset,
    the first so many), and ``target_mean``. NaN where N has no entry, and for a network without a Schur form.
    """
    settings = complete(settings, CUTS)
    trials, metric = measured_on(networks, recorded, settings["trials"])
    nothing = dict.fromkeys(NAMES, np.full((networks.sizes["unit"],) * 2, np.nan))
    nothing |= dict.fromkeys(("rank_correlation", "partial_correlation"), np.full(len(PREDICTORS), np.nan))
    found = [
        nothing if form is None else single_couplings(form, weights, trials, metric, settings["target_mean"], progress)
        for _, weights, form in forms(networks, schur)
    ]
    arrays = {name: np.stack([one[name] for one in found]) for name in nothing}
    arrays |= {"solved": networks["solved"].values, "status": schur["status"].values}
    attributes = {"task_settings": networks.attrs["task_settings"], "metric": metric, "trials": len(trials.inputs)}
    axes = {"seed": networks["seed"].values, "predictor": list(PREDICTORS)}
    return netcdf.build("atlas", netcdf.key_of(networks), axes, arrays, attributes)
