"""Rule circuit_question: one question about the circuits of every network of a block."""

from job import block, job, recorded, write
from schurscope.stages.question import question

with job(snakemake) as settings:
    found = block(snakemake, "networks", "schur", "circuit")
    write(snakemake, question(snakemake.wildcards.question, *found, settings["alphas"], recorded(snakemake)))
