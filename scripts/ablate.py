"""Rule ablate: every alpha x every removed set, for every network of a block.

On the trials that came with the networks, else on the task's held-out trials.
"""

import json

from job import job, network_of
from schurscope import store
from schurscope.stages.ablate import ablation_of
from schurscope.tasks import make_task

with job(snakemake) as settings:
    key = network_of(snakemake.wildcards)
    networks = store.read(snakemake.input.networks, "networks", **key)
    schur = store.read(snakemake.input.schur, "schur", **key)
    store.same_seeds(networks, schur)
    if "trials" in snakemake.input.keys():
        recorded = store.read(snakemake.input.trials, "trials", task=key["task"])
        trials, metric = store.trials_of(recorded), recorded.attrs["metric"]
    else:
        task = make_task(json.loads(networks.attrs["task_settings"]))
        trials, metric = task.held_out(settings["trials"]), task.metric
    attributes = store.provenance(snakemake.params.settings, snakemake.params.code)
    ablation = ablation_of(networks, schur, trials, metric, settings, attributes)
    store.write(ablation, snakemake.output[0])
