"""No byte of a result changes: every array of a small study over all that there is, against the hashes that it had.

Bits depend on the processor's instructions and on the libraries; the hashes say which they were made with. Elsewhere,
means of networks and of the ablation grid are compared. To make them again, where results are meant to change:
ARRAY_HASHES=write pytest tests/test_array_hashes.py
"""

import hashlib
import importlib.metadata
import os
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from llvmlite import binding
from threadpoolctl import threadpool_info

import small_study

HASHES = Path(__file__).with_name("array_hashes.txt")
KINDS = ("networks", "schur", "ablation", "cuts", "diagnostics")


def machine() -> str:
    """What decides over the last bits."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy", "numba", "torch")]
    kernels = sorted({f"{lib['internal_api']} {lib.get('architecture', '')}" for lib in threadpool_info()})
    capability = torch.backends.cpu.get_cpu_capability()
    return ", ".join([*versions, *kernels, f"torch {capability}", f"numba {binding.get_host_cpu_name()}"])


def arrays(folder: Path) -> dict[str, np.ndarray]:
    found = {}
    for kind in KINDS:
        for file in sorted((folder / kind).rglob("*.nc")):
            with xr.open_dataset(file, engine="netcdf4") as dataset:
                for name, variable in sorted(dataset.load().data_vars.items()):
                    found[f"{file.relative_to(folder).with_suffix('').as_posix()} {name}"] = variable.values
    return found


def described(array: np.ndarray) -> str:
    """The first half of the SHA-256 of type, shape and bytes, and the mean absolute value of what is finite."""
    plain = np.ascontiguousarray(array.astype(str) if array.dtype.kind in "OSU" else array)
    text = f"{plain.dtype.str} {plain.shape}"
    mean = ""
    if plain.dtype.kind in "fiu":
        finite = np.abs(plain[np.isfinite(plain)])
        mean = f"{finite.mean():.8g}" if finite.size else "nan"
    return f"{hashlib.sha256(text.encode() + plain.tobytes()).hexdigest()[:32]} {mean or '-'}"


def write(found: dict[str, str]) -> None:
    """A line a file, then a line for each of its arrays."""
    lines, last = [machine()], ""
    for key, text in found.items():
        file, name = key.split(" ")
        lines += [file] if file != last else []
        lines.append(f" {name} {text}")
        last = file
    HASHES.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read() -> tuple[str, dict[str, str]]:
    there, *lines = HASHES.read_text(encoding="utf-8").splitlines()
    expected, file = {}, ""
    for line in lines:
        if not line.startswith(" "):
            file = line
            continue
        name, text = line[1:].split(" ", 1)
        expected[f"{file} {name}"] = text
    return there, expected


def test_every_array_is_what_it_was(monkeypatch, tmp_path):
    small_study.make(monkeypatch, tmp_path)
    found = {name: described(array) for name, array in arrays(tmp_path).items()}
    if os.environ.get("ARRAY_HASHES") == "write":
        write(found)
    there, expected = read()
    assert list(found) == list(expected)
    if machine() == there:
        assert [name for name in found if found[name] != expected[name]] == []
        return
    for name in found:
        mean = expected[name].split()[1]
        if name.startswith(("networks", "ablation")) and mean != "-":
            value = float(found[name].split()[1])
            assert value == pytest.approx(float(mean), rel=1e-2, abs=1e-4, nan_ok=True), name
