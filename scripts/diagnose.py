"""Rule diagnose: one diagnostic of every network of a task."""

import json

from job import job
from schurscope import registry, store
from schurscope.stages.diagnose import diagnosis_of, subject_of
from schurscope.tasks import make_task
from schurscope.trials import Trials

with job(snakemake) as settings:
    name, label = snakemake.wildcards.diagnostic, snakemake.wildcards.task
    diagnostic = registry.load("diagnostic", name)
    kinds = ("networks", "schur", *(["ablation"] if "ablation" in snakemake.input.keys() else []))
    files = zip(*(snakemake.input[kind] for kind in kinds), strict=True)
    blocks = [tuple(store.read(path, kind, task=label) for path, kind in zip(f, kinds, strict=True)) for f in files]
    for block in blocks:
        store.same_seeds(*block)
    own, alphas = settings["own"], {"alpha": settings["alphas"]}

    if "ablation" in kinds:
        alphas |= {"removed": blocks[0][2]["removed"].values}

        def run(networks, schur, ablation, seed):
            return diagnostic.measure(ablation.sel(seed=seed), own)

        metric = "accuracy" if "accuracy" in blocks[0][2] else "fvu"
    else:
        if "trials" in snakemake.input.keys():
            recorded = store.read(snakemake.input.trials, "trials", task=label)
            trials, metric = store.trials_of(recorded), recorded.attrs["metric"]
        else:
            task = make_task(json.loads(blocks[0][0].attrs["task_settings"]))
            trials, metric = task.held_out(settings["trials"]), task.metric
        parts = (trials.inputs, trials.targets, trials.mask, trials.h0)
        trials = Trials(*(None if part is None else part[: settings["trials"]] for part in parts))

        def run(networks, schur, seed):
            return diagnostic.measure(subject_of(networks, schur, seed, trials, metric, settings), own)

    attributes = store.provenance(snakemake.params.settings, snakemake.params.code)
    attributes |= {"kind": "diagnostic", "diagnostic": name, "metric": metric, **own}
    store.write(diagnosis_of(diagnostic, blocks, run, own, alphas, attributes), snakemake.output[0])
