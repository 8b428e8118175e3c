"""Rule gather: the blocks of one analysis as one dataset of a task."""

from job import job, write
from schurscope.stages.gather import gather
from schurscope.store import netcdf

with job(snakemake):
    blocks = [netcdf.read(path, "analysis", task=snakemake.wildcards.task) for path in snakemake.input]
    write(snakemake, gather(blocks))
