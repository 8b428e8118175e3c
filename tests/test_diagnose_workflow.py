"""The stage diagnose in the workflow: every diagnostic, networks from here and elsewhere, figures and the page."""

import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

import elsewhere
from conftest import ROOT, Study, checkout
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


def added(root) -> None:
    """The analysis that CONTRIBUTING.md adds: its two files and its two lines, in a checkout."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    *files, (registry, _, lines) = re.findall(r"```python\n# (\S+\.py)([^\n]*)\n(.*?)```", text, re.DOTALL)
    assert len(files) == 2
    for name, _, code in files:
        (root / name).write_text(code, encoding="utf-8")
    known = (root / registry).read_text(encoding="utf-8")
    for kind, line in zip(("diagnostic", "report"), lines.splitlines(), strict=True):
        known = known.replace(f'    "{kind}": {{\n', f'    "{kind}": {{\n{line}\n')
    (root / registry).write_text(known, encoding="utf-8")


def test_an_analysis_is_two_files_and_two_lines(tmp_path):
    """Nothing in the config: its settings have defaults. It is measured, asked, answered, tabled and drawn."""
    study = Study(tmp_path / "study", checkout(tmp_path / "checkout"))
    study.folder.mkdir()
    added(study.root)
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [6], "solved": 100.0}}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    study.config["diagnostics"] = {"trials": 12, **dict.fromkeys(ALL)}
    study.snakemake("--until", "trust")
    results = study.folder / "results"
    made = xr.load_dataset(results / "diagnostics/signs/flipflop.nc")
    assert made.attrs["factor"] == -1 and made["effect"].attrs["long_name"].startswith("effect of multiplying")
    assert all((results / f"figures/diagnostics/signs.{ending}").stat().st_size > 1000 for ending in ("svg", "png"))
    page = (results / "trust/trust.html").read_text(encoding="utf-8")
    assert "<h2>Does the sign of a coupling matter?</h2>" in page and page.count("<svg") == 1
    assert page.count("Turning the sign of a sector at α = 0.9 costs (median over solved networks): flipflop: −") == 2
    column = pd.read_csv(results / "trust/networks.csv").set_index(["seed", "sector"])["effect_of_turned_sign"]
    assert column[2, "CC"] == made["effect"].sel(seed=2, sector="CC").item() and column.notna().all()
    answers = pd.read_csv(results / "trust/answers.csv")
    assert set(answers["diagnostic"]) == {"signs"} and (answers["n"] <= 3).all()
    code = [study.root / "scripts/schurscope" / room / "signs.py" for room in ("analyses", "reports/analyses")]
    for check in (["check"], ["format", "--check"]):
        assert subprocess.run([sys.executable, "-m", "ruff", *check, *code], cwd=study.root).returncode == 0
