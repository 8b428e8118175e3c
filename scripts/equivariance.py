"""Rule equivariance: do the networks of a block share the symmetry of their task?"""

from job import block, job, write
from schurscope.stages.equivariance import equivariance

with job(snakemake) as settings:
    write(snakemake, equivariance(*block(snakemake, "networks"), settings))
