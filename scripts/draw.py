"""Rules of figures.smk: draw one figure as HTML, SVG and PNG."""

from job import job
from schurscope.foundations import registry
from schurscope.reports.figures import style
from schurscope.store import netcdf

with job(snakemake) as settings:
    datasets = {kind: [netcdf.read(path, kind) for path in files] for kind, files in snakemake.input.items()}
    figure = registry.load("figure", snakemake.params.figure)
    chart = figure.draw(datasets, settings)
    style.save(chart, snakemake.output.html, snakemake.output.svg, snakemake.output.png)
