"""The results of a workflow, for a notebook."""

from pathlib import Path

import xarray as xr

from schurscope.foundations.errors import SchurscopeError
from schurscope.store.netcdf import read


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
