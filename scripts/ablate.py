"""Rule ablate: every alpha x every removed set, for every network of a block.

On the trials that came with the networks, else on the task's held-out trials.
"""

from job import block, job, recorded, write
from schurscope.stages.ablate import ablate

with job(snakemake) as settings:
    write(snakemake, ablate(*block(snakemake, "networks", "schur"), settings, recorded(snakemake)))
