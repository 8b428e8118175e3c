"""Rule gather: the blocks of each analysis as one dataset of a task."""

from job import job, write
from schurscope.stages.gather import gather
from schurscope.store import netcdf

with job(snakemake):
    for name, path in snakemake.output.items():
        blocks = [netcdf.read(block, "analysis", task=snakemake.wildcards.task) for block in snakemake.input[name]]
        write(snakemake, gather(blocks), path)
