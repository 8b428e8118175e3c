"""NetCDF files: write and read. contract.py says what they hold, docs/data.md lists it for readers.

Files are written to a temporary name in their own folder and renamed; every variable that holds numbers is compressed
and carries a checksum; nothing in a file depends on when, where or on how many cores it was made.
"""

from pathlib import Path

import numpy as np
import xarray as xr

from schurscope.cells import TANH, ConstructedWeights, Weights, arrays_of
from schurscope.cells.cell import COMMON
from schurscope.foundations.errors import SchurscopeError
from schurscope.store.contract import CONSTRUCTION, FLAGS, KEY, OPTIONAL, described, problem_of, variables_of
from schurscope.store.files import replacing
from schurscope.store.records import mismatch, recorded
from schurscope.tasks.trials import Trials

SCHUR = "schur"  # the coordinates of circuit files that name none


def build(kind: str, key: dict, coordinates: dict, arrays: dict, attributes: dict) -> xr.Dataset:
    """A dataset of one kind from plain arrays, with the contract's dimensions, names and units."""
    contract = variables_of(kind, arrays, attributes.get("cell", TANH))
    data = {
        name: (dims, arrays[name], {"long_name": long_name} | _unit(arrays[name]))
        for name, (dims, long_name, _) in contract.items()
    }
    return xr.Dataset(data, coords={**key, **coordinates}, attrs={"kind": kind, **attributes})


def write(dataset: xr.Dataset, path) -> None:
    """Write a dataset so that ``path`` holds either all of it or what it held before.

    Raises SchurscopeError where the file system refuses.
    """
    dataset = dataset.assign_attrs(described(dataset))
    for name, variable in dataset.variables.items():
        attributes = dataset[name].attrs
        attributes.setdefault("long_name", str(name).replace("_", " "))
        attributes |= _unit(variable)
        if name in FLAGS:
            attributes["flag_values"] = np.arange(len(FLAGS[name])).astype(variable.dtype)
            attributes["flag_meanings"] = " ".join(FLAGS[name])
    encoding = {name: _encoding(variable) for name, variable in dataset.variables.items()}
    with replacing(path) as part:
        dataset.to_netcdf(part, engine="netcdf4", encoding=encoding)


def read(path, kind: str, only: tuple[str, ...] | None = None, **key) -> xr.Dataset:
    """A file's dataset, in memory, after checking it against the contract of ``kind`` and against ``key``.

    ``kind``: networks, trials, schur, ablation, cuts, analysis, summary or diagnostic. ``only``: the variables that are
    wanted, if not all. ``key``: the task, width and init that it must be of.

    Raises SchurscopeError that names the file and says what to do: missing, truncated, damaged, foreign, of another
    network, or with values that are not finite where the network's status is ok. A summary or diagnostic is only asked
    for its kind and task.
    """
    path = Path(path)
    if path.is_dir():
        raise SchurscopeError(f"{path} is a folder where a file should be; remove it and run the same command again")
    if not path.is_file():
        raise SchurscopeError(f"{path} does not exist; run the workflow (make paper) to make it")
    if recorded(path) and (why := mismatch(path)):
        raise SchurscopeError(f"{path} is damaged: {why}; make resume finds such files and makes them again")
    try:
        with xr.open_dataset(path, engine="netcdf4") as opened:
            dataset = (opened if only is None else opened[[name for name in only if name in opened]]).load()
    except (OSError, RuntimeError, ValueError, KeyError):
        raise SchurscopeError(
            f"{path} cannot be read as NetCDF: it is truncated, damaged or something else;"
            " delete it and run the same command again"
        ) from None
    problem = problem_of(dataset, kind, key, only)
    if problem:
        raise SchurscopeError(
            f"{path} is not the {kind} file that is needed: {problem}; delete it and run the same command again"
        )
    return dataset


def made_so(path, attributes: dict[str, str]) -> bool:
    """Whether a file is there as it was written, with these attributes among its own."""
    if not Path(path).is_file() or mismatch(path):
        return False
    with xr.open_dataset(path, engine="netcdf4") as opened:
        return attributes.items() <= opened.attrs.items()


def key_of(dataset: xr.Dataset) -> dict:
    """The task, width and init that a file's networks have in common."""
    return {name: dataset[name].item() for name in KEY}


def basis_of(circuit: xr.Dataset) -> str:
    """The coordinates that a circuit dataset is about."""
    return circuit["basis"].item() if "basis" in circuit.coords else SCHUR


def weights_of(networks: xr.Dataset, seed: int) -> Weights:
    """The weights of one network of a networks dataset."""
    one, cell = networks.sel(seed=seed), networks.attrs.get("cell", TANH)
    common = {name: one[name].values for name in COMMON if name in one}
    own = {name: one[name].values for name in arrays_of(cell) if name in one and name not in COMMON}
    parts = {name: one[name].values for name in OPTIONAL["networks"] if name in one}
    made_of = {name.removeprefix(CONSTRUCTION): array for name, array in parts.items()}
    said = common | {"leak": float(networks.attrs["leak"]), "cell": cell, "own": own}
    return ConstructedWeights(**said, made_of=made_of) if made_of else Weights(**said)


def trials_of(dataset: xr.Dataset) -> Trials:
    """The trials of a trials dataset."""
    h0 = dataset["h0"].values if "h0" in dataset else None
    return Trials(dataset["inputs"].values, dataset["targets"].values, dataset["mask"].values.astype(bool), h0)


def of_one_block(**datasets: xr.Dataset) -> None:
    """Raise SchurscopeError unless datasets, by their kind, hold the same seeds of one block in the same order."""
    for kind, dataset in datasets.items():
        if not isinstance(dataset, xr.Dataset):
            raise SchurscopeError(f"{kind}: a dataset of kind {kind} is needed, not {type(dataset).__name__}")
        if dataset.attrs.get("kind") != kind:
            found = dataset.attrs.get("kind", "none")
            raise SchurscopeError(f"{kind}: a dataset of kind {kind} is needed, not one of kind {found}")
    seeds = {kind: list(map(int, dataset["seed"].values)) for kind, dataset in datasets.items()}
    if len({tuple(own) for own in seeds.values()}) > 1:
        kinds = ", ".join(f"{kind}: {own}" for kind, own in seeds.items())
        raise SchurscopeError(
            f"files of one block hold different seeds ({kinds}); delete them and run the same command again"
        )


def _unit(values) -> dict:
    """Numbers are dimensionless; strings have no unit."""
    return {"units": "1"} if values.dtype.kind in "fiu" else {}


def _encoding(variable) -> dict:
    if variable.dtype.kind in "UO":
        return {"dtype": "S1"}  # fixed-width characters: variable-length strings can carry no checksum
    plain = {"_FillValue": None}
    return plain | {"zlib": True, "complevel": 4, "fletcher32": True} if variable.ndim else plain
