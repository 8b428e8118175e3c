"""Rule analyse: the diagnostics of every network of a block; what is there and would come out the same stays."""

import logging

from job import block, job, recorded, write
from schurscope.foundations.canonical_json import canonical
from schurscope.stages.analyse import analyse
from schurscope.store import netcdf, records
from schurscope.workflow.config.diagnostics import needs_of

with job(snakemake) as settings:
    codes = dict(part.split(":") for part in snakemake.params.code.split())
    sources = {kind: records.sha256(path) for kind, path in snakemake.input.items() if kind != "data"}
    networks = schur = trials = None
    for name, own in settings.items():
        kinds = [kind for kind in sources if kind != "ablation" or "ablation" in needs_of(name)]
        made = {"settings": canonical(own), "code": codes[name]}
        made["made_from"] = canonical({kind: sources[kind] for kind in kinds})
        path = snakemake.output[name]
        if netcdf.made_so(path, made):
            logging.info("%s: made with the same settings and code, from the same files", name)
            continue
        if networks is None:
            networks, schur = block(snakemake, "networks", "schur")
            trials = recorded(snakemake)
        grid = block(snakemake, "ablation") if "ablation" in kinds else []
        found = analyse(name, networks, schur, own, trials, *grid)
        write(snakemake, found.assign_attrs(made_from=made["made_from"]), path, made["settings"], made["code"])
