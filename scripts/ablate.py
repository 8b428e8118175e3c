"""Rule ablate: every alpha x every removed set, for every network of a block.

On the trials that came with the networks, else on the task's held-out trials.
"""

import json

from job import job, network_of
from schurscope.stages.ablate import ablation_of
from schurscope.store import netcdf
from schurscope.store.provenance import provenance
from schurscope.tasks import make_task

with job(snakemake) as settings:
    key = network_of(snakemake.wildcards)
    networks = netcdf.read(snakemake.input.networks, "networks", **key)
    schur = netcdf.read(snakemake.input.schur, "schur", **key)
    netcdf.same_seeds(networks, schur)
    if "trials" in snakemake.input.keys():
        recorded = netcdf.read(snakemake.input.trials, "trials", task=key["task"])
        trials, metric = netcdf.trials_of(recorded), recorded.attrs["metric"]
    else:
        task = make_task(json.loads(networks.attrs["task_settings"]))
        trials, metric = task.held_out(settings["trials"]), task.metric
    attributes = provenance(snakemake.params.settings, snakemake.params.code)
    ablation = ablation_of(networks, schur, trials, metric, settings, attributes)
    netcdf.write(ablation, snakemake.output[0])
