"""Rule circuit: the fewest couplings found that keep the function, for every network of a block."""

from job import block, job, recorded, write
from schurscope.stages.circuit import circuit

with job(snakemake) as settings:
    write(snakemake, circuit(*block(snakemake, "networks", "schur"), settings, recorded(snakemake)))
