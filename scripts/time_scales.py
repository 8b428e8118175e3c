"""Rule time_scales: Lyapunov spectra of networks from which nothing is removed."""

from job import block, job, write
from schurscope.stages.time_scales import time_scales

with job(snakemake) as settings:
    write(snakemake, time_scales(*block(snakemake, "networks"), settings))
