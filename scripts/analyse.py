"""Rule analyse: one analysis of every network of a block."""

from job import block, job, recorded, write
from schurscope.stages.analyse import analyse

with job(snakemake) as settings:
    kinds = [kind for kind in ("networks", "schur", "ablation") if kind in snakemake.input.keys()]
    networks, schur, *grid = block(snakemake, *kinds)
    found = analyse(snakemake.wildcards.diagnostic, networks, schur, settings, recorded(snakemake), *grid)
    write(snakemake, found)
