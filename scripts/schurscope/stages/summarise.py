"""One dataset a task: every single network's results, and mean, SEM and n over seeds."""

import xarray as xr

from schurscope.metrics import statistics
from schurscope.store.contract import METRICS

FROM_NETWORKS = ("updates", "validation")
PER_NETWORK = ("status", "solved", *FROM_NETWORKS)
STATISTICS = {"mean": statistics.mean, "sem": statistics.sem, "n": statistics.count}
WORDS = {"mean": "mean over networks", "sem": "standard error of the mean (ddof 1)", "n": "number of networks"}


def summarise(networks: list[xr.Dataset], ablations: list[xr.Dataset]) -> xr.Dataset:
    """Combine the blocks of one task.

    Dimensions width, init, seed, alpha, removed (sector, lag). Each metric stands there per network, and as
    ``<metric>_mean``, ``_sem``, ``_n`` over networks with status ok and ``<metric>_solved_mean`` and so on over the
    solved ones of them. ``networks_trained``, ``_solved``, ``_diverged`` and ``_unordered`` (width, init) count them.
    """
    parts = [
        _keyed(ablation.merge(network[list(FROM_NETWORKS)], join="exact", compat="no_conflicts"))
        for network, ablation in zip(networks, ablations, strict=True)
    ]
    whole = xr.combine_by_coords(
        parts, combine_attrs="drop", join="outer", compat="no_conflicts", data_vars="all", coords="minimal"
    )
    order = {name: list(dict.fromkeys(part[name].values.item() for part in parts)) for name in ("width", "init")}
    whole = whole.reindex(order)  # as in the config; combining sorts
    ok = whole["status"] == "ok"
    solved = ok & (whole["solved"] == 1)
    result = whole.copy()
    for name in [name for name in whole.data_vars if name not in PER_NETWORK]:
        for label, chosen in (("", ok), ("solved_", solved)):
            values = whole[name].where(chosen)
            for short, function in STATISTICS.items():
                reduced = xr.apply_ufunc(function, values, input_core_dims=[["seed"]], kwargs={"axis": -1})
                over = f"{WORDS[short]}{' that are solved' if label else ''}"
                result[f"{name}_{label}{short}"] = reduced.assign_attrs(long_name=f"{name}: {over}", units="1")
    for name, chosen in {
        "trained": whole["status"].notnull(),
        "solved": solved,
        "diverged": whole["status"] == "diverged",
        "unordered": whole["status"] == "unordered",
    }.items():
        result[f"networks_{name}"] = chosen.sum("seed").assign_attrs(long_name=f"networks {name}", units="1")
    return result.assign_attrs(kind="summary")


def metric_of(summary: xr.Dataset) -> str:
    """The metric that a task is scored by: "accuracy" or "fvu"."""
    return next(metric for metric in METRICS if metric in summary)


def _keyed(block: xr.Dataset) -> xr.Dataset:
    """One block with width and init as dimensions (of length 1), so that blocks combine by their coordinates."""
    task = block["task"].item()
    return block.drop_vars("task").expand_dims(["width", "init"]).assign_coords(task=task)
