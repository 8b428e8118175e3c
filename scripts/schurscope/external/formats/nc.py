"""NetCDF files: a networks file as Schurscope writes it, or any that has such variables."""

from contextlib import contextmanager

import xarray as xr

from schurscope.external.contents import Contents, Entry
from schurscope.foundations.errors import SchurscopeError
from schurscope.store.contract import CONSTRUCTION


@contextmanager
def contents(path, seed):
    with open(path, "rb") as file:
        classic = file.read(3) == b"CDF"  # SciPy notices a truncated one
    engine = {"engine": "scipy", "mmap": False} if classic else {"engine": "netcdf4"}
    with xr.open_dataset(path, decode_times=False, **engine) as dataset:
        if "seed" in dataset.sizes:
            dataset = dataset.isel(seed=_position(path, dataset, seed))
        elif seed is not None:
            raise SchurscopeError(f"{path}: seed chooses among several networks, but the file has no dimension seed")
        if "status" in dataset and dataset["status"].size == 1 and (status := dataset["status"].item()) != "ok":
            raise SchurscopeError(f"{path}: the status of this network is {status!r}, not ok")
        named = {str(name): _entry(dataset[name]) for name in dataset.data_vars}
        parts = {name: entry for name, entry in named.items() if not name.startswith(CONSTRUCTION)}  # W_hh says it all
        yield Contents(path, parts, dict(dataset.attrs))


def _position(path, dataset, seed) -> int:
    seeds = dataset["seed"].values.tolist() if "seed" in dataset.coords else list(range(dataset.sizes["seed"]))
    if seed is None and len(seeds) == 1:
        return 0
    if seed not in seeds:
        what = "say which one by seed" if seed is None else f"seed {seed} is not among them"
        shown = ", ".join(map(str, seeds[:20])) + (", ..." if len(seeds) > 20 else "")
        raise SchurscopeError(f"{path} holds the networks of seeds {shown}; {what}")
    return seeds.index(seed)


def _entry(variable) -> Entry:
    if variable.dtype.kind not in "fiub":
        return Entry(variable.shape, problem=f"holds {variable.dtype}, not real numbers")
    return Entry(variable.shape, lambda: variable.values)
