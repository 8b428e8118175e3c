"""Rule decompose: the ordered real Schur form of every network of a block; NaN where there is none."""

from job import job, network_of
from schurscope import store
from schurscope.stages.decompose import schur_of

with job(snakemake):
    networks = store.read(snakemake.input[0], "networks", **network_of(snakemake.wildcards))
    attributes = store.provenance(snakemake.params.settings, snakemake.params.code)
    store.write(schur_of(networks, attributes), snakemake.output[0])
