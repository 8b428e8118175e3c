"""Neutral modes in the workflow: what a config asks for, tables beside the paper, and the whole of it small."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import drawn_figures
from schurscope.foundations.errors import SchurscopeError
from schurscope.reports import cell_tables, equivariance_tables, path_tables
from schurscope.stages.equivariance import equivariance
from schurscope.stages.neutral_cells import neutral_cells
from schurscope.stages.neutral_paths import train_paths
from schurscope.stages.train import train
from schurscope.store import netcdf
from schurscope.workflow import plan
from schurscope.workflow.config.whole import check_config

SMALL = {"seeds": [0, 1], "models": ["equivariant", "gru"], "steps": [8], "phases": ["full"], "updates": 6}


def test_what_a_config_asks_for(paper_config):
    assert check_config(paper_config)["neutral"] is None and plan.neutral_runs(check_config(paper_config)) == {}
    paper_config["neutral"] = {"seeds": "0-2", "models": ["gru", "free"], "stronger": {"seeds": [4]}}
    made = check_config(paper_config)
    runs = plan.neutral_runs(made)
    both = [
        f"{model}_{steps}_{phase}"
        for model in ("gru", "free")
        for steps in (32, 64)
        for phase in ("full", "restricted")
    ]
    assert list(runs) == [*both, "gru_stronger"]
    assert runs["gru_32_full"]["seeds"] == [0, 1, 2] and runs["gru_stronger"]["seeds"] == [4]
    assert runs["gru_stronger"]["hidden"] == 32 and runs["gru_stronger"]["steps"] == 64
    assert plan.neutral_cells(made) == ["free_64_full"]
    paper_config["neutral"]["models"] = ["gru"]
    assert plan.neutral_kinds(check_config(paper_config)) == ["paths", "systems", "breaking"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("models", ["rnn"], "neutral.models.0: 'rnn' is not known; allowed: equivariant, free, broken"),
        ("seeds", [1, 1], "neutral.seeds: 1 stands there twice"),
        ("phases", ["half"], "neutral.phases.0: 'half' is not known; allowed: full, restricted"),
        ("steps", [0], "neutral.steps.0: 0 is too small"),
        ("horizon", 3, "neutral: unknown key 'horizon'; allowed: seeds, models"),
    ],
)
def test_mistakes(paper_config, key, value, words):
    paper_config["neutral"] = {key: value}
    with pytest.raises(SchurscopeError) as caught:
        check_config(paper_config)
    assert words in str(caught.value)


@pytest.fixture(scope="module")
def trained():
    test = {"trials": 6, "steps": [32, 64], "speeds": [0.8, 1.8]}
    return [train_paths(model, [0, 1], 16, updates=4, test=test) for model in ("equivariant", "gru")]


def test_the_paper_s_numbers_beside_ours(trained):
    every = path_tables.networks(trained)
    assert len(every) == 2 * 2 * 2 * 2
    table = path_tables.against_the_paper(every).set_index(["model", "steps", "speed"])
    gru = trained[1]["rmse"].sel(steps=64, speed=0.8).values
    row = table.loc[("gru", 64, 0.8)]
    spread = gru.std(ddof=1) / np.sqrt(2)
    assert row["here"] == pytest.approx(gru.mean()) and row["n"] == 2 and row["paper"] == 1.222
    assert row["joint_standard_errors"] == pytest.approx((gru.mean() - 1.222) / np.hypot(spread, 0.030))
    assert row["comparable"] == "yes" and table.loc[("equivariant", 64, 0.8), "comparable"] == "own cell"
    assert path_tables.for_reading(every)["here"].str.endswith("(2)").all()
    assert path_tables.condition_of(trained[0].assign_attrs(phase="restricted")) == path_tables.RESTRICTED
    assert path_tables.condition_of(trained[0].assign_attrs(hidden=32)) == path_tables.STRONGER


def test_cells_beside_the_paper(trained):
    cells = neutral_cells(trained[:1])
    assert cells["error_step"].sel(precision="float64").max() < 2e-15 and (cells["drift_largest"] == 0).all()
    assert np.isinf(cells["lifetime"].sel(strength=1e-4)).all()
    table = cell_tables.networks(cells)
    said = cell_tables.for_reading(table).set_index("what")
    lifetimes = said[said.index.str.startswith("lifetime")]
    assert len(lifetimes) == 7 and (lifetimes["agrees"] == "yes").all()
    assert said.loc["lifetime, ε = 0.001", "here"] == "440.9 [440.9 to 440.9] (2)"
    moved = table.assign(here=table["here"].where(table["what"] != "lifetime, ε = 0.01", 44.3))
    assert cell_tables.for_reading(moved).set_index("what").loc["lifetime, ε = 0.01", "agrees"] == "no"
    with pytest.raises(SchurscopeError, match="gru: circle cells of the same seeds are needed"):
        neutral_cells(trained[1:])


def test_which_tasks_have_a_symmetry(paper_config):
    assert plan.symmetric_blocks(check_config(paper_config)) == []
    paper_config["neutral"] = {}
    blocks = plan.symmetric_blocks(check_config(paper_config))
    assert {block.task for block in blocks} == {"copy", "flipflop", "integration"}


def test_shared_symmetry_in_words():
    """Of networks that are solved; what has no discrepancy at all is exact."""
    networks = train(
        {"task": "flipflop", "length": 8}, 6, "default", [0, 1, 2],
        {
            "engine": "fused", "updates": 5, "batch": 8, "learning_rate": 1e-3, "clip": 1.0, "check_every": 5,
            "stop_when_solved": False, "validation_trials": 8, "solved": 0.05,
        },
    )  # fmt: skip
    networks = networks.assign(solved=("seed", [1, 0, 1]), status=("seed", ["ok", "ok", "ok"]))
    found = equivariance(networks, {"trials": 8}).sel(element=["all signs", "swap"])
    table = equivariance_tables.networks([found])
    assert len(table) == 6
    swaps = found["discrepancy"].sel(element="swap", precision="float64").values[[0, 2]]
    text = f"{np.median(swaps):.4g} [{min(swaps):.4g} to {max(swaps):.4g}] (2)"
    words = equivariance_tables.said(table)
    assert f"flipflop: exactly all signs; swap but for a discrepancy of {text}, " in words
    assert table["over_errors"].to_numpy() == pytest.approx((table["discrepancy"] / table["fvu"] / 2).to_numpy())
    read = equivariance_tables.for_reading(table).set_index("element")
    assert read.loc["swap", "discrepancy"] == text and read.loc["all signs", "largest"] == "0 [0 to 0] (2)"
    assert equivariance_tables.said(table.assign(solved=0)).startswith("No solved network")


@pytest.mark.slow
def test_the_whole_small(study):
    study.config |= {"neutral": SMALL, "cuts": None, "circuits": None, "diagnostics": None}
    study.run()
    folder = study.folder / "results"
    drawn_figures.check_figures(folder / "figures/neutral")
    drawn = {file.stem for file in (folder / "figures/neutral").glob("*.png")}
    of_circles = {"task", "training", "diagnostics", "learned"}
    assert drawn == {f"neutral_{name}" for name in of_circles | {"counts", "angles", "lifetimes"}}
    paths = netcdf.read(folder / "neutral/paths/gru_8_full.nc", "neutral_paths")
    assert paths["rmse"].dims == ("seed", "steps", "speed") and paths.attrs["parameters"] == 994
    again = train_paths("gru", [0, 1], 8, updates=6, test={"trials": 192})
    assert np.array_equal(paths["rmse"], again["rmse"]) and np.array_equal(paths["loss"], again["loss"])
    shared = pd.read_csv(folder / "tables/neutral_equivariance.csv")
    assert set(shared["task"]) == {"copy", "flipflop"}
    assert (shared[shared["element"] == "all signs"]["largest"] == 0).all()
    table = pd.read_csv(folder / "tables/neutral_cells.csv")
    assert set(table["model"]) == {"equivariant"} and set(table["seed"]) == {0, 1}
    assert (folder / "tables/neutral_systems.md").is_file()
    with xr.open_dataset(folder / "neutral/systems.nc") as systems:
        assert (systems["neutral"] == systems["near_zero"]).all()
    assert study.pending() == set()
