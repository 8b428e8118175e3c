"""Rule score_cuts: every removed set at every cut that an alpha makes, for every network of a block."""

from job import block, job, recorded, write
from schurscope.stages.score_cuts import score_cuts

with job(snakemake) as settings:
    write(snakemake, score_cuts(*block(snakemake, "networks", "schur"), settings, recorded(snakemake)))
