"""Rule diagnose: one diagnostic of every network of a task."""

import json

from job import job
from schurscope.foundations import registry
from schurscope.metrics import metric_in
from schurscope.stages.analyse import diagnosis_of, subject_of
from schurscope.store import netcdf
from schurscope.store.provenance import provenance
from schurscope.tasks import make_task
from schurscope.tasks.trials import Trials

with job(snakemake) as settings:
    name, label = snakemake.wildcards.diagnostic, snakemake.wildcards.task
    diagnostic = registry.load("diagnostic", name)
    kinds = ("networks", "schur", *(["ablation"] if "ablation" in snakemake.input.keys() else []))
    files = zip(*(snakemake.input[kind] for kind in kinds), strict=True)
    blocks = [tuple(netcdf.read(path, kind, task=label) for path, kind in zip(f, kinds, strict=True)) for f in files]
    for block in blocks:
        netcdf.same_seeds(*block)
    own, alphas = settings["own"], {"alpha": settings["alphas"]}

    if "ablation" in kinds:
        alphas |= {"removed": blocks[0][2]["removed"].values}

        def run(networks, schur, ablation, seed):
            return diagnostic.measure(ablation.sel(seed=seed), own)

        metric = metric_in(blocks[0][2]).name
    else:
        if "trials" in snakemake.input.keys():
            recorded = netcdf.read(snakemake.input.trials, "trials", task=label)
            trials, metric = netcdf.trials_of(recorded), recorded.attrs["metric"]
        else:
            task = make_task(json.loads(blocks[0][0].attrs["task_settings"]))
            trials, metric = task.held_out(settings["trials"]), task.metric
        parts = (trials.inputs, trials.targets, trials.mask, trials.h0)
        trials = Trials(*(None if part is None else part[: settings["trials"]] for part in parts))

        def run(networks, schur, seed):
            return diagnostic.measure(subject_of(networks, schur, seed, trials, metric, settings), own)

    attributes = provenance(snakemake.params.settings, snakemake.params.code)
    attributes |= {"kind": "diagnostic", "diagnostic": name, "metric": metric, **own}
    netcdf.write(diagnosis_of(diagnostic, blocks, run, own, alphas, attributes), snakemake.output[0])
