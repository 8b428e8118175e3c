"""Time scales of networks from which nothing is removed: against a plain loop, and another way; tables; workflow."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from schurscope.cells import cell_of, make_cell
from schurscope.reports import time_scale_tables
from schurscope.stages.analyse import analyse
from schurscope.stages.decompose import decompose
from schurscope.stages.time_scales import time_scales
from schurscope.stages.train import train
from schurscope.store import netcdf
from schurscope.tasks import make_task
from schurscope.workflow import plan
from schurscope.workflow.config.unprofiled import note_of_only_trained
from schurscope.workflow.config.whole import check_config

TRAINING = {
    "engine": "auto", "updates": 20, "batch": 8, "learning_rate": 1e-2, "clip": 1.0, "stop_when_solved": False,
    "check_every": 20, "validation_trials": 8, "solved": 0.5,
}  # fmt: skip
SETTINGS = {"steps": 200, "warm_up": 40, "trials": 3}
FLIPFLOP = {"task": "flipflop", "length": 12}


def of(cell, task=FLIPFLOP, seeds=(0, 1)):
    biases = {"biases": ["b_h", "b_hh"] if make_cell(cell).gates > 1 else []}
    return train(task, 4, "default", list(seeds), TRAINING | {"cell": cell} | biases)


def test_a_direction_that_is_lost_is_no_warning():
    """Without biases and input, an LSTM stays at 0, where its next h is that of c alone."""
    networks = train(FLIPFLOP, 4, "default", [0], TRAINING | {"cell": "lstm"})
    found = time_scales(networks, SETTINGS).sel(trajectory="trials")
    assert np.isneginf(found["exponent"][0, -4:]).all() and np.isfinite(found["exponent"][0, :4]).all()


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_along_trials_by_a_plain_loop(cell):
    networks = of(cell)
    found, size = time_scales(networks, SETTINGS), make_cell(cell).states * 4
    assert found["exponent"].dims == ("seed", "trajectory", "rank") and found.sizes["rank"] == size
    for seed in (0, 1):
        weights, sums = netcdf.weights_of(networks, seed), []
        for x in make_task(FLIPFLOP).held_out(3).inputs:
            h, Q, logs = np.zeros((1, size)), np.eye(size), []
            for u in x:
                J = cell_of(weights).jacobian(weights.parameters(), h, u[None])[0]
                Q, R = np.linalg.qr(J @ Q)
                logs.append(np.log(np.abs(np.diag(R))))
                h = cell_of(weights).step(weights.parameters(), h, u[None])
            sums.append(sorted(np.mean(logs[12 // 5 :], axis=0), reverse=True))
        own = found.sel(seed=seed, trajectory="trials")
        assert np.allclose(own["exponent"], np.mean(sums, axis=0), atol=1e-9)
        assert (found["sum_rule"].sel(seed=seed) < 1e-6).all() and np.isfinite(found["exponent"].sel(seed=seed)).all()


def test_of_units_it_is_the_diagnostic_s():
    networks = of("tanh")
    found = time_scales(networks, SETTINGS)
    theirs = analyse("lyapunov", networks, decompose(networks), {"own": SETTINGS, "alphas": [0.9]})
    for kind in ("autonomous", "driven"):
        assert np.allclose(found["exponent"].sel(trajectory=kind), theirs[f"exponent_{kind}"], atol=1e-12)
    intact = theirs["exponent"].sel(removed="none")
    assert np.allclose(found["exponent"].sel(trajectory="trials"), intact, atol=1e-12)


def test_what_is_not_there_is_nan_and_left_out_of_the_table():
    lost = of("gru").assign(status=("seed", ["ok", "diverged"]), solved=("seed", [1, 0]))
    copy = of("lstm", {"task": "copy", "symbols": 2, "channels": 2, "lags": 4}, [0, 1, 2])
    copy = copy.assign(solved=("seed", [1, 0, 1]))
    blocks = [time_scales(networks, SETTINGS) for networks in (lost, copy)]
    assert np.isnan(blocks[0]["exponent"].sel(seed=1)).all() and np.isfinite(blocks[0]["exponent"].sel(seed=0)).all()
    assert np.isnan(blocks[1]["exponent"].sel(trajectory="driven")).all(), "copy has trials of one length"
    table = time_scale_tables.networks(blocks, {"flipflop": "gru", "copy": "lstm"})
    assert len(table) == 3 + 3 * 2 and not table.isna().any().any()
    read = time_scale_tables.for_reading(table).set_index(["task", "trajectory"])
    assert read.loc[("flipflop", "driven"), "solved"] == "1 of 1" and ("copy", "driven") not in read.index
    firsts = blocks[1]["exponent"].sel(trajectory="trials", rank=1).values[[0, 2]]
    assert read.loc[("copy", "trials"), "solved"] == "2 of 3"
    said = f"{np.median(firsts):.4g} [{firsts.min():.4g} to {firsts.max():.4g}]"
    assert read.loc[("copy", "trials"), "first exponent"] == said
    nobody = time_scale_tables.for_reading(table.assign(solved=0))
    assert (nobody["first exponent"] == "").all() and time_scale_tables.for_reading(table[:0]).empty


def of_gates(config):
    config["tasks"]["sine_gru"] = {
        "settings": {"task": "sine", "length": 12}, "cell": "gru", "widths": [4], "inits": ["default"], "solved": 0.05,
    }  # fmt: skip
    config["diagnostics"] = dict.fromkeys(("order", "cut", "controls", "dose", "stabilizers", "subspace", "decoder"))
    config["diagnostics"] |= {"nonnormality": None, "lyapunov": SETTINGS}
    return config


def test_what_a_config_asks_for(paper_config):
    made = check_config(of_gates(paper_config))
    assert plan.time_scales(made) == ["results/time_scales/sine_gru/n4/default/seeds0-2.nc"]
    assert json.loads(plan.time_scales_settings(made)) == SETTINGS
    assert note_of_only_trained(made).startswith("trained and scored (and their time scales measured), no more,")
    paper_config["diagnostics"] = None
    without = check_config(paper_config)
    assert plan.time_scales(without) == [] and note_of_only_trained(without).startswith("trained and scored, no more")


@pytest.mark.slow
def test_the_whole_small(study):
    of_gates(study.config)
    study.config["tasks"]["copy"] = None
    study.config["figures"] = {"copy_profile": None, "task_profile": None}
    study.run()
    folder = study.folder / "results"
    table = pd.read_csv(folder / "tables/time_scales.csv")
    assert set(table["task"]) == {"sine_gru"} and set(table["seed"]) == {0, 1, 2} and set(table["cell"]) == {"gru"}
    assert "| sine_gru | 4 | dense default | gru | autonomous |" in (folder / "tables/time_scales.md").read_text()
    blocks = [netcdf.read(folder / f"networks/sine_gru/n4/default/seeds{b}.nc", "networks") for b in ("0-1", "2-3")]
    for block, name in zip(blocks, ("0-1", "2-3"), strict=True):
        with xr.open_dataset(folder / f"time_scales/sine_gru/n4/default/seeds{name}.nc") as found:
            assert np.array_equal(found["exponent"], time_scales(block, SETTINGS)["exponent"])
    assert not (folder / "lyapunov/sine_gru").exists() and (folder / "lyapunov/flipflop").is_dir()
    assert study.pending() == set()
