"""Rules circuit and circuit_control: the fewest couplings found that keep the function, in whichever coordinates."""

from job import block, job, recorded, write
from schurscope.stages.circuit import circuit
from schurscope.store.netcdf import SCHUR

with job(snakemake) as settings:
    basis = snakemake.wildcards.get("basis", SCHUR)
    found = circuit(*block(snakemake, "networks", "schur"), settings, recorded(snakemake), basis=basis)
    write(snakemake, found)
