"""Rule aggregate: every network of one task that the config names, with mean, SEM and n over seeds."""

from job import job
from schurscope import store
from schurscope.errors import SchurscopeError
from schurscope.summary import summarise

with job(snakemake) as settings:
    networks = [store.read(path, "networks", task=settings["task"]) for path in snakemake.input.networks]
    ablations = [store.read(path, "ablation", task=settings["task"]) for path in snakemake.input.ablations]
    for network, ablation in zip(networks, ablations, strict=True):
        store.same_seeds(network, ablation)
    summary = summarise(networks, ablations)
    if sorted(summary["seed"].values) != settings["seeds"]:
        found = ", ".join(map(str, summary["seed"].values))
        raise SchurscopeError(f"the networks of {settings['task']} have the seeds {found}, not those of the config")
    summary.attrs |= store.provenance(snakemake.params.settings, snakemake.params.code)
    summary.attrs["task_settings"] = networks[0].attrs["task_settings"]
    store.write(summary, snakemake.output[0])
