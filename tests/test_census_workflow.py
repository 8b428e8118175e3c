"""A small census to its end: the dataset, read with xarray alone, and what is said of it."""

import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr

TASK = {"widths": [6, 9], "inits": ["default", "orthogonal"], "seeds": "6-9", "solved": 0.99}
KINDS = ("networks", "schur", "ablation", "atlas", "circuit", "cut", "subspace", "nonnormality", "lyapunov")


@pytest.mark.slow
def test_a_small_census(study):
    labels = ("flipflop", "sine", "integration")
    study.config["tasks"] |= {"copy": None} | {label: dict(TASK) for label in labels}
    study.config |= {"census": True, "cuts": None, "seeds_per_job": 4}
    study.config["training"] |= {"updates": 150}
    sizes = {"atlas_trials": 8, "selection": 16, "guard": 16, "trials": 24}
    study.config["circuits"] = {
        "of": {"copy": None} | {label: {} for label in labels},
        "epsilons": [0.01],
        "questions": [],
    } | sizes
    off = dict.fromkeys(("order", "controls", "dose", "stabilizers", "decoder"))
    study.config["diagnostics"] = off | {"trials": 8, "lyapunov": {"steps": 60, "warm_up": 10, "trials": 2}}
    study.config["figures"] |= {"alpha": 0.9, "copy_profile": None, "task_profile": None}
    study.run("results/census/census.html", "results/dataset/README.md")
    results = study.folder / "results"
    files = {kind: xr.load_dataset(results / "dataset" / f"{kind}.nc") for kind in KINDS}
    for line in (results / "dataset" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((results / "dataset" / name).read_bytes()).hexdigest() == digest
    readme = (results / "dataset" / "README.md").read_text()
    assert "48 recurrent networks" in readme and all(f"`{kind}.nc`" in readme for kind in KINDS)
    networks, schur = files["networks"], files["schur"].sel(network=files["networks"]["network"])
    assert networks.sizes["network"] == 3 * 2 * 2 * 4 and networks.attrs["license"] == "CC-BY-4.0"
    one = networks.sel(network="sine/n6/default/8")
    block = xr.load_dataset(results / "networks" / "sine" / "n6" / "default" / "seeds8-11.nc").sel(seed=8)
    assert np.array_equal(one["W_hh"][:6, :6], block["W_hh"]) and one["W_hh"][6:].isnull().all()
    for place, width in enumerate(networks["width"].values):
        W, Q, T = networks["W_hh"][place], schur["Q"][place], schur["T"][place]
        W, Q, T = (array.values[:width, :width] for array in (W, Q, T))
        assert np.allclose(Q @ T @ Q.T, W, atol=1e-6)
    circuit = files["circuit"].sel(epsilon=0.01)  # how much of T can go, in a few lines of xarray
    share = circuit["removed_share"].where(circuit["solved"] == 1).groupby("task").mean()
    rows = pd.read_csv(results / "census" / "answers.csv")
    told = rows[
        (rows["question"] == "c")
        & (rows["quantity"] == "removed_share")
        & (rows["networks"] == "all")
        & rows["init"].isna()
    ]
    every = circuit.to_dataframe().reset_index().groupby("task")["removed_share"].mean()
    assert share.sizes["task"] <= 3 and len(told) == 3
    assert dict(zip(told["task"], told["value"], strict=True)) == pytest.approx(every.to_dict())
    page = (results / "census" / "census.html").read_text()
    assert page.count("<h2>") == 8 and "48 networks" in page and not re.search(r"\bnan\b", page)
    said = json.loads((results / "census" / "said.json").read_text())
    assert len(said["questions"]) == 8 and all(one["short"] in page for one in said["questions"])
    assert all((results / "figures" / "census" / f"{name}.svg").is_file() for name in ("within", "sizes", "slow"))
    measures = pd.read_csv(results / "census" / "measures.csv")
    assert len(measures) == 48 and measures["n_R"].between(1, 9).all()
