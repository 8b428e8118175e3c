"""Rule decompose: the ordered real Schur form of every network of a block; NaN where there is none."""

from job import job, network_of
from schurscope.stages.decompose import schur_of
from schurscope.store import netcdf
from schurscope.store.provenance import provenance

with job(snakemake):
    networks = netcdf.read(snakemake.input[0], "networks", **network_of(snakemake.wildcards))
    attributes = provenance(snakemake.params.settings, snakemake.params.code)
    netcdf.write(schur_of(networks, attributes), snakemake.output[0])
