"""Rule neutral_report: figures and tables about neutral modes, beside the paper."""

import importlib
from pathlib import Path

from job import job
from schurscope.reports import cell_tables, equivariance_tables, neutral_tables, path_tables, reading
from schurscope.reports.figures import paper_size, style
from schurscope.store import files, netcdf

PATHS = (
    "Circular RMSE (rad) on test trials over the whole circle, mean ± SEM (n) over networks; networks that were trained"
    f" on trials of different lengths stand together, as in the paper ({path_tables.SOURCE}). Where the paper's network"
    " is not public, ours is of the same size: only the task is the same. Every network: the CSV."
)
CELLS = (
    "Circle cells that were trained on the longest trials over the whole circle, median [least to largest] (n) over"
    f" networks; paper: {cell_tables.SOURCE}. A lifetime ends where a phase that begins 0.35 rad from the pinned axis"
    " has moved by 0.2 rad without input, after eps diag(1, -1) z was added; closed form: log(tan 0.35 / tan 0.15) / 2"
    " eps. The paper's equivariance error (3.189e-8) and zero-input exponent (-2.276e-6) are not comparable: the law of"
    " its test states is not public, and the exponent is the rounding of float32 differences."
)
EQUIVARIANCE = (
    " Outputs y of inputs u on held-out trials, g an element of the group on inputs and D on outputs. `discrepancy`:"
    " E|y(g u) - D y(u)|^2 / E|y - mean y|^2, as of a removal from the intact network; `over_errors`: it over twice the"
    " fraction of variance unexplained, which errors that are independent at u and g u would give; `largest`: the"
    " largest |y(g u) - D y(u)| / (1 + |y(u)|). Float64; every network, solved or not: the CSV."
)
SYSTEMS = "Analytic systems, and the breaking of a circle: what the paper gives and what comes out here. "

with job(snakemake):
    datasets = {
        kind: [netcdf.read(path, "analysis" if kind == "equivariance" else f"neutral_{kind}") for path in paths]
        for kind, paths in snakemake.input.items()
        if kind != "vega"
    }
    named = {f"neutral_{kind}": found for kind, found in datasets.items()}
    for html in map(Path, snakemake.output.html):
        module = importlib.import_module(f"schurscope.reports.figures.{html.stem}")
        drawn, files_of = module.draw(named, {}), (html.with_suffix(f".{ending}") for ending in ("html", "svg", "png"))
        style.save(drawn, *files_of, snakemake.input.vega, paper_size.WIDTHS)
        files.write_text(html.with_suffix(".rst"), module.CAPTION + "\n")
    every = path_tables.networks(datasets["paths"])
    systems = neutral_tables.against_the_paper(datasets["systems"][0], datasets["breaking"][0])
    said = neutral_tables.said(datasets["systems"][0], datasets["breaking"][0])
    made = {
        "neutral_paths": (every, path_tables.for_reading(every), PATHS),
        "neutral_systems": (systems, neutral_tables.for_reading(systems), SYSTEMS + said),
    }
    if "cells" in datasets:
        looked = cell_tables.networks(datasets["cells"][0])
        made["neutral_cells"] = (looked, cell_tables.for_reading(looked), CELLS)
    if datasets.get("equivariance"):
        shared = equivariance_tables.networks(datasets["equivariance"])
        notes = equivariance_tables.said(shared) + EQUIVARIANCE
        made["neutral_equivariance"] = (shared, equivariance_tables.for_reading(shared), notes)
    for path in map(Path, snakemake.output.tables):
        exact, readable, notes = made[path.stem]
        title = path.stem.replace("_", " ").capitalize()
        write = {".md": reading.markdown, ".html": reading.page}.get(path.suffix)
        files.write_text(path, write(readable, title, notes) if write else exact.to_csv(index=False))
