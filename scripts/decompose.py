"""Rule decompose: the ordered real Schur form of every network of a block; NaN where there is none."""

from job import block, job, write
from schurscope.stages.decompose import decompose

with job(snakemake):
    write(snakemake, decompose(*block(snakemake, "networks")))
