"""One dataset a task: every single network's results, and mean, SEM and n over seeds."""

import xarray as xr

from schurscope.foundations.defaults import NEAR
from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics import metric_in, statistics
from schurscope.stages.flags import flagged, without_empty
from schurscope.store import netcdf

FROM_NETWORKS = ("updates", "validation")
OF_NETWORKS, OF_SCHUR = (*FROM_NETWORKS, "solved", "status"), ("modulus", "status")  # all that is needed of these files
FLAGS = ("solved", "fragile", "empty")
PER_NETWORK = ("status", *FLAGS, *FROM_NETWORKS)
STATISTICS = {"mean": statistics.mean, "sem": statistics.sem, "n": statistics.count}
WORDS = {"mean": "mean over networks", "sem": "standard error of the mean (ddof 1)", "n": "number of networks"}


def summarise(
    networks: list[xr.Dataset],
    schurs: list[xr.Dataset],
    ablations: list[xr.Dataset],
    near: float = NEAR,
    seeds: list[int] | None = None,
) -> xr.Dataset:
    """A summary dataset: the blocks of one task together. Of networks and schur datasets OF_NETWORKS and OF_SCHUR do.

    Dimensions width, init, seed, alpha, removed (sector, lag). Each metric stands there per network, and as
    ``<metric>_mean``, ``_sem``, ``_n`` over networks with status ok and ``<metric>_solved_mean`` and so on over the
    solved ones of them. ``fragile`` (width, init, seed, alpha): 1 where n_R changes with alpha +- ``near``. ``empty``
    (width, init, seed, alpha, removed): 1 where nothing is removed; such a removal has no effect to average, and all
    that is measured of it is NaN. ``networks_trained``, ``_solved``, ``_diverged`` and ``_unordered`` (width, init),
    ``_fragile`` and ``_empty`` count networks; the last two those with status ok. Raises SchurscopeError where the
    files of a block are not of the same networks, or the networks not those of ``seeds``.
    """
    for network, schur, ablation in zip(networks, schurs, ablations, strict=True):
        netcdf.of_one_block(networks=network, schur=schur, ablation=ablation)
    parts = [
        _keyed(
            without_empty(flagged(ablation, schur, near)).merge(
                network[list(FROM_NETWORKS)], join="exact", compat="no_conflicts"
            )
        )
        for network, schur, ablation in zip(networks, schurs, ablations, strict=True)
    ]
    whole = together(parts, ("width", "init"))
    ok = whole["status"] == "ok"
    solved = ok & (whole["solved"] == 1)
    measured = [name for name in whole.data_vars if name not in PER_NETWORK]
    result = averaged(whole, measured, {"": ok, "solved_": solved})
    for name, chosen in {
        "trained": whole["status"].notnull(),
        "solved": solved,
        "diverged": whole["status"] == "diverged",
        "unordered": whole["status"] == "unordered",
        "fragile": whole["fragile"] == 1,
        "empty": whole["empty"] == 1,
    }.items():
        result[f"networks_{name}"] = chosen.sum("seed").assign_attrs(long_name=f"networks: {name}")
    found = [int(seed) for seed in result["seed"].values]
    if seeds is not None and sorted(found) != sorted(seeds):
        task = result["task"].item()
        raise SchurscopeError(
            f"the networks of {task} have the seeds {', '.join(map(str, found))}, not those of the config"
        )
    kept = {name: ablations[0].attrs[name] for name in ("task_settings", "metric") if name in ablations[0].attrs}
    result.attrs = {"kind": "summary", "near": near} | kept
    return result


def together(parts: list[xr.Dataset], axes: tuple[str, ...]) -> xr.Dataset:
    """Parts of length 1 along each of ``axes`` as one dataset, in the order that they come in; NaN for a removed set
    that some do not have.
    """
    labels = dict.fromkeys(label for part in parts if "removed" in part for label in part["removed"].values)
    parts = [part.reindex(removed=list(labels)) if labels else part for part in parts]
    whole = xr.combine_by_coords(
        parts, combine_attrs="drop_conflicts", join="outer", compat="no_conflicts", data_vars="all", coords="minimal"
    )
    return whole.reindex({name: list(dict.fromkeys(part[name].values.item() for part in parts)) for name in axes})


def averaged(whole: xr.Dataset, names: list[str], chosen: dict[str, xr.DataArray]) -> xr.Dataset:
    """The same with mean, SEM and n over seeds of each of ``names``, over the networks of each label of ``chosen``."""
    result = whole.copy()
    for name in names:
        for label, some in chosen.items():
            values = whole[name].where(some)
            for short, function in STATISTICS.items():
                reduced = xr.apply_ufunc(function, values, input_core_dims=[["seed"]], kwargs={"axis": -1})
                over = f"{WORDS[short]}{' that are solved' if label else ''}"
                result[f"{name}_{label}{short}"] = reduced.assign_attrs(long_name=f"{name}: {over}")
    return result


def metric_of(summary: xr.Dataset) -> str:
    """The metric that a task is scored by."""
    return metric_in(summary).name


def _keyed(block: xr.Dataset) -> xr.Dataset:
    """One block with width and init as dimensions (of length 1), so that blocks combine by their coordinates."""
    task = block["task"].item()
    return block.drop_vars("task").expand_dims(["width", "init"]).assign_coords(task=task)
