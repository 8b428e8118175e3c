"""The results of a workflow, for a notebook."""

from pathlib import Path

import xarray as xr

from schurscope.foundations.errors import SchurscopeError
from schurscope.store.netcdf import read


def open_results(folder, task: str) -> xr.Dataset:
    """Everything measured on the networks of one task that the config names, as one dataset.

    Dimensions width, init, seed, alpha, removed (and lag, sector): the ablation metrics of every single network, its
    status, whether it was solved, updates and validation score, beside mean, SEM and n over seeds. NaN where the
    network diverged. Where circuits were looked for, ``circuit_removed_share`` and so on, with the dimensions basis,
    width, init, seed, epsilon, and their means. ``folder`` is the config's folders.results. Raises SchurscopeError
    where there are no such results.
    """
    path = Path(folder) / "summary" / f"{task}.nc"
    if not path.is_file():
        found = sorted(p.stem for p in path.parent.glob("*.nc"))
        there = f"there are results for {', '.join(found)}" if found else "there are no results in that folder"
        raise SchurscopeError(f"{path} does not exist; {there}; run the workflow (make paper) to make them")
    found, circuits = read(path, "summary", task=task), path.parents[1] / "circuit_summary" / path.name
    if circuits.is_file():
        own = read(circuits, "circuit_summary", task=task).drop_vars(["status", "solved"])
        found = found.merge(own, join="left", compat="no_conflicts", combine_attrs="override")
    return found
