"""Files that are not what they should be, made by real writers and by hand, and what is to be said of each."""

import io
import json
import pickle
import struct
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
    "ending": (
        "a.json",
        lambda: b"x",
        ["the ending '.json'; allowed: .pt, .pth, .ckpt, .safetensors, .npz, .nc, .mat"],
    ),
    "keras": ("a.h5", lambda: b"x", ["a Keras file, which is not read", "np.savez('net.npz', W_xh=xh.T"]),
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
    "malicious pt": ("a.pt", lambda: torch_file(Malicious()), ["more than tensors", "malformed_files.execute"]),
    "malicious old pt": ("a.pt", lambda: pickle.dumps(Malicious()), ["more than tensors", "malformed_files.execute"]),
    "malicious beside tensors": (
        "a.pt",
        lambda: torch_file(dict(states(), extra=Malicious())),
        ["more than tensors (malformed_files.execute)", "save model.state_dict() instead"],
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
    "sigmoid in nc": (
        "a.nc",
        lambda: netcdf(elsewhere.as_dataset(arrays()).assign_attrs(activation="sigmoid")),
        ["the activation is 'sigmoid'; supported: tanh, relu, modrelu"],
    ),
    "modrelu without its array": (
        "a.npz",
        lambda: npz(**arrays(activation="modrelu")),
        ["b_modulus is not recognised; name the array for each by keys"],
    ),
    "an array of another cell": (
        "a.npz",
        lambda: npz(**arrays(b_modulus=np.ones(N))),
        [
            f"b_modulus ({N},) might be a part of the network",
            "relu or modrelu units where the file or activation says so",
        ],
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
    "gelu in pt": ("a.pt", lambda: torch_file({"net": states(), "activation": "gelu"}), ["the activation is 'gelu'"]),
    "gelu in npz": ("a.npz", lambda: npz(**arrays(activation="gelu")), ["the activation is 'gelu'"]),
    "gelu in mat": ("a.mat", lambda: mat(**arrays(nonlinearity="gelu")), ["the nonlinearity is 'gelu'"]),
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
