"""Rule aggregate: every network of one task that the config names, with mean, SEM and n over seeds."""

from job import job
from schurscope.foundations.errors import SchurscopeError
from schurscope.stages.summarise import summarise
from schurscope.store import netcdf
from schurscope.store.provenance import provenance

with job(snakemake) as settings:
    networks = [netcdf.read(path, "networks", task=settings["task"]) for path in snakemake.input.networks]
    ablations = [netcdf.read(path, "ablation", task=settings["task"]) for path in snakemake.input.ablations]
    schurs = [netcdf.read(path, "schur", task=settings["task"]) for path in snakemake.input.schurs]
    for parts in zip(networks, schurs, ablations, strict=True):
        netcdf.same_seeds(*parts)
    summary = summarise(networks, schurs, ablations, settings["near"])
    if sorted(summary["seed"].values) != settings["seeds"]:
        found = ", ".join(map(str, summary["seed"].values))
        raise SchurscopeError(f"the networks of {settings['task']} have the seeds {found}, not those of the config")
    summary.attrs |= provenance(snakemake.params.settings, snakemake.params.code)
    summary.attrs["task_settings"] = networks[0].attrs["task_settings"]
    netcdf.write(summary, snakemake.output[0])
