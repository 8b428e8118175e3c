"""Rule neutral_systems: exponents of systems with a symmetry, and lifetimes once a circle's is broken."""

from job import job, write
from schurscope.stages.neutral_systems import analytic, breaking

with job(snakemake):
    write(snakemake, analytic(), snakemake.output.systems)
    write(snakemake, breaking(), snakemake.output.breaking)
