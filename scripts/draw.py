"""Rules of figures.smk: draw one figure as HTML, SVG and PNG."""

from job import job
from schurscope import registry, store
from schurscope.figures import style

with job(snakemake) as settings:
    datasets = {kind: [store.read(path, kind) for path in files] for kind, files in snakemake.input.items()}
    figure = registry.load("figure", snakemake.params.figure)
    chart = figure.draw(datasets, settings)
    style.save(chart, snakemake.output.html, snakemake.output.svg, snakemake.output.png)
