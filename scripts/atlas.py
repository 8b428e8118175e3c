"""Rule atlas: what every single coupling does, for every network of a block."""

from job import block, job, recorded, write
from schurscope.stages.atlas import atlas

with job(snakemake) as settings:
    write(snakemake, atlas(*block(snakemake, "networks", "schur"), settings, recorded(snakemake)))
