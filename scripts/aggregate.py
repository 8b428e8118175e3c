"""Rule aggregate: every network of one task that the config names, with mean, SEM and n over seeds."""

from job import job, write
from schurscope.stages.summarise import OF_NETWORKS, OF_SCHUR, summarise
from schurscope.store import netcdf

with job(snakemake) as settings:
    only = {"networks": OF_NETWORKS, "schur": OF_SCHUR, "ablation": None}
    files = [[(path, kind, only[kind]) for path in snakemake.input[kind]] for kind in only]
    datasets = [[netcdf.read(*file, task=settings["task"]) for file in kind] for kind in files]
    write(snakemake, summarise(*datasets, settings["near"], settings["seeds"]))
