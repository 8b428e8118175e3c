"""Files that are not what they should be: a sentence each, no traceback, nothing executed, little memory."""

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import scipy.io
import torch
import xarray as xr
from safetensors.torch import save

import elsewhere
from conftest import ROOT
from schurscope.errors import SchurscopeError
from schurscope.external import aside
from schurscope.external.datasets import datasets
from schurscope.external.network import assembled, read_network
from schurscope.external.trials import read_trials

N = elsewhere.N
EXECUTED = []


def execute():
    EXECUTED.append(True)


class Malicious:
    def __reduce__(self):
        return execute, ()


def states(**more):
    return elsewhere.Plain().state_dict() | more


def arrays(**more):
    return elsewhere.arrays(elsewhere.Plain()) | more


def saved(write, value) -> bytes:
    buffer = io.BytesIO()
    write(value, buffer)
    return buffer.getvalue()


def torch_file(value) -> bytes:
    return saved(torch.save, value)


def npz(**named) -> bytes:
    return saved(lambda value, buffer: np.savez(buffer, **value), named)


def mat(**named) -> bytes:
    return saved(lambda value, buffer: scipy.io.savemat(buffer, value), named)


def netcdf(dataset) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        dataset.to_netcdf(Path(folder) / "a.nc")
        return (Path(folder) / "a.nc").read_bytes()


def safe(**named) -> bytes:
    return save({name: torch.as_tensor(value) for name, value in named.items()})


def archive(members: dict, compression=zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def header(shape, dtype="<f8") -> bytes:
    """The header of a .npy file that claims a shape."""
    text = repr({"descr": dtype, "fortran_order": False, "shape": shape}).ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def npz_of_headers(shape, numbers=b"") -> bytes:
    """W_hh, W_xh and W_hy of one claimed shape, with the same bytes behind it."""
    members = {f"{name}.npy": header(shape) + numbers for name in ("W_hh", "W_xh", "W_hy")}
    return archive(members, zipfile.ZIP_DEFLATED)


def expanded() -> dict:
    """Tensors of 10^12 numbers that are one number seen again and again."""
    big, side = torch.zeros(1).expand(10**6, 10**6), torch.zeros(10**6, 1)
    return {"W_hh": big, "W_xh": side, "W_hy": side.T}


def safe_header(entries: dict) -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text


def without(bytes_: bytes, part: float) -> bytes:
    return bytes_[: int(len(bytes_) * part)]


HUGE = {"W_hh": {"dtype": "F64", "shape": [10**6, 10**6], "data_offsets": [0, 8 * 10**12]}}
SUPPORTED = "one layer of tanh units in one direction"


def two_pickles() -> bytes:
    good = torch_file(states())
    with zipfile.ZipFile(io.BytesIO(good)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, pytest.warns(UserWarning, match="Duplicate name"):
        name = next(name for name in members if name.endswith("data.pkl"))
        file.writestr(name, pickle.dumps(Malicious(), protocol=2))
        for member, data in members.items():
            file.writestr(member, data)
    return buffer.getvalue()


def parametrised():
    layer = elsewhere.Plain()
    torch.nn.utils.parametrizations.orthogonal(layer.rnn, "weight_hh_l0")
    return layer.state_dict()


def nested():
    value: dict = {}
    value["again"] = value
    return value


def huge_netcdf() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.nc"
        with netCDF4.Dataset(path, "w") as file:
            file.createDimension("unit", 10**6)
            for name in ("W_hh", "W_xh", "W_hy"):
                file.createVariable(name, "f8", ("unit", "unit"), chunksizes=(100, 100))
        return path.read_bytes()


def classic_netcdf(dataset) -> bytes:
    return bytes(dataset.to_netcdf(engine="scipy"))


def unwritten_netcdf() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.nc"
        with netCDF4.Dataset(path, "w") as file:
            file.createDimension("unit", 3)
            for name in ("W_hh", "W_xh", "W_hy"):
                file.createVariable(name, "f8", ("unit", "unit"))
        return path.read_bytes()


def crashing_mat() -> bytes:
    """A number's type that does not exist, right behind the name W_hh: SciPy 1.17 reads beyond its table."""
    good = bytearray(mat(W_hh=np.eye(5), W_xh=np.ones((5, 1)), W_hy=np.ones((1, 5))))
    good[good.find(b"W_hh") + 4] = 77
    return bytes(good)


def hashed_for_ever() -> bytes:
    """A key of nested pairs of one and the same tuple: to hash it takes 2^60 steps."""
    pairs = b"K\x01K\x02\x86q\x00" + b"".join(b"h%ch%c\x86q%c" % (i, i, i + 1) for i in range(60))
    return archive({"a/data.pkl": b"\x80\x02" + pairs + b"}h<K\x01s.", "a/version": b"3\n", "a/byteorder": b"little"})


def short_storage() -> bytes:
    """The record of W_hh has fewer bytes than the tensor says."""
    with zipfile.ZipFile(io.BytesIO(torch_file(states()))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    largest = max((name for name in members if "/data/" in name), key=lambda name: len(members[name]))
    members[largest] = members[largest][:100]
    return archive(members)


FILES = {  # name: (file's name, bytes, words of the sentence)
    "empty": ("a.pt", lambda: b"", ["is empty"]),
    "text": (
        "a.pt",
        lambda: b"<html>404</html>" * 20,
        ["cannot be read as .pt", "truncated, damaged or something else"],
    ),
    "lfs": ("a.npz", lambda: b"version https://git-lfs.github.com/spec/v1\noid ...", ["Git LFS pointer"]),
    "ending": ("a.h5", lambda: b"x", ["the ending '.h5'; allowed: .pt, .pth, .safetensors, .npz, .nc, .mat"]),
    "no ending": ("weights", lambda: b"x", ["the ending ''"]),
    "npz as pt": ("a.pt", lambda: npz(**arrays()), ["an archive, but not one that torch.save made"]),
    "pt as npz": ("a.npz", lambda: torch_file(states()), ["W_hh and W_xh and W_hy are not recognised", "no arrays"]),
    "mat as nc": ("a.nc", lambda: mat(**arrays()), ["cannot be read as .nc"]),
    "half a pt": ("a.pt", lambda: without(torch_file(states()), 0.5), ["cannot be read as .pt"]),
    "half a safetensors": ("a.safetensors", lambda: without(safe(**states()), 0.5), ["cannot be read as .safetensors"]),
    "half a npz": ("a.npz", lambda: without(npz(**arrays()), 0.5), ["cannot be read as .npz"]),
    "half a mat": (
        "a.mat",
        lambda: without(mat(W_xh=np.ones((99, 1)), W_hy=np.ones((1, 99)), W_hh=np.ones((99, 99))), 0.5),
        ["cannot be read as .mat"],
    ),
    "half a nc": ("a.nc", lambda: without(netcdf(elsewhere.as_dataset(arrays())), 0.5), ["cannot be read as .nc"]),
    "a flipped bit": ("a.npz", lambda: npz(**arrays()).replace(b"\x93NUMPY", b"\x92NUMPY", 1), ["cannot be read"]),
    "malicious pt": ("a.pt", lambda: torch_file(Malicious()), ["more than tensors", "test_malformed.execute"]),
    "malicious old pt": ("a.pt", lambda: pickle.dumps(Malicious()), ["more than tensors", "test_malformed.execute"]),
    "malicious beside tensors": (
        "a.pt",
        lambda: torch_file(dict(states(), extra=Malicious())),
        ["more than tensors (test_malformed.execute)", "save model.state_dict() instead"],
    ),
    "two pickles": ("a.pt", two_pickles, ["several data.pkl"]),
    "malicious npz": ("a.npz", lambda: npz(**arrays(W_hh=np.array([Malicious()]))), ["W_hh holds pickled objects"]),
    "a module": ("a.pt", lambda: torch_file(elsewhere.Plain()), ["more than tensors (elsewhere.Plain)"]),
    "bytearray bomb": (
        "a.pt",
        lambda: archive({"a/data.pkl": b"\x80\x02cbuiltins\nbytearray\n\x8a\x05\x00\xf2\x05*\x01\x85R."}),
        ["more than tensors (builtins.bytearray)"],
    ),
    "zip bomb as pt": (
        "a.pt",
        lambda: archive({"a/data.pkl": b"}.", "a/data/0": bytes(10**8)}, zipfile.ZIP_DEFLATED),
        ["is a compressed archive"],
    ),
    "zip bomb as npz": (
        "a.npz",
        lambda: npz_of_headers((2000, 2000), bytes(8 * 10**7)),
        ["W_hh has the shape (2000, 2000) in its header, but 80,000,128 bytes"],
    ),
    "honest zip bomb": (
        "a.npz",
        lambda: archive(
            {f"{n}.npy": header((6000, 6000), "|i1") + bytes(36 * 10**6) for n in ("W_hh", "W_xh", "W_hy")},
            zipfile.ZIP_DEFLATED,
        ),
        ["claims 108,000,000 numbers (W_hh has the shape (6000, 6000)); at most 16,777,216"],
    ),
    "huge header of npy": (
        "a.npz",
        lambda: npz_of_headers((10**9, 10**9)),
        ["claims 3,000,000,000,000,000,000 numbers"],
    ),
    "negative shape": ("a.npz", lambda: npz_of_headers((-1, 4)), ["W_hh has the shape (-1, 4) in its header"]),
    "huge safetensors": ("a.safetensors", lambda: safe_header(HUGE), ["cannot be read as .safetensors"]),
    "huge header of safetensors": ("a.safetensors", lambda: struct.pack("<Q", 2**60) + b"{}", ["cannot be read"]),
    "expanded tensor": (
        "a.pt",
        lambda: torch_file(expanded()),
        ["claims 1,000,002,000,000 numbers", "at most 16,777,216"],
    ),
    "huge nc": ("a.nc", huge_netcdf, ["claims 3,000,000,000,000 numbers", "at most 16,777,216"]),
    "mat 7.3": ("a.mat", lambda: b"MATLAB 7.3 MAT-file, Platform".ljust(600), ["MATLAB 7.3", "'-v7'"]),
    "cells": ("a.mat", lambda: mat(W_hh=np.array([1, "a"], dtype=object)), ["W_xh and W_hy are not recognised"]),
    "sparse mat": ("a.mat", lambda: mat(**arrays(W_hh=scipy.sparse.eye(N))), ["W_hh is a MATLAB sparse"]),
    "GRU": ("a.pt", lambda: torch_file(elsewhere.Plain(torch.nn.GRU).state_dict()), ["holds a GRU", SUPPORTED]),
    "LSTM": ("a.pt", lambda: torch_file(elsewhere.Plain(torch.nn.LSTM).state_dict()), ["holds an LSTM", SUPPORTED]),
    "LSTM cell": ("a.pt", lambda: torch_file(torch.nn.LSTMCell(2, N).state_dict()), ["holds an LSTM", SUPPORTED]),
    "projections": (
        "a.pt",
        lambda: torch_file(torch.nn.LSTM(2, N, proj_size=3).state_dict()),
        ["an LSTM with projections", SUPPORTED],
    ),
    "two layers": (
        "a.pt",
        lambda: torch_file(elsewhere.Plain(num_layers=2).state_dict()),
        ["a network of 2 layers", SUPPORTED],
    ),
    "bidirectional": (
        "a.pt",
        lambda: torch_file(torch.nn.RNN(2, N, bidirectional=True).state_dict()),
        ["a bidirectional network", SUPPORTED],
    ),
    "parametrised": ("a.pt", lambda: torch_file(parametrised()), ["holds a parametrisation"]),
    "no readout": (
        "a.pt",
        lambda: torch_file(elsewhere.Plain().rnn.state_dict()),
        ["W_hy is not recognised", "weight_ih_l0 (16, 2)"],
    ),
    "more layers": (
        "a.pt",
        lambda: torch_file(states(**{"second.weight": torch.zeros(2, 3)})),
        ["second.weight (2, 3) might be a part of the network", "name the network's arrays by keys"],
    ),
    "two readouts": (
        "a.pt",
        lambda: torch_file(states(**{"other.weight": torch.zeros(2, N)})),
        ["readout.weight, other.weight could all be the readout"],
    ),
    "a mask": (
        "a.npz",
        lambda: npz(**arrays(M_rec=np.ones((N, N)))),
        ["M_rec (16, 16) might be a part of the network"],
    ),
    "two names": ("a.npz", lambda: npz(W_rec=np.eye(4), Whh=np.eye(4)), ["W_rec, Whh could all be W_hh"]),
    "not square": ("a.npz", lambda: npz(**arrays(W_hh=np.ones((N, N + 1)))), ["W_hh has the shape (16, 17)", "square"]),
    "GRU in npz": ("a.npz", lambda: npz(**arrays(W_hh=np.ones((3 * N, N)))), ["square matrix is needed (a GRU's"]),
    "shapes": (
        "a.npz",
        lambda: npz(**arrays(W_xh=np.ones((5, 2)), b_h=np.ones(7), b_y=np.ones(9))),
        ["W_xh must be (16, inputs), b_h must be (16,), b_y must be (3,)"],
    ),
    "NaN": (
        "a.npz",
        lambda: npz(**arrays(W_hh=np.full((N, N), np.nan), b_y=np.array([1, 2, np.inf]))),
        ["256 of 256 numbers in W_hh and 1 of 3 numbers in b_y are not finite"],
    ),
    "complex": ("a.npz", lambda: npz(**arrays(W_hh=np.ones((N, N)) * 1j)), ["W_hh holds complex128, not real numbers"]),
    "text in npz": ("a.npz", lambda: npz(**arrays(W_hh=np.array([["a"]]))), ["W_hh holds <U1, not real numbers"]),
    "sparse pt": (
        "a.pt",
        lambda: torch_file(states() | {"rnn.weight_hh_l0": torch.eye(N).to_sparse()}),
        ["special tensor (torch._utils._rebuild_sparse_tensor)", "plain ones are needed"],
    ),
    "complex pt": (
        "a.pt",
        lambda: torch_file(states() | {"rnn.weight_hh_l0": torch.ones(N, N, dtype=torch.complex64)}),
        ["rnn.weight_hh_l0 holds complex numbers"],
    ),
    "relu in nc": (
        "a.nc",
        lambda: netcdf(elsewhere.as_dataset(arrays()).assign_attrs(activation="relu")),
        ["the activation is 'relu'; only tanh is supported"],
    ),
    "leak": ("a.npz", lambda: npz(**arrays(leak=1.5)), ["leak is 1.5; it must be a number above 0 and at most 1"]),
    "leaks": ("a.npz", lambda: npz(**arrays(leak=[0.1, 0.2])), ["leak has the shape (2,); one number is needed"]),
    "foreign nc": (
        "a.nc",
        lambda: netcdf(xr.Dataset({"t": ("x", [1.0])})),
        ["not recognised", "the file holds t (1,)"],
    ),
    "nested without end": ("a.pt", lambda: torch_file(nested()), ["nested too deeply"]),
    "crash": ("a.mat", crashing_mat, ["cannot be read"]),
    "short pt": ("a.pt", short_storage, ["cannot be read as .pt"]),
    "two of one name": (
        "a.pt",
        lambda: torch_file({"rnn": {"weight_hh_l0": torch.eye(N)}, "rnn.weight_hh_l0": torch.eye(N)}),
        ["several tensors rnn.weight_hh_l0"],
    ),
    "leak as a number": ("a.pt", lambda: torch_file(states(leak=1.2)), ["leak is 1.2; it must be a number above 0"]),
    "time constant": ("a.pt", lambda: torch_file(states(tau=10)), ["tau () might be a part of the network"]),
    "relu in pt": ("a.pt", lambda: torch_file({"net": states(), "activation": "relu"}), ["the activation is 'relu'"]),
    "relu in npz": ("a.npz", lambda: npz(**arrays(activation="relu")), ["the activation is 'relu'"]),
    "relu in mat": ("a.mat", lambda: mat(**arrays(nonlinearity="relu")), ["the nonlinearity is 'relu'"]),
    "never written": ("a.nc", unwritten_netcdf, ["9 of 9 numbers in W_hh", "are not finite (or beyond 1e+30)"]),
    "half a classic nc": (
        "a.nc",
        lambda: without(classic_netcdf(elsewhere.as_dataset(arrays())), 0.5),
        ["cannot be read as .nc"],
    ),
    "names that break the line": (
        "a.npz",
        lambda: npz(**{"a\n\x1b[31mb.W_hh": np.eye(4) * 1j, "W_xh": np.eye(4), "W_hy": np.eye(4)}),
        ["a??[31mb.W_hh holds complex128"],
    ),
    "empty matrix": (
        "a.mat",
        lambda: mat(W_hh=np.zeros((0, 0)), W_xh=[1.0], W_hy=[1.0]),
        ["a square matrix is needed"],
    ),
    "a program": ("a.pt", lambda: archive({"a/constants.pkl": b"}.", "a/data.pkl": b"}."}), ["a TorchScript program"]),
}


@pytest.fixture(params=FILES)
def malformed(request, tmp_path):
    name, make, words = FILES[request.param]
    path = tmp_path / name
    path.write_bytes(make())
    return path, words


def test_one_sentence(malformed, request):
    path, words = malformed
    if words != ["cannot be read"]:  # that one may take its process along
        request.getfixturevalue("in_this_process")
    with pytest.raises(SchurscopeError) as caught:
        read_network(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path)) and "\n" not in sentence and len(sentence) < 900
    assert all(word in sentence for word in words), sentence
    assert not EXECUTED


def test_a_file_that_takes_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(aside, "SECONDS", 6)
    (tmp_path / "a.pt").write_bytes(hashed_for_ever())
    with pytest.raises(SchurscopeError, match="takes more than 6 s to read"):
        read_network(tmp_path / "a.pt")


def test_the_malicious_files_would_have_executed():
    """The test above can fail: pickle itself runs what these files name."""
    pickle.loads(pickle.dumps(Malicious()))
    assert EXECUTED.pop()


def test_a_file_that_is_not_there_a_folder_and_a_pipe(tmp_path):
    with pytest.raises(SchurscopeError, match="does not exist"):
        read_network(tmp_path / "nothing.npz")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(SchurscopeError, match="is a folder or something else"):
        read_network(tmp_path / "folder.npz")
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(SchurscopeError, match="is a folder or something else"):
        read_network(tmp_path / "pipe.npz")


LOOP = """
import resource, sys
from pathlib import Path
from schurscope.cli import main
for path in sorted(Path(sys.argv[1]).glob("*/*")):
    try:
        main(["profile", str(path), "--trials", sys.argv[2]])
        print("went through", path)
    except SystemExit as stopped:
        print(stopped.code)
for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    print(resource.getrusage(whose).ru_maxrss)
"""
DANGEROUS = (
    "malicious pt",
    "two pickles",
    "huge nc",
    "expanded tensor",
    "zip bomb as npz",
    "crash",
    "short pt",
)


@pytest.mark.parametrize("names", [DANGEROUS, pytest.param(tuple(FILES), marks=pytest.mark.slow)], ids=["some", "all"])
def test_on_the_command_line_within_little_memory(names, tmp_path):
    for number, name in enumerate(names):
        file, make, _ = FILES[name]
        folder = tmp_path / "files" / str(number)
        folder.mkdir(parents=True)
        (folder / file).write_bytes(make())
    np.savez(tmp_path / "t.npz", **elsewhere.recorded(elsewhere.Plain()))
    command = [sys.executable, "-c", LOOP, str(tmp_path / "files"), str(tmp_path / "t.npz")]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts"), "PYTHONWARNINGS": "error"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500)
    *sentences, own, other = done.stdout.splitlines()
    assert done.returncode == 0 and len(sentences) == len(names), done.stderr
    assert all(sentence.startswith("schurscope: ") for sentence in sentences), done.stdout
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr
    assert max(int(own), int(other)) < 2**20


TRIALS = {  # what is wrong: (what to change in good trials, words of the sentence)
    "no targets": (lambda t: t.pop("targets"), "no targets; name the array for each by trial_keys"),
    "nothing": (lambda t: t.clear(), "no inputs and no targets"),
    "text": (lambda t: t.update(inputs=np.array(["a"])), "inputs holds <U1, not real numbers"),
    "inputs of another network": (
        lambda t: t.update(inputs=np.ones((40, 12, 5))),
        r"inputs \(40, 12, 5\) must be \(40, 12, 2\)",
    ),
    "time first": (lambda t: t.update(inputs=t["inputs"].swapaxes(0, 1)), "have their axes in different order"),
    "fewer targets": (lambda t: t.update(targets=t["targets"][:3]), r"targets \(3, 12, 3\) must be \(40, 12, 3\)"),
    "four axes": (
        lambda t: t.update(inputs=t["inputs"][None]),
        "inputs has 4 dimensions; the three of batch, time, channel",
    ),
    "no trials": (lambda t: t.update({name: array[:0] for name, array in t.items()}), "there are no trials"),
    "NaN": (lambda t: t["inputs"].__setitem__((0, 0, 0), np.nan), "1 of 960 inputs are not finite"),
    "half a mask": (lambda t: t.update(mask=np.full((40, 12), 0.5)), "mask has other numbers than 0 and 1"),
    "nothing scored": (lambda t: t.update(mask=np.zeros((40, 12))), "mask scores nothing"),
    "constant": (lambda t: t.update(targets=np.ones((40, 12, 3))), "scored targets do not vary"),
    "h0": (lambda t: t.update(h0=np.ones((40, 9))), r"h0 \(40, 9\) must be \(16,\) or \(40, 16\)"),
    "outputs": (lambda t: t.update(outputs=t["outputs"][..., :2]), r"outputs \(40, 12, 2\) must be \(40, 12, 3\)"),
    "other outputs": (lambda t: t.update(outputs=-t["outputs"]), "the recorded outputs are not reproduced"),
}


@pytest.mark.parametrize("wrong", TRIALS)
def test_trials_that_do_not_fit(wrong, tmp_path):
    network = elsewhere.Plain()
    trials = elsewhere.recorded(network)
    change, words = TRIALS[wrong]
    change(trials)
    np.savez(tmp_path / "t.npz", **trials)
    with pytest.raises(SchurscopeError, match=words) as caught:
        datasets("net", assembled(**elsewhere.arrays(network)), read_trials(tmp_path / "t.npz"))
    assert "\n" not in str(caught.value)


def test_accuracy_needs_signs():
    network = elsewhere.Plain()
    with pytest.raises(SchurscopeError, match="accuracy compares signs"):
        datasets("net", assembled(**elsewhere.arrays(network)), elsewhere.recorded(network), metric="accuracy")
