"""The stage diagnose in the workflow: every diagnostic, networks from here and elsewhere, figures and the page."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

import drawn_figures
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
    drawn_figures.check_figures(results / "figures")
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


def test_a_setting_computes_its_diagnostic_alone(diagnosed, tmp_path):
    """The others stay as they were made, in their place; a damaged one does not, nor one of other networks."""
    shutil.copytree(diagnosed.folder, tmp_path / "study")
    changed = Study(tmp_path / "study")
    changed.config = json.loads(json.dumps(diagnosed.config))
    changed.config["diagnostics"]["dose"]["steps"] = 4
    planned = changed.planned()
    assert planned["analyse"] == 7 and planned["gather"] == 3 and planned["figures"] == 1 and planned["trust"] == 1
    assert not {"train", "decompose", "ablate", "score_cuts", "aggregate", "tabulate"} & set(planned)

    results, block = changed.folder / "results", "copy/n6/cayley/seeds0-1.nc"
    before = {name: (results / name / block).stat().st_ino for name in ALL}
    with open(results / "order" / block, "r+b") as file:
        file.write(b"damaged")
    changed.snakemake("--until", "gather")
    after = {name: (results / name / block).stat().st_ino for name in ALL}
    assert {name for name in ALL if before[name] != after[name]} == {"dose", "order"}
    assert xr.load_dataset(results / "diagnostics/dose/copy.nc").sizes["dose"] == 4
    orders = [xr.load_dataset(folder / "results/order" / block) for folder in (changed.folder, diagnosed.folder)]
    xr.testing.assert_identical(*orders)
    assert "order: made with the same" not in (results / "logs/analyse/copy/n6/cayley/seeds0-1.log").read_text()
    log = (results / "logs/analyse/copy/n6/orthogonal/seeds0-1.log").read_text()
    assert log.count("made with the same settings and code, from the same files") == len(ALL) - 1

    changed.config["tasks"]["flipflop"]["training"] = {"updates": 10}
    changed.snakemake("--until", "analyse")
    log = (results / "logs/analyse/flipflop/n6/orthogonal/seeds0-1.log").read_text()
    assert "made with the same" not in log

    changed.config["diagnostics"] = None
    assert not {"analyse", "gather", "trust"} & set(changed.planned())


def test_a_new_seed_computes_its_block_and_gathers(diagnosed):
    """Of copy, two constructions of one width; of flip-flop, one: three blocks, whatever else is there."""
    changed = Study(diagnosed.folder)
    changed.config = json.loads(json.dumps(diagnosed.config))
    changed.config["seeds"].append(4)
    planned = changed.planned()
    assert {name: planned[name] for name in ("train", "decompose", "ablate", "score_cuts")} == dict.fromkeys(
        ("train", "decompose", "ablate", "score_cuts"), 3
    )
    assert planned["analyse"] == 3 and planned["gather"] == planned["aggregate"] == 2
    changed.config["seeds"] = diagnosed.config["seeds"]
    changed.config["tasks"]["flipflop"]["seeds"] = [0, 1, 2, 4]
    planned = changed.planned()
    assert planned["train"] == planned["analyse"] == planned["gather"] == 1


def test_off_means_off():
    assert diagnostics({"diagnostics": {"trials": 128, "order": None, "cut": {"near": 0.01}}}) == ["cut"]


def added(root) -> None:
    """The analysis and the figure that CONTRIBUTING.md adds: their files and their lines, in a checkout."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n# (\S+\.py)[^\n]*\n(.*?)```", text, re.DOTALL)
    files = [(name, code) for name, code in blocks if not name.endswith("registry.py")]
    lines = [line for name, code in blocks if name.endswith("registry.py") for line in code.splitlines()]
    assert len(files) == len(lines) == 3
    for name, code in files:
        (root / name).write_text(code, encoding="utf-8")
    registry = root / "scripts/schurscope/foundations/registry.py"
    known = registry.read_text(encoding="utf-8")
    for kind, line in zip(("diagnostic", "report", "figure"), lines, strict=True):
        known = known.replace(f'    "{kind}": {{\n', f'    "{kind}": {{\n{line}\n')
    registry.write_text(known, encoding="utf-8")


def test_an_analysis_is_two_files_and_two_lines_and_a_figure_one_and_one(tmp_path):
    """Nothing in the config: its settings have defaults. It is measured, asked, answered, tabled and drawn."""
    study = Study(tmp_path / "study", checkout(tmp_path / "checkout"))
    study.folder.mkdir()
    added(study.root)
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [6], "solved": 100.0}}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    study.config["diagnostics"] = {"trials": 12, **dict.fromkeys(ALL)}
    study.snakemake("--until", "trust", "figures_flipflop")
    results = study.folder / "results"
    made = xr.load_dataset(results / "diagnostics/signs/flipflop.nc")
    assert made.attrs["factor"] == -1 and made["effect"].attrs["long_name"].startswith("effect of multiplying")
    assert all((results / f"figures/diagnostics/signs.{ending}").stat().st_size > 1000 for ending in ("svg", "png"))
    page = (results / "trust/trust.html").read_text(encoding="utf-8")
    assert '<h2 id="signs">Does the sign of a coupling matter?</h2>' in page and page.count("<svg") == 1
    assert page.count("Turning the sign of a sector at α = 0.9 costs (median over solved networks): flipflop: −") == 1
    column = pd.read_csv(results / "trust/networks.csv").set_index(["seed", "sector"])["effect_of_turned_sign"]
    assert column[2, "CC"] == made["effect"].sel(seed=2, sector="CC").item() and column.notna().all()
    answers = pd.read_csv(results / "trust/answers.csv")
    assert set(answers["diagnostic"]) == {"signs"} and (answers["n"] <= 3).all()
    figure = results / "figures/sector_masses/flipflop"
    assert all(figure.with_suffix(f".{ending}").stat().st_size > 1000 for ending in ("html", "svg", "png"))
    assert (
        figure.with_suffix(".rst").read_text()
        == "Norm of each sector over that of T, task flipflop; a point a network.\n"
    )
    rooms = ("analyses/signs.py", "reports/analyses/signs.py", "reports/figures/sector_masses.py")
    code = [study.root / "scripts/schurscope" / file for file in rooms]
    for check in (["check"], ["format", "--check"]):
        assert subprocess.run([sys.executable, "-m", "ruff", *check, *code], cwd=study.root).returncode == 0
