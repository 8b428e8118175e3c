"""The NetCDF contract: write, read, validate, provenance. docs/data.md lists it for readers.

Files are written to a temporary name in their own folder and renamed; every variable that holds numbers is compressed
and carries a checksum; nothing in a file depends on when, where or on how many cores it was made.
"""

import json
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np
import xarray as xr

from schurscope.errors import SchurscopeError

STATUS = "ok; diverged: the loss was not finite; unordered: the Schur form could not be ordered"
STATUSES = ("ok", "diverged", "unordered")
RECORDED = ("numpy", "scipy", "torch")  # libraries whose versions are written into each file
KEY = ("task", "width", "init")  # scalar coordinates of every file of one block

# variable: (dimensions, long name, may it be NaN in a network with status ok?); units are "1" throughout
CONTRACT = {
    "networks": {
        "W_hh": (("seed", "unit", "unit_from"), "recurrent weights, from unit_from to unit", False),
        "W_xh": (("seed", "unit", "input"), "input weights", False),
        "W_hy": (("seed", "output", "unit"), "readout weights", False),
        "loss": (("seed", "update"), "training loss before each update; NaN after the last", True),
        "updates": (("seed",), "updates done", False),
        "validation": (("seed",), "the task's metric on the validation trials at the end of training", True),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
    "schur": {
        "Q": (("seed", "unit", "mode"), "orthogonal basis of the ordered real Schur form", False),
        "T": (("seed", "mode", "mode_from"), "ordered real Schur form, W_hh = Q T Q^T", False),
        "eigenvalue_real": (("seed", "mode"), "real part of the eigenvalue", False),
        "eigenvalue_imag": (("seed", "mode"), "imaginary part of the eigenvalue", False),
        "modulus": (("seed", "mode"), "modulus of the mode's block", False),
        "block": (("seed", "mode"), "index of the 1x1 or 2x2 block; -1 where there is none", False),
        "residual": (("seed",), "max |Q T Q^T - W_hh|", False),
        "orthogonality": (("seed",), "max |Q^T Q - I|", False),
        "status": (("seed",), STATUS, False),
    },
    "ablation": {
        "n_R": (("seed", "alpha"), "rows of the leading sector R", False),
        "split_gap": (("seed", "alpha"), "modulus gap at the cut over the spectral radius; NaN where C is empty", True),
        "mass": (("seed", "alpha", "sector"), "Frobenius norm of the sector over that of T", True),
        "removed_mass": (("seed", "alpha", "removed"), "Frobenius norm of what is removed over that of T", True),
        "discrepancy": (("seed", "alpha", "removed"), "rollout discrepancy from the intact network", True),
        "solved": (("seed",), "1 if the validation metric reached the task's threshold", False),
        "status": (("seed",), STATUS, False),
    },
}
METRICS = {
    "accuracy": {
        "accuracy": (("seed", "alpha", "removed"), "replay accuracy over all lags", False),
        "accuracy_by_lag": (("seed", "alpha", "removed", "lag"), "replay accuracy at each lag", False),
    },
    "fvu": {
        "fvu": (("seed", "alpha", "removed"), "fraction of variance unexplained", True),
        "delta_fvu": (("seed", "alpha", "removed"), "FVU minus that of the intact network", True),
        "sensitivity": (("seed", "alpha", "removed"), "delta FVU over removed mass; NaN below a mass of 1e-5", True),
    },
}


def variables_of(kind: str, names=()) -> dict:
    """The contract of one kind of file: name -> (dimensions, long name, NaN allowed).

    ``names``: what an ablation file holds, or its task's metric; accuracy or FVU is expected accordingly.
    """
    contract = dict(CONTRACT[kind])
    if kind == "ablation":
        contract |= METRICS["accuracy" if "accuracy" in names else "fvu"]
    return contract


def provenance(settings: str, code: str) -> dict:
    """The attributes that say what a file was made with: settings (JSON), code digest, library versions."""
    versions = {name: version(name).split("+")[0] for name in RECORDED}
    return {"settings": settings, "code": code, "versions": json.dumps(versions, sort_keys=True)}


def build(kind: str, key: dict, coordinates: dict, arrays: dict, attributes: dict) -> xr.Dataset:
    """A dataset of one kind from plain arrays, with the contract's dimensions, names and units."""
    contract = variables_of(kind, arrays)
    data = {name: (dims, arrays[name], _named(long_name)) for name, (dims, long_name, _) in contract.items()}
    return xr.Dataset(data, coords={**key, **coordinates}, attrs={"kind": kind, **attributes})


def write(dataset: xr.Dataset, path) -> None:
    """Write a dataset so that ``path`` holds either all of it or what it held before.

    Raises SchurscopeError where the file system refuses.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    dataset = dataset.assign_attrs(Conventions="CF-1.10")
    for name in dataset.variables:
        dataset[name].attrs.setdefault("long_name", str(name).replace("_", " "))
        dataset[name].attrs.setdefault("units", "1")
    encoding = {name: _encoding(variable) for name, variable in dataset.variables.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.to_netcdf(part, engine="netcdf4", encoding=encoding)
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:
        with suppress(OSError):
            part.unlink()
        raise SchurscopeError(f"{path} could not be written: {error}") from None


def read(path, kind: str, **key) -> xr.Dataset:
    """A file's dataset, in memory, after checking it against the contract of ``kind`` and against ``key``.

    ``kind``: networks, schur, ablation or summary. ``key``: the task, width and init that it must be of.

    Raises SchurscopeError that names the file and says what to do: missing, truncated, damaged, foreign, of another
    network, or with values that are not finite where the network's status is ok.
    """
    path = Path(path)
    if path.is_dir():
        raise SchurscopeError(f"{path} is a folder where a file should be; remove it and run the same command again")
    if not path.is_file():
        raise SchurscopeError(f"{path} does not exist; run the workflow (make paper) to make it")
    try:
        with xr.open_dataset(path, engine="netcdf4") as opened:
            dataset = opened.load()
    except (OSError, RuntimeError, ValueError, KeyError):
        raise SchurscopeError(
            f"{path} cannot be read as NetCDF: it is truncated, damaged or something else;"
            " delete it and run the same command again"
        ) from None
    problem = _problem(dataset, kind, key)
    if problem:
        raise SchurscopeError(
            f"{path} is not the {kind} file that is needed: {problem}; delete it and run the same command again"
        )
    return dataset


def same_seeds(*datasets: xr.Dataset) -> None:
    """Raise SchurscopeError unless files of one block hold the same seeds in the same order."""
    seeds = [list(dataset["seed"].values) for dataset in datasets]
    if any(other != seeds[0] for other in seeds):
        kinds = ", ".join(f"{d.attrs.get('kind')}: {list(map(int, s))}" for d, s in zip(datasets, seeds, strict=True))
        raise SchurscopeError(
            f"files of one block hold different seeds ({kinds}); delete them and run the same command again"
        )


def open_results(folder, task: str) -> xr.Dataset:
    """Everything measured on the networks of one task that the config names, as one dataset.

    Dimensions width, init, seed, alpha, removed (and lag, sector): the ablation metrics of every single network, its
    status, whether it was solved, updates and validation score, beside mean, SEM and n over seeds. NaN where the
    network diverged. ``folder`` is the config's folders.results. Raises SchurscopeError where there are no such
    results.
    """
    path = Path(folder) / "summary" / f"{task}.nc"
    if not path.is_file():
        found = sorted(p.stem for p in path.parent.glob("*.nc"))
        there = f"there are results for {', '.join(found)}" if found else "there are no results in that folder"
        raise SchurscopeError(f"{path} does not exist; {there}; run the workflow (make paper) to make them")
    return read(path, "summary", task=task)


def _named(long_name):
    return {"long_name": long_name, "units": "1"}


def _encoding(variable) -> dict:
    if variable.dtype.kind in "UO":
        return {"dtype": "S1"}  # fixed-width characters: variable-length strings can carry no checksum
    plain = {"_FillValue": None}
    return plain | {"zlib": True, "complevel": 4, "fletcher32": True} if variable.ndim else plain


def _problem(dataset, kind, key) -> str | None:
    """What is wrong with a dataset, in words; None if nothing is."""
    if kind not in (*CONTRACT, "summary"):
        raise SchurscopeError(f"there is no kind of file {kind!r}; allowed: {', '.join(CONTRACT)}, summary")
    for name, wanted in key.items():
        if name in dataset.coords and dataset[name].ndim == 0 and dataset[name].item() != wanted:
            return f"it belongs to {name} {dataset[name].item()}, not {wanted}"
    if kind == "summary":
        return None if dataset.attrs.get("kind") == "summary" and "task" in dataset.coords else "it is another kind"
    contract = variables_of(kind, dataset.variables)
    for name, (dims, _, _) in contract.items():
        if name not in dataset:
            return f"the variable {name} is missing"
        if dataset[name].dims != dims:
            return f"{name} has the dimensions {dataset[name].dims}, not {dims}"
        if (dataset[name].dtype.kind in "fiu") == (name == "status"):
            return f"{name} has the wrong type, {dataset[name].dtype}"
    for name in KEY:
        if name not in dataset.coords or dataset[name].ndim:
            return f"the coordinate {name} is missing"
    for name in {"unit", "unit_from", "mode", "mode_from"} & set(dataset.sizes):
        if dataset.sizes[name] != dataset["width"]:
            return f"there are {dataset.sizes[name]} along {name}, but the width is {dataset['width'].item()}"
    unknown = set(dataset["status"].values.tolist()) - set(STATUSES)
    if unknown:
        return f"the status {unknown.pop()!r} does not exist"
    ok = dataset["status"].values == "ok"
    for name, (_, _, may_be_nan) in contract.items():
        values = dataset[name].values
        if not may_be_nan and values.dtype.kind == "f" and not np.isfinite(values[ok]).all():
            return f"{name} is not finite in a network whose status is ok"
    return _unsupported(dataset) if kind == "networks" else None


def _unsupported(dataset) -> str | None:
    """What a networks file says of its networks that the forward map does not do (yet)."""
    extra = [name for name in ("b_h", "b_y", "h0") if name in dataset and np.any(dataset[name].values != 0)]
    if extra:
        return f"its networks have {', '.join(extra)}, which is not supported"
    if dataset.attrs.get("activation") != "tanh" or dataset.attrs.get("leak") != 1:
        return "its networks are not tanh networks without leak, the only ones that are supported"
    try:
        json.loads(dataset.attrs["task_settings"])
    except (KeyError, TypeError, ValueError):
        return "its attribute task_settings is not JSON"
    return None
