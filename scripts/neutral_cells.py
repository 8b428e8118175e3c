"""Rule neutral_cells: what the symmetry of the trained circle cells is worth."""

from job import job, write
from schurscope.stages.neutral_cells import neutral_cells
from schurscope.store import netcdf

with job(snakemake):
    write(snakemake, neutral_cells([netcdf.read(path, "neutral_paths") for path in snakemake.input]))
