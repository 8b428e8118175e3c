"""Rule summarise_circuits: every circuit of one task, in all coordinates, with mean, SEM and n over seeds."""

from job import job, write
from schurscope.stages.summarise_circuits import summarise_circuits
from schurscope.store import netcdf

with job(snakemake):
    task = snakemake.wildcards.task
    write(snakemake, summarise_circuits([netcdf.read(path, "circuit", task=task) for path in snakemake.input]))
