"""The networks of a block one by one, each with its Schur form."""

from collections.abc import Iterator

import xarray as xr

from schurscope.cells.weights import Weights
from schurscope.schur.form import SchurForm, stored_form
from schurscope.store import netcdf


def forms(networks: xr.Dataset, schur: xr.Dataset) -> Iterator[tuple[int, Weights, SchurForm | None]]:
    """(seed, weights, form) of every network; None for the form of one that has none (diverged, unordered).

    Raises SchurscopeError where the two datasets are not of the same networks.
    """
    netcdf.of_one_block(networks=networks, schur=schur)
    for seed in networks["seed"].values:
        weights, one = netcdf.weights_of(networks, seed), schur.sel(seed=seed)
        there = one["status"] == "ok"
        yield int(seed), weights, stored_form(weights.W_hh, one["Q"].values, one["T"].values) if there else None
