"""The config's section networks: networks from elsewhere through the whole chain, beside trained ones."""

import json
import os
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
import yaml

import elsewhere
import schurscope
from conftest import ROOT, Study
from schurscope.foundations.errors import SchurscopeError
from schurscope.store import open_results
from schurscope.tasks import make_task
from schurscope.workflow.config.whole import check_config

FIGURES = {"copy_profile": None, "task_profile": None}


def put_files(folder):
    network = elsewhere.trained()
    torch.save(network.state_dict(), folder / "net.pt")
    np.savez(folder / "t.npz", **elsewhere.recorded(network))
    rng = np.random.default_rng(0)
    rate = {"J": rng.standard_normal((6, 6)), "B": rng.standard_normal((3, 6)), "D": rng.standard_normal((6, 3))}
    np.savez(folder / "rate.npz", **rate)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Two networks from elsewhere beside a trained one, run to the end."""
    done = Study(tmp_path_factory.mktemp("imported"))
    put_files(done.folder)
    done.config["tasks"]["copy"] = None
    done.config["seeds"] = [0]
    done.config["figures"] = FIGURES
    done.config["networks"] = {
        "plain": {"weights": "net.pt", "trials": "t.npz"},
        "rate": {
            "weights": "rate.npz",
            "task": {"task": "flipflop", "length": 9},
            "keys": {"W_hh": "J", "W_xh": "B", "W_hy": "D"},
            "orientation": "W^T",
            "leak": 0.5,
        },
    }
    done.snakemake()
    return done


@pytest.fixture
def again(imported, tmp_path):
    """The same in a folder of its own, free to be changed."""
    copy = Study(tmp_path / "again")
    shutil.copytree(imported.folder, copy.folder)
    copy.config = json.loads(json.dumps(imported.config))
    return copy


def test_the_chain_is_the_same_as_the_function(imported):
    results = imported.folder / "results"
    stored = xr.load_dataset(results / "ablation/plain/imported/seeds0-0.nc").isel(seed=0)
    network, trials = elsewhere.arrays(elsewhere.trained()), np.load(imported.folder / "t.npz")
    profile = schurscope.profile(**network, trials=trials, alphas=[0.5, 0.9])
    names = ("fvu", "delta_fvu", "sensitivity", "discrepancy", "removed_mass", "n_R", "split_gap", "mass")
    for name in names:
        np.testing.assert_allclose(stored[name].values, profile[name].values, atol=1e-7, err_msg=name)
    networks = xr.load_dataset(results / "networks/plain/imported/seeds0-0.nc")
    assert networks.attrs["reproduction"] < 1e-6 and networks["width"] == 16 and networks["init"] == "imported"


def test_a_built_in_task(imported):
    """Held-out trials of the task, W^T and leak: the very numbers of the function."""
    rate = np.load(imported.folder / "rate.npz")
    trials = make_task({"task": "flipflop", "length": 9}).held_out(16)
    arrays = (rate["J"].T, rate["B"].T, rate["D"].T)
    profile = schurscope.profile(*arrays, trials, leak=0.5, alphas=[0.5, 0.9])
    summary = open_results(imported.folder / "results", "rate").sel(width=6, init="imported", seed=0)
    empty = summary["empty"].values == 1
    assert empty.sum() == 1 and empty[0, 3], "C is one block at 0.5, so that -CC removes nothing"
    np.testing.assert_array_equal(summary["fvu"].values, np.where(empty, np.nan, profile["fvu"].values))


def test_beside_trained_ones(imported):
    results = imported.folder / "results"
    table = pd.read_csv(results / "tables/networks.csv")
    assert set(table["task"]) == {"flipflop", "plain", "rate"}
    assert set(table[table["task"] == "rate"]["init"]) == {"imported"}
    for kind in ("network_profile", "alpha_sweep", "spectra", "schur_matrix"):
        for name in ("plain", "rate"):
            assert (results / f"figures/{kind}/{name}.png").stat().st_size > 1000
    page = (results / "figures/all_profiles.html").read_text(encoding="utf-8")
    assert "rate, N = 6, imported" in page and "flipflop, N = 6, dense orthogonal" in page
    assert not (results / "figures/training_curves/plain.png").exists()
    assert imported.planned() == {}


@pytest.mark.slow
def test_what_runs_again(again):
    again.config["ablation"]["alphas"] = [0.5, 0.7, 0.9]
    assert again.planned()["ablate"] == 3 and not {"train", "import_network", "decompose"} & set(again.planned())
    again.config["ablation"]["alphas"] = [0.5, 0.9]
    again.config["networks"]["rate"]["leak"] = 0.4
    planned = again.planned()
    assert (planned["import_network"], planned["decompose"], planned["ablate"]) == (1, 1, 1) and "train" not in planned
    again.config["networks"]["rate"]["leak"] = 0.5
    assert again.planned() == {}
    again.config["networks"]["third"] = {"weights": "net.pt", "trials": "t.npz"}
    assert again.planned()["import_network"] == 1
    del again.config["networks"]["third"]
    torch.save(elsewhere.trained(seed=1).state_dict(), again.folder / "net.pt")
    os.utime(again.folder / "net.pt", (10**9, 10**9))  # as cp -p or tar would: its bytes decide, not its time
    assert again.planned()["import_network"] == 1


@pytest.mark.slow
def test_a_network_that_was_not_read_rightly_stops_with_a_sentence(again):
    with np.load(again.folder / "t.npz") as file:
        trials = dict(file)
    np.savez(again.folder / "t.npz", **trials | {"outputs": trials["outputs"] + 1})
    before = (again.folder / "results/ablation/plain/imported/seeds0-0.nc").read_bytes()
    done = again.snakemake(check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "Traceback" not in said
    assert "import_network: t.npz: the recorded outputs are not reproduced" in said
    assert (again.folder / "results/ablation/plain/imported/seeds0-0.nc").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": "nothing.pt"}, "networks.mine.weights: nothing.pt does not exist"),
        ({"weights": "net.json"}, "networks.mine.weights: net.json has the ending '.json'; allowed: .pt, .pth, .ckpt"),
        ({"trials": "t.csv"}, "networks.mine.trials: t.csv has the ending '.csv'"),
        ({"trials": "empty.npz"}, "networks.mine.trials: empty.npz is empty"),
        ({"trials": None}, "networks.mine.trials: None is empty, but a word is needed"),
        ({"task": {"task": "sine"}}, "networks.mine: either trials (a file) or task"),
        ({"trials": "-"}, "networks.mine: either trials (a file) or task"),
        ({"trials": "-", "task": {"task": "wave"}}, "networks.mine.task: task 'wave' does not exist"),
        ({"trials": "-", "task": {"task": "sine", "long": 3}}, "networks.mine.task: unknown key 'long'"),
        (
            {"trials": "-", "task": {"task": "sine"}, "metric": "fvu"},
            "networks.mine.metric: it belongs to trials from a",
        ),
        ({"keys": {"W": "J"}}, "networks.mine.keys: unknown key 'W'; allowed: W_hh, W_xh"),
        ({"trial_keys": {"x": "X"}}, "networks.mine.trial_keys: unknown key 'x'; allowed: inputs"),
        ({"orientation": "T"}, "networks.mine.orientation: 'T' is not known; allowed: W, W^T"),
        ({"leak": 0}, "networks.mine.leak: 0 is too small; it must be above 0"),
        ({"axes": ["time", "batch"]}, "networks.mine.axes: the list has 2 entries; at least 3"),
        ({"metric": "accuracy", "solved": 3.0}, "networks.mine.solved: 3.0 is too large"),
        ({"weigths": "a.pt"}, "networks.mine: unknown key 'weigths' (did you mean 'weights'?)"),
        ({"ablation": {"alphas": [0.3]}}, "figures.alpha: 0.9 is not among the alphas of network mine (0.3)"),
    ],
)
def test_mistakes_in_the_config(change, words, paper_config, tmp_path, monkeypatch):
    put_files(tmp_path)
    (tmp_path / "empty.npz").touch()
    monkeypatch.chdir(tmp_path)
    network = {"weights": "net.pt", "trials": "t.npz"} | change
    if network["trials"] == "-":
        del network["trials"]
    paper_config["networks"] = {"mine": network}
    with pytest.raises(SchurscopeError) as caught:
        check_config(paper_config)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_names_are_shared_with_tasks(paper_config, tmp_path, monkeypatch):
    put_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    good = {"weights": "net.pt", "trials": "t.npz"}
    for name, words in (
        ("sine", "is the name of a task too"),
        ("Sine", "differ only in case"),
        ("my net", "is not a name"),
    ):
        paper_config["networks"] = {name: dict(good)}
        with pytest.raises(SchurscopeError, match=words):
            check_config(paper_config)


def test_networks_alone(paper_config, tmp_path, monkeypatch):
    put_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    paper_config |= {"tasks": None, "networks": {"mine": {"weights": "net.pt", "trials": "t.npz"}}}
    with pytest.raises(SchurscopeError, match="copy_profile: null leaves the figure out"):
        check_config(paper_config)
    paper_config["figures"] |= FIGURES
    checked = check_config(paper_config)
    assert checked["tasks"] == {} and checked["networks"]["mine"]["metric"] == "fvu"
    assert "trials" not in checked["networks"]["mine"]["ablation"], "all trials of the file are used"


def test_the_config_in_the_docs_is_valid(paper_config, tmp_path, monkeypatch):
    page = (ROOT / "docs" / "your_network.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("flipflop.pt", "flipflop_trials.npz", "rate.mat"):
        (tmp_path / name).write_text("here")
    paper_config |= yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])
    assert set(check_config(paper_config)["networks"]) == {"flipflop_torch", "rate_network"}
