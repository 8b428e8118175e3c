"""``schurscope circuit``: what it prints, writes and refuses."""

from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from safetensors.numpy import load_file

import elsewhere
from schurscope.cells.rollout import rollout
from schurscope.cli import main
from schurscope.commands import circuit_command
from schurscope.external.network import read_network
from schurscope.metrics import discrepancy


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    network = elsewhere.trained()
    torch.save(network.state_dict(), "net.pt")
    recorded = elsewhere.recorded(network, 80)
    np.savez("t.npz", **recorded)
    return recorded


def test_one_epsilon_is_printed_and_saved(files, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(circuit_command, "EVERY", 0.0)
    main(["circuit", "net.pt", "--trials", "t.npz", "--epsilon", "0.02", "--save", "pruned.safetensors"])
    said = capsys.readouterr()
    printed = said.out
    data = xr.load_dataset("net_circuit.nc")
    assert "20 choose, 20 decide what comes back, 40 are held out" in printed
    row = next(line for line in printed.splitlines() if line.lstrip().startswith("0.02")).split()
    between = data["block"].values[:, None] < data["block"].values[None, :]
    kept = data["kept"].values[0].astype(bool)
    assert int(row[1]) == kept[between].sum() and float(row[2]) == round(100 * data["removed_share"].item(), 1)
    assert int(row[4]) == data["numbers_left"].item() and float(row[5]) == pytest.approx(
        data["discrepancy"].item(), rel=1e-3
    )
    assert "with up to" in said.err and "neurons: " in said.err and "s left" in said.err
    lines = [line.split() for line in printed.splitlines()]
    assert ["principal", "components", str(int(data["numbers_left_in"][0, 0]))] in lines
    assert ["neurons", str(int(data["numbers_left_in"][1, 0]))] in lines and ["Schur,", "ordered", row[4]] in lines
    assert "of N removed" in (tmp_path / "net_circuit.html").read_text() and (tmp_path / "net_circuit.png").is_file()
    assert data.attrs["sha256_of_weights"] and data.attrs["unit"] == "coupling"

    saved = load_file("pruned.safetensors")
    whole, _ = read_network("net.pt")
    pruned, _ = read_network("pruned.safetensors", activation="tanh")
    held_out = files["inputs"][np.arange(80) % 4 > 1]
    found = discrepancy(rollout(pruned, held_out), rollout(whole, held_out))
    assert found == pytest.approx(data["discrepancy"].item(), rel=1e-6) and found > 0
    assert set(saved) == set(whole.arrays()) and np.count_nonzero(saved["W_hh"]) == saved["W_hh"].size
    assert "Its W_hh is as dense as before" in printed


def test_several_epsilons_and_blocks(files, capsys):
    main(
        [
            "circuit",
            "net.pt",
            "--trials",
            "t.npz",
            "--epsilon",
            "0.1,0.01",
            "--unit",
            "block",
            "--output",
            "mine",
            "--no-figure",
        ]
    )
    assert not Path("mine.html").exists() and "basis" not in xr.load_dataset("mine.nc").dims
    data = xr.load_dataset("mine.nc")
    assert data["epsilon"].values.tolist() == [0.01, 0.1] and data.attrs["unit"] == "block"
    block = data["block"].values
    for kept in data["kept"].values:  # of a coupling between two blocks, all or nothing
        for a, b in {(a, b) for a in block for b in block if a < b}:
            part = kept[np.ix_(block == a, block == b)]
            there = np.abs(data["T"].values[np.ix_(block == a, block == b)]) > 0
            assert len(set(part[there])) <= 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epsilon", "0"], "--epsilon: 0 must be above 0: it limits the discrepancy of the circuit"),
        (["--epsilon", "inf"], "--epsilon: inf must be above 0"),
        (["--epsilon", "small"], "--epsilon: 'small' is not a list of numbers"),
        (["--epsilon", "0.1,0.2", "--save", "x.safetensors"], "--save: one network is written; give one --epsilon"),
        (["--save", "x.pt"], "--save: 'x.pt' does not end with .safetensors"),
        (["--save", "t.npz/x.safetensors"], "t.npz/x.safetensors"),
        (["--unit", "row"], "argument --unit: invalid choice: 'row'"),
        (["--bases", ""], "--bases: '' does not exist; allowed: none, schur_shuffled"),
        (["--bases", "fourier"], "--bases: 'fourier' does not exist; allowed: none, schur_shuffled"),
        (["--bases", "neurons", "--unit", "block"], "--bases: other coordinates have no blocks to remove whole"),
        (["--output", ""], "--output: '' is not the beginning of a file's name"),
    ],
)
def test_a_mistake_is_one_sentence_before_work_starts(files, arguments, sentence, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["circuit", "net.pt", "--trials", "t.npz", *arguments])
    assert sentence in str(stopped.value) and "searching" not in capsys.readouterr().err


def test_too_few_trials_and_a_network_that_says_nothing(files):
    np.savez("few.npz", **{name: array[:9] for name, array in files.items()})
    with pytest.raises(SystemExit, match="there are 9 trials; at least 16 are needed"):
        main(["circuit", "net.pt", "--trials", "few.npz"])
    np.savez("still.npz", inputs=0 * files["inputs"], targets=files["targets"])
    w = elsewhere.arrays(elsewhere.trained())
    np.savez("dead.npz", **w | {"W_hy": 0 * w["W_hy"]})
    with pytest.raises(SystemExit, match="there is no circuit: the outputs of dead do not vary"):
        main(["circuit", "dead.npz", "--activation", "tanh", "--trials", "still.npz"])


def test_an_epsilon_that_every_coupling_exceeds_is_said(files, capsys):
    main(["circuit", "net.pt", "--trials", "t.npz", "--epsilon", "1e-300"])
    assert "no coupling was found that can go" in capsys.readouterr().out
    assert xr.load_dataset("net_circuit.nc")["removed_share"].item() == 0


def test_too_many_couplings_are_refused_with_the_memory(files, monkeypatch):
    monkeypatch.setattr("schurscope.analyses.circuit_search.MOST_COUPLINGS", 50)
    with pytest.raises(
        SystemExit, match=r"there are 114 couplings to choose from, which would take .* GB of memory; .* 'block'"
    ):
        main(["circuit", "net.pt", "--trials", "t.npz"])
