"""One dataset a task of circuits in all coordinates: every single network's, and mean, SEM and n over seeds."""

import xarray as xr

from schurscope.metrics import metric_in
from schurscope.stages.summarise import averaged, together
from schurscope.store.netcdf import basis_of

AXES = ("basis", "width", "init")
OF_EACH = ("removed_share", "numbers_left", "discrepancy", "discrepancy_guard", "verified")
ACCURATE = ("removed_share_accuracy", "numbers_left_accuracy", "accuracy_share")


def summarise_circuits(circuits: list[xr.Dataset]) -> xr.Dataset:
    """A circuit summary, from the circuit datasets of one task in all coordinates that were searched in.

    Dimensions basis, width, init, seed, epsilon. ``circuit_removed_share`` and so on stand there per network, and as
    ``_mean``, ``_sem`` and ``_n`` over networks with status ok that have couplings to lose, ``_solved_mean`` and so on
    over the solved ones of them; so do the metric of the circuit, ``circuit_<metric>``, and of the intact network on
    the same trials. NaN where no such circuit was looked for.
    """
    metric = metric_in(circuits[0]).name
    parts = [_part(block, (*OF_EACH, *ACCURATE, metric, f"{metric}_intact")) for block in circuits]
    whole = together(parts, AXES)
    there = (whole["status"] == "ok") & whole["circuit_removed_share"].notnull()
    chosen = {"": there, "solved_": there & (whole["solved"] == 1)}
    names = [name for name in whole.data_vars if name not in ("status", "solved")]
    kept = {name: circuits[0].attrs[name] for name in ("task_settings", "metric", "unit", "trials")}
    return averaged(whole, names, chosen).assign_attrs({"kind": "circuit_summary"} | kept)


def _part(block: xr.Dataset, names) -> xr.Dataset:
    """What is averaged of one block, with basis, width and init as dimensions of length 1."""
    known = {name: f"circuit_{name}" for name in names if name in block}
    part = block[["status", "solved", *known]].rename(known)
    return part.assign_coords(basis=basis_of(block)).expand_dims(AXES).drop_attrs(deep=False)
