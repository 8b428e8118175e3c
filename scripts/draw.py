"""Rules of figures.smk: draw figures as HTML, SVG (for the screen and for paper) and PNG, each with its caption."""

import logging
from functools import cache
from pathlib import Path

import pandas as pd

from job import job
from schurscope.foundations import registry
from schurscope.reports.figures import paper_size, style
from schurscope.store import netcdf
from schurscope.store.files import write_text

REPORT = "{name}: what it asks stands above the figure; how to read it, and what it cannot say, in docs/diagnostics.md."

PAPER_VALUES = Path(style.__file__).resolve().parents[4] / "report" / "paper_values.csv"

with job(snakemake) as settings:
    known = settings["figures"]
    known |= {"paper": pd.read_csv(PAPER_VALUES).to_dict("records")} if "paper_values" in known else {}
    read = cache(netcdf.read)
    files = (snakemake.output[ending] for ending in ("html", "svg", "png", "caption"))
    for chart, html, svg, png, caption in zip(settings["charts"], *files, strict=True):
        logging.info("%s", chart["file"])
        module = registry.load(chart["kind"], chart["name"])
        kinds = {kind: "analysis" if kind in registry.REGISTRY["question"] else kind for kind in chart["made_from"]}
        datasets = {kind: [read(path, kinds[kind]) for path in paths] for kind, paths in chart["made_from"].items()}
        drawn = module.draw(datasets, known)
        style.save(drawn, html, svg, png, snakemake.input.vega, paper_size.WIDTHS)
        task = chart["file"].rpartition("/")[2]
        write_text(caption, getattr(module, "CAPTION", REPORT).format(task=task, name=chart["name"]) + "\n")
