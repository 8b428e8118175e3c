"""From networks to their ordered real Schur forms. No alpha in here."""

import logging

import numpy as np
import xarray as xr

from schurscope.foundations.errors import SchurscopeError
from schurscope.schur.form import ordered_schur
from schurscope.store import netcdf

log = logging.getLogger(__name__)


def decompose(networks: xr.Dataset) -> xr.Dataset:
    """A schur dataset: the ordered real Schur form of every network of a networks dataset; NaN where there is none.

    Raises SchurscopeError for another dataset.
    """
    netcdf.of_one_block(networks=networks)
    forms = [_form(*network) for network in zip(networks["W_hh"].values, networks["status"].values, strict=True)]
    arrays = {name: np.stack([form[name] for form in forms]) for name in forms[0]}
    return netcdf.build("schur", netcdf.key_of(networks), {"seed": networks["seed"].values}, arrays, {})


def _form(W, status) -> dict:
    """The Schur form of one network, by the names of the contract."""
    if status != "ok":
        return _no_form(len(W), status)
    try:
        form = ordered_schur(W)
    except SchurscopeError as error:
        log.warning("%s: stored as unordered", error)
        return _no_form(len(W), "unordered")
    log.info("residual %.2g, orthogonality %.2g", form.residual, form.orthogonality)
    return {
        "Q": form.Q,
        "T": form.T,
        "eigenvalue_real": form.eigenvalues.real,
        "eigenvalue_imag": form.eigenvalues.imag,
        "modulus": form.moduli[form.block_of],
        "block": form.block_of,
        "residual": form.residual,
        "orthogonality": form.orthogonality,
        "status": "ok",
    }


def _no_form(n, status) -> dict:
    """What stands in the file for a network without a Schur form."""
    square, row = np.full((n, n), np.nan), np.full(n, np.nan)
    names = {"Q": square, "T": square, "eigenvalue_real": row, "eigenvalue_imag": row, "modulus": row}
    return names | {"block": np.full(n, -1), "residual": np.nan, "orthogonality": np.nan, "status": status}
