"""Rule ablate: every alpha x every removed set, for every network of a block, on the held-out trials."""

import json

import numpy as np

from job import job
from schurscope import store
from schurscope.ablation import REMOVED, ablate
from schurscope.contract import variables_of
from schurscope.rnn import Weights
from schurscope.schur import SECTORS, stored_form
from schurscope.tasks import make_task

with job(snakemake) as settings:
    wildcards = snakemake.wildcards
    key = {"task": wildcards.task, "width": int(wildcards.width), "init": wildcards.init}
    networks = store.read(snakemake.input.networks, "networks", **key)
    schur = store.read(snakemake.input.schur, "schur", **key)
    store.same_seeds(networks, schur)
    task = make_task(json.loads(networks.attrs["task_settings"]))
    trials = task.held_out(settings["trials"])

    sizes = {"alpha": len(settings["alphas"]), "removed": len(REMOVED), "sector": len(SECTORS)}
    sizes["lag"] = int(trials.mask.any(axis=(0, 2)).sum())

    def measured(network, form):
        """The grid of one network; NaN throughout where there is no Schur form."""
        if form["status"] != "ok":
            names = variables_of("ablation", task.metric)
            return {name: np.full([sizes[d] for d in dims[1:]], np.nan) for name, (dims, _, _) in names.items()}
        weights = Weights(*(network[name].values for name in ("W_hh", "W_xh", "W_hy")))
        stored = stored_form(weights.W_hh, form["Q"].values, form["T"].values)
        return ablate(stored, weights, task, trials, settings["alphas"], settings["target_mean"])

    grids = [measured(networks.sel(seed=seed), schur.sel(seed=seed)) for seed in networks["seed"].values]
    arrays = {name: np.stack([grid[name] for grid in grids]) for name in grids[0] if name not in ("solved", "status")}
    arrays |= {"solved": networks["solved"].values, "status": schur["status"].values}
    coordinates = {
        "seed": networks["seed"].values,
        "alpha": settings["alphas"],
        "removed": list(REMOVED),
        "sector": list(SECTORS),
    }
    if task.metric == "accuracy":
        coordinates["lag"] = np.arange(1, sizes["lag"] + 1)
    attributes = store.provenance(snakemake.params.settings, snakemake.params.code)
    attributes["task_settings"] = networks.attrs["task_settings"]
    store.write(store.build("ablation", key, coordinates, arrays, attributes), snakemake.output[0])
