"""Rules of figures.smk: draw figures as HTML, SVG and PNG, each with its caption."""

import logging
from functools import cache

from job import job
from schurscope.foundations import registry
from schurscope.reports.figures import style
from schurscope.store import netcdf
from schurscope.store.files import write_text

REPORT = "{name}: what it asks stands above the figure; how to read it, and what it cannot say, in docs/diagnostics.md."

with job(snakemake) as settings:
    read = cache(netcdf.read)
    files = (snakemake.output[ending] for ending in ("html", "svg", "png", "caption"))
    for chart, html, svg, png, caption in zip(settings["charts"], *files, strict=True):
        logging.info("%s", chart["file"])
        module = registry.load(chart["kind"], chart["name"])
        datasets = {kind: [read(path, kind) for path in paths] for kind, paths in chart["made_from"].items()}
        style.save(module.draw(datasets, settings["figures"]), html, svg, png)
        task = chart["file"].rpartition("/")[2]
        write_text(caption, getattr(module, "CAPTION", REPORT).format(task=task, name=chart["name"]) + "\n")
