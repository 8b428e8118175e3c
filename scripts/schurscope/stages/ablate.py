"""From networks and their Schur forms to the ablation grid."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from schurscope.analyses import ablation
from schurscope.analyses.ablation import REMOVED
from schurscope.cells import Weights
from schurscope.constructions import triangular
from schurscope.metrics import make_metric
from schurscope.schur.form import SECTORS
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import measured_on
from schurscope.stages.settings import GRID, complete
from schurscope.store import netcdf
from schurscope.store.contract import CONSTRUCTION, variables_of

T_OWN = "T_own"


def ablate(
    networks: xr.Dataset,
    schur: xr.Dataset,
    settings: dict,
    recorded: xr.Dataset | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> xr.Dataset:
    """An ablation dataset: every alpha x every removed set, for every network; NaN where there is no Schur form.

    ``settings`` (each may be left out): ``alphas`` in (0, 1], ``target_mean`` ("channel" or "trajectory") and
    ``trials``, the number of held-out trials, or of those in ``recorded`` (a trials dataset), all if nothing is said.
    A network that was trained in Schur form has one more removed set, the same at every alpha: ``T_own``, the T of its
    own parameters (constructions/triangular.py). Raises SchurscopeError where the datasets are not of the same
    networks.
    """
    settings = complete(settings, GRID)
    alphas, target_mean = settings["alphas"], settings["target_mean"]
    trials, metric = measured_on(networks, recorded, settings.get("trials"))
    lags = int(trials.mask.any(axis=(0, 2)).sum())
    labels = [*REMOVED, T_OWN] if f"{CONSTRUCTION}T" in networks else list(REMOVED)
    sizes = {"alpha": len(alphas), "removed": len(labels), "sector": len(SECTORS), "lag": lags}
    names = {
        name: entry for name, entry in variables_of("ablation", metric).items() if name not in ("solved", "status")
    }
    grids = [
        {name: np.full([sizes[dim] for dim in dims[1:]], np.nan) for name, (dims, _, _) in names.items()}
        if form is None
        else ablation.ablate(form, weights, trials, metric, alphas, target_mean, progress, _others(weights, form.W))
        for _, weights, form in forms(networks, schur)
    ]
    arrays = {name: np.stack([one[name] for one in grids]) for name in names}
    arrays |= {"solved": networks["solved"].values, "status": schur["status"].values}
    coordinates = {"seed": networks["seed"].values, "alpha": alphas, "removed": labels, "sector": list(SECTORS)}
    if any("lag" in dims for dims, _, _ in make_metric(metric).variables.values()):
        coordinates["lag"] = np.arange(1, lags + 1)
    attributes = {"task_settings": networks.attrs["task_settings"], "metric": metric}
    return netcdf.build("ablation", netcdf.key_of(networks), coordinates, arrays, attributes)


def _others(weights: Weights, W_hh: np.ndarray) -> dict[str, np.ndarray]:
    """Label -> W_hh without what else may be removed: of a network that was trained in Schur form its own T."""
    if "T" not in weights.made_of:
        return {}
    parts = {name: array.astype(np.float64) for name, array in weights.made_of.items()}
    return {T_OWN: W_hh - triangular.lifted(parts["X"], np.tril(parts["T"], k=-1))}
