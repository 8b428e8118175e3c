"""The stage diagnose in the workflow: every diagnostic, networks from here and elsewhere, figures and the page."""

import json

import numpy as np
import pytest
import torch
import xarray as xr

import elsewhere
from conftest import Study
from schurscope.workflow.plan import diagnostics

SMALL = {"trials": 12, "order": {"draws": 2}, "controls": {"draws": 3}, "dose": {"steps": 3}}
SMALL |= {"subspace": {"resamples": 20}, "nonnormality": {"powers": 5, "grid": 5}}
ALL = ("order", "cut", "controls", "dose", "stabilizers", "subspace", "decoder", "nonnormality")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def diagnosed(tmp_path_factory):
    done = Study(tmp_path_factory.mktemp("diagnosed"))
    network = elsewhere.trained()
    torch.save(network.state_dict(), done.folder / "net.pt")
    np.savez(done.folder / "t.npz", **elsewhere.recorded(network))
    done.config["networks"] = {"plain": {"weights": "net.pt", "trials": "t.npz"}}
    done.config["diagnostics"] = SMALL
    done.snakemake()
    return done


def test_every_diagnostic_of_every_task(diagnosed):
    results = diagnosed.folder / "results"
    for name in ALL:
        for task in ("copy", "flipflop", "plain"):
            made = xr.load_dataset(results / f"diagnostics/{name}/{task}.nc")
            assert made.attrs["diagnostic"] == name and made.sizes["seed"] == (1 if task == "plain" else 3)
            numbers = [v for v in made.data_vars.values() if v.dtype.kind == "f"]
            assert all(v.attrs["long_name"] and v.attrs["units"] == "1" for v in numbers)
            assert np.isfinite(made[list(made.data_vars)[0]].values).any()
        assert (results / f"figures/diagnostics/{name}.png").stat().st_size > 1000
    page = (results / "trust/trust.html").read_text(encoding="utf-8")
    assert page.count("<svg") == len(ALL) and 'src="http' not in page
    assert "plain" in page and "nan" not in page.partition("<svg")[0]
    assert diagnosed.planned() == {}


def test_effects_agree_with_the_grid(diagnosed):
    """On the same trials, a diagnostic's effect is the grid's."""
    results = diagnosed.folder / "results"
    grid = xr.load_dataset(results / "ablation/plain/imported/seeds0-0.nc").isel(seed=0).sel(alpha=0.9)
    made = xr.load_dataset(results / "diagnostics/stabilizers/plain.nc").squeeze().sel(alpha=0.9)
    assert np.array_equal(made["discrepancy"], grid["discrepancy"])
    cut = xr.load_dataset(results / "diagnostics/cut/copy.nc").sel(init="orthogonal", width=6)
    for block in ("0-1", "2-3"):
        copy = xr.load_dataset(results / f"ablation/copy/n6/orthogonal/seeds{block}.nc")
        for seed in copy["seed"].values:
            assert np.array_equal(cut["n_R"].sel(seed=seed), copy["n_R"].sel(seed=seed))


def test_a_setting_re_runs_its_diagnostic_alone(diagnosed):
    changed = Study(diagnosed.folder)
    changed.config = json.loads(json.dumps(diagnosed.config))
    changed.config["diagnostics"]["dose"]["steps"] = 4
    planned = changed.planned("--verbose")
    assert planned["analyse"] == 7 and planned["gather"] == 3 and planned["figure_dose"] == 1 and planned["trust"] == 1
    assert not {"train", "decompose", "ablate", "score_cuts", "aggregate", "tabulate"} & set(planned)
    changed.config["diagnostics"]["dose"] = None
    assert set(changed.planned()) <= {"trust", "all"}
    changed.config["diagnostics"] = None
    assert changed.planned() == {}


def test_a_new_seed_computes_its_block_and_gathers(diagnosed):
    """Of copy, two constructions of one width; of flip-flop, one: three blocks, whatever else is there."""
    changed = Study(diagnosed.folder)
    changed.config = json.loads(json.dumps(diagnosed.config))
    changed.config["seeds"].append(4)
    planned = changed.planned()
    assert {name: planned[name] for name in ("train", "decompose", "ablate", "score_cuts")} == dict.fromkeys(
        ("train", "decompose", "ablate", "score_cuts"), 3
    )
    assert planned["analyse"] == 3 * len(ALL) and planned["gather"] == 2 * len(ALL) and planned["aggregate"] == 2
    changed.config["seeds"] = diagnosed.config["seeds"]
    changed.config["tasks"]["flipflop"]["seeds"] = [0, 1, 2, 4]
    planned = changed.planned()
    assert planned["train"] == 1 and planned["analyse"] == len(ALL) and planned["gather"] == len(ALL)


def test_off_means_off():
    assert diagnostics({"diagnostics": {"trials": 128, "order": None, "cut": {"near": 0.01}}}) == ["cut"]
