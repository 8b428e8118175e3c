"""The command `schurscope memory`: what it prints and writes; a mistake is one sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

import elsewhere
from schurscope.cli import main
from schurscope.reports.figures import one_memory


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = elsewhere.trained(updates=3)
    with torch.no_grad():
        net.rnn.weight_hh_l0 *= 0.5
    recorded, w = elsewhere.recorded(net, 20), elsewhere.arrays(net)
    np.savez("net.npz", **w, activation="tanh")
    np.savez("t.npz", **recorded)
    np.savez("plain.npz", inputs=recorded["inputs"], targets=recorded["targets"])
    np.savez("three.npz", **w | {"W_xh": w["W_hy"].T})
    np.savez("wild.npz", **w | {"W_hh": 4 * w["W_hh"]})
    np.savez("deaf.npz", **w | {"W_xh": 0 * w["W_xh"]})


def test_the_command_along_trials(files, tmp_path, capsys):
    main(["memory", "net.npz", "--trials", "t.npz", "--lags", "15"])
    printed, data = capsys.readouterr().out, xr.load_dataset("net_memory.nc")
    assert data.total_low <= data.total <= data.total_high and data.along.notnull().sum() == elsewhere.STEPS
    assert f"J_tot {data.total.item():.10g}, proven to +-" in printed and "recorded outputs are reproduced" in printed
    assert f"Along 16 trials, at their last step: J_tot {data.along_total.item():.4g}" in printed
    row = next(line.split() for line in printed.splitlines() if line.split()[:1] == ["5"])
    assert row[1:] == [f"{data[name].sel(lag=5).item():.4g}" for name in ("memory", "along", "optimum")]
    assert data.attrs["sha256_of_weights"] and data.attrs["sha256_of_trials"] and "seed" not in data.dims
    assert "What net knows of its past" in Path("net_memory.html").read_text() and Path("net_memory.png").is_file()


def test_the_command_without_trials_and_of_a_wild_network(files, capsys):
    main(["memory", "net.npz", "--output", "alone", "--no-figure"])
    printed = capsys.readouterr().out
    assert "along" not in xr.load_dataset("alone.nc") and "Along" not in printed and not Path("alone.png").exists()
    main(["memory", "wild.npz", "--activation", "tanh", "--trials", "plain.npz", "--no-figure"])
    printed = capsys.readouterr().out
    assert "Linear network: its sum diverges, the spectral radius is" in printed and "\n     1" in printed
    wild = xr.load_dataset("wild_memory.nc")
    assert wild.memory.isnull().all()
    drawn = json.dumps(one_memory.draw({"fisher_memory": [wild.expand_dims("seed")]}, {}).to_dict())
    assert "No curve of the linear network: its spectral radius is" in drawn and '"linear network"' not in drawn
    main(
        [
            "memory",
            "three.npz",
            "--activation",
            "tanh",
            "--task",
            "{task: flipflop, channels: 3, length: 9}",
            "--no-figure",
        ]
    )
    assert "Along 16 trials" in capsys.readouterr().out
    assert xr.load_dataset("three_memory.nc").along.notnull().sum() == 9


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["net.npz", "--lags", "0"], "--lags: 0 must be 1 or more: it says how many lags, from 0"),
        (["net.npz", "--lags", "x"], "argument --lags: invalid int value: 'x'"),
        (["wild.npz", "--activation", "tanh"], "diverges: the spectral radius of wild is .*; --trials or --task gives"),
        (["deaf.npz", "--activation", "tanh"], "W_xh is 0: there is no direction in which a signal enters"),
        (["net.npz", "--trials", "t.npz", "--task", "flipflop"], "either --trials .* or --task .* is needed"),
        (["net.npz", "--output", ""], "--output: '' is not the beginning of a file's name"),
    ],
)
def test_a_mistake_of_the_command_is_one_sentence(files, arguments, sentence):
    with pytest.raises(SystemExit, match=sentence):
        main(["memory", *arguments])
