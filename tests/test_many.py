"""Many networks in one start: each as it would be alone, in the order of training, and a broken one left out."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

import elsewhere
import schurscope
from schurscope import cli
from schurscope.external import aside
from schurscope.foundations.errors import SchurscopeError

STEPS = (20, 0, 10)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder of checkpoints that know their step, one of them broken, and trials without outputs."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "run").mkdir()
    for step in STEPS:
        saved = {"global_step": step, "pytorch-lightning_version": "2", "epoch": 1}
        network = elsewhere.trained(updates=step)
        torch.save(saved | {"state_dict": network.state_dict()}, folder / "run" / f"{'abc'[step // 10]}.ckpt")
    (folder / "run" / "broken.ckpt").write_bytes(b"PK")
    trials = elsewhere.recorded(network)
    np.savez(folder / "t.npz", inputs=trials["inputs"], targets=trials["targets"])
    return folder


@pytest.fixture
def there(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return run


def test_a_folder_of_checkpoints(there, capsys):
    cli.main(
        ["profile", str(there / "run"), "--trials", str(there / "t.npz"), "--alphas", "0.5,0.9", "--csv", "--json"]
    )
    said = capsys.readouterr()
    assert "broken is left out: " in said.err and "truncated, damaged" in said.err
    assert said.out.startswith("Warning: nothing says that these are tanh units")
    whole = xr.load_dataset("networks_profile.nc")
    assert list(whole["step"].values) == [0, 10, 20] and list(whole["network"].values) == ["a", "b", "c"]
    trials = dict(np.load(there / "t.npz"))
    for name in whole["network"].values:
        weights, origin = schurscope.read_network(there / "run" / f"{name}.ckpt")
        alone = schurscope.profile(**vars(weights), trials=trials, alphas=[0.5, 0.9])
        for variable in alone.data_vars:
            expected, found = alone[variable].values, whole.sel(network=name)[variable].values
            assert np.array_equal(found, expected, equal_nan=True), variable
    table = pd.read_csv("networks_profile.csv")
    assert len(table) == 3 * 2 * 8 and {"network", "step", "alpha", "removed", "fvu", "n_R"} <= set(table.columns)
    empty = (table["removed_mass"] < 1e-5) & (table["removed"] != "none")
    assert (table["empty"] == empty).all() and (table["fvu"].isna() == empty).all() and 0 < empty.sum() < 24
    rows = json.loads(Path("networks_profile.json").read_text(encoding="utf-8"))
    assert rows[10]["fvu"] == pytest.approx(table["fvu"][10], rel=1e-12)
    intact = whole["fvu"].sel(alpha=0.9, removed="none").values
    assert all(f"{value:.4g}" in said.out for value in intact)


def test_one_file_without_a_figure(there, tmp_path, capsys):
    path = str(there / "run" / "a.ckpt")
    cli.main(["profile", path, "--trials", str(there / "t.npz"), "--no-figure", "--csv", "--activation", "tanh"])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a_profile.csv", "a_profile.nc"]
    assert "Warning" not in capsys.readouterr().out and "network" not in pd.read_csv("a_profile.csv")


def test_a_pattern_and_steps_by_name(there, tmp_path):
    for step in (2000, 100):
        np.savez(tmp_path / f"net_step={step}.npz", **elsewhere.arrays(elsewhere.Plain()))
    cli.main(["profile", "net_*.npz", "--trials", str(there / "t.npz"), "--no-figure", "--output", "both"])
    assert list(xr.load_dataset("both.nc")["step"].values) == [100, 2000]


def test_networks_of_two_sizes(there, tmp_path):
    np.savez("a.npz", **elsewhere.arrays(elsewhere.Plain()))
    w = {"W_hh": np.eye(5), "W_xh": np.ones((5, elsewhere.INPUTS)), "W_hy": np.ones((elsewhere.OUTPUTS, 5))}
    np.savez("b.npz", **w)
    with pytest.raises(SystemExit) as stopped:
        cli.main(["profile", "a.npz", "b.npz", "--trials", str(there / "t.npz"), "--no-figure"])
    assert "b has 5 units and a has 16; networks in one profile must be of one size" in stopped.value.code
    with pytest.raises(SystemExit) as stopped:
        (tmp_path / "empty").mkdir()
        cli.main(["profile", "empty", "--trials", str(there / "t.npz")])
    assert "empty holds no file with one of the endings .pt" in stopped.value.code


def test_after_a_crash_the_others_are_read(there, monkeypatch):
    """A file that ends the process costs itself only."""
    good = there / "run" / "a.ckpt"
    paths = [good, there / "run" / "broken.ckpt", good, there / "nothing.pt", good]
    found = aside.asides("network:arrays_of", paths, {}, None, None)
    kinds = [isinstance(one, tuple) for one in found]
    assert kinds == [True, False, True, False, True]
    assert "nothing.pt does not exist" in str(found[3])
    monkeypatch.setattr(aside, "MANY", 2)
    assert [isinstance(one, tuple) for one in aside.asides("network:arrays_of", paths, {}, None, None)] == kinds


def test_a_library_that_cannot_be_imported_is_not_the_files_fault(there, monkeypatch, tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('libcudart is missing')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(aside, "SCRIPTS", tmp_path / "nowhere")
    with pytest.raises(SchurscopeError, match=r"reading \.ckpt needs .*libcudart is missing"):
        aside.aside("network:arrays_of", there / "run" / "a.ckpt", {}, None, None)


def test_a_mistake_about_the_trials_is_said_once(there, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["profile", str(there / "run"), "--trials", "nothing.npz"])
    assert "nothing.npz does not exist" in stopped.value.code and "left out" not in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        cli.main(["profile", str(there / "run")])
    assert stopped.value.code.endswith("either --trials (a file) or --task (a built-in one) is needed")


def test_a_normal_network_has_no_effects(there, capsys):
    """Nothing can be removed from a rotation: text and table say empty, and give no effect."""
    angle = np.array([[0.6, -0.8], [0.8, 0.6]])
    rng = np.random.default_rng(3)
    w = {"W_hh": 0.9 * np.kron(np.eye(4), angle), "W_xh": rng.normal(size=(8, 2)), "W_hy": rng.normal(size=(3, 8))}
    np.savez("normal.npz", **w)
    np.savez("t.npz", inputs=rng.normal(size=(6, 5, 2)), targets=rng.normal(size=(6, 5, 3)))
    cli.main(["profile", "normal.npz", "--trials", "t.npz", "--activation", "tanh", "--no-figure", "--csv"])
    said = capsys.readouterr().out
    assert said.count(" empty ") == 3 * 7 and "empty: less than 1e-05 of the norm of T would be removed" in said
    table = pd.read_csv("normal_profile.csv").set_index("removed")
    assert (table["empty"] == (table.index != "none")).all()
    assert table["fvu"].notna().equals(table["empty"] == 0) and (table["removed_mass"] < 1e-12).all()
