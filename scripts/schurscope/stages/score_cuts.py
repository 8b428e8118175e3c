"""From networks and their Schur forms to the scores of all removed sets at every cut that there is."""

import numpy as np
import xarray as xr

from schurscope.analyses.ablation import REMOVED, at_every_cut
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import measured_on
from schurscope.stages.settings import CUTS, complete
from schurscope.store import netcdf


def score_cuts(
    networks: xr.Dataset, schur: xr.Dataset, settings: dict, recorded: xr.Dataset | None = None
) -> xr.Dataset:
    """A cuts dataset: every n_R that an alpha in (0, 1] gives x every removed set, for every network.

    ``settings`` (each may be left out): ``trials``, the number of held-out trials (of ``recorded``, a trials dataset,
    the first so many), and ``target_mean``. NaN where a network has no such cut, or no Schur form.
    """
    settings = complete(settings, CUTS)
    trials, metric = measured_on(networks, recorded, settings["trials"])
    n = networks.sizes["unit"]
    names = {"discrepancy", "removed_mass", metric}
    nothing = {name: np.full((n, len(REMOVED)), np.nan) for name in names}
    nothing |= {name: np.full(n, np.nan) for name in ("alpha_low", "alpha_high")}
    found = [
        nothing if form is None else at_every_cut(form, weights, trials, metric, settings["target_mean"])
        for _, weights, form in forms(networks, schur)
    ]
    arrays = {name: np.stack([one[name] for one in found]) for name in nothing}
    arrays |= {"solved": networks["solved"].values, "status": schur["status"].values}
    coordinates = {"seed": networks["seed"].values, "n_R": np.arange(1, n + 1), "removed": list(REMOVED)}
    attributes = {"task_settings": networks.attrs["task_settings"], "metric": metric, "trials": len(trials.inputs)}
    return netcdf.build("cuts", netcdf.key_of(networks), coordinates, arrays, attributes)
