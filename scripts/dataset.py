"""Rule dataset: all networks of the config along one dimension, one kind of file a job."""

import json

from job import job, write
from schurscope.stages.along_networks import along_networks
from schurscope.stages.flags import flagged, without_empty
from schurscope.store import netcdf

LONG = ("loss",)  # a number an update: not taken along

with job(snakemake) as settings:
    kind = snakemake.wildcards.kind
    blocks = [netcdf.read(path, settings["contract"]) for path in snakemake.input.blocks]
    training = {block["task"].item(): json.loads(block.attrs["settings"]).get("training") for block in blocks}
    if kind == "ablation":
        forms = [netcdf.read(path, "schur", ("modulus", "status")) for path in snakemake.input.schur]
        blocks = [without_empty(flagged(one, form, settings["near"])) for one, form in zip(blocks, forms, strict=True)]
    found = along_networks(blocks, LONG)
    if kind == "networks":
        found = found.assign_attrs(training=json.dumps(training, sort_keys=True))
    write(snakemake, found)
