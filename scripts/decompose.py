"""Rule decompose: the ordered real Schur form of every network of a block; NaN where there is none."""

import logging

import numpy as np

from job import job
from schurscope import store
from schurscope.errors import SchurscopeError
from schurscope.schur import ordered_schur


def described(W, status):
    """The Schur form of one network, by the names of the contract."""
    if status != "ok":
        return nothing(len(W), status)
    try:
        form = ordered_schur(W)
    except SchurscopeError as error:
        logging.warning("%s: stored as unordered", error)
        return nothing(len(W), "unordered")
    logging.info("residual %.2g, orthogonality %.2g", form.residual, form.orthogonality)
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


def nothing(n, status):
    """What stands in the file for a network without a Schur form."""
    square, row = np.full((n, n), np.nan), np.full(n, np.nan)
    names = {"Q": square, "T": square, "eigenvalue_real": row, "eigenvalue_imag": row, "modulus": row}
    return names | {"block": np.full(n, -1), "residual": np.nan, "orthogonality": np.nan, "status": status}


with job(snakemake) as settings:
    wildcards = snakemake.wildcards
    key = {"task": wildcards.task, "width": int(wildcards.width), "init": wildcards.init}
    networks = store.read(snakemake.input[0], "networks", **key)
    forms = [described(*network) for network in zip(networks["W_hh"].values, networks["status"].values, strict=True)]
    arrays = {name: np.stack([form[name] for form in forms]) for name in forms[0]}
    attributes = store.provenance(snakemake.params.settings, snakemake.params.code)
    store.write(store.build("schur", key, {"seed": networks["seed"].values}, arrays, attributes), snakemake.output[0])
