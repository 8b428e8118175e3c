"""What has to be said beside an ablation's numbers: the cut is fragile, or nothing was removed."""

import numpy as np
import xarray as xr

from schurscope.analyses.ablation import NONE
from schurscope.foundations.defaults import NEAR
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.schur.split import fragile


def flagged(ablation: xr.Dataset, schur: xr.Dataset, near: float = NEAR) -> xr.Dataset:
    """An ablation dataset with ``fragile`` (seed, alpha) and ``empty`` (seed, alpha, removed): 1, 0, or NaN.

    NaN where there is no Schur form. ``schur``: its networks' forms, in the same order. ``near``: what a sound cut's
    alpha may move by.
    """
    there = schur["status"].values == "ok"
    cuts = np.full((len(there), ablation.sizes["alpha"]), np.nan)
    for i in np.flatnonzero(there):
        moduli = schur["modulus"].values[i]
        cuts[i] = [fragile(moduli, alpha, near) for alpha in ablation["alpha"].values]
    words = {
        "fragile": f"1 where the cut is fragile: n_R changes with alpha +- {near:g}",
        "empty": f"1 where nothing is removed: less than {LEAST_MASS:g} of the norm of T",
    }
    found = ablation.assign(
        fragile=(("seed", "alpha"), cuts),
        empty=nothing_removed(ablation).astype(float).where(xr.DataArray(there, dims="seed")),
    )
    for name, long_name in words.items():
        found[name].attrs = {"long_name": long_name, "units": "1"}
    return found


def nothing_removed(dataset: xr.Dataset) -> xr.DataArray:
    """Where a removed set is empty: it holds less than 1e-5 of the norm of T. ``none``, the intact network, is not."""
    return ~(dataset["removed_mass"] >= LEAST_MASS) & (dataset["removed"] != NONE)


def without_empty(dataset: xr.Dataset) -> xr.Dataset:
    """A dataset in which an empty removal has no numbers: all that is measured by removed set is NaN there."""
    there = ~nothing_removed(dataset)
    measured = [name for name, variable in dataset.data_vars.items() if "removed" in variable.dims and name != "empty"]
    return dataset.assign({name: dataset[name].where(there) for name in measured})
