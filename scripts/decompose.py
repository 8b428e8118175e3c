"""Rule decompose: the ordered real Schur form of every network of a block. A diverged network flows through as NaN."""

import logging

import numpy as np

from job import job
from schurscope import store
from schurscope.schur import ordered_schur


def described(W):
    """The Schur form of one network, by the names of the contract."""
    form = ordered_schur(W)
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
    }


def diverged(n):
    """What stands in the file for a network that diverged."""
    square, row = np.full((n, n), np.nan), np.full(n, np.nan)
    names = {"Q": square, "T": square, "eigenvalue_real": row, "eigenvalue_imag": row, "modulus": row}
    return names | {"block": np.full(n, -1), "residual": np.nan, "orthogonality": np.nan}


with job(snakemake) as settings:
    wildcards = snakemake.wildcards
    key = {"task": wildcards.task, "width": int(wildcards.width), "init": wildcards.init}
    networks = store.read(snakemake.input[0], "networks", **key)
    forms = [
        described(W) if status == "ok" else diverged(len(W))
        for W, status in zip(networks["W_hh"].values, networks["status"].values, strict=True)
    ]
    arrays = {name: np.stack([form[name] for form in forms]) for name in forms[0]}
    arrays["status"] = networks["status"].values
    attributes = store.provenance(snakemake.params.settings, snakemake.params.code)
    store.write(store.build("schur", key, {"seed": networks["seed"].values}, arrays, attributes), snakemake.output[0])
