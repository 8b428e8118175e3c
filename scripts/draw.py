"""Rules of figures.smk: draw one figure as HTML, SVG and PNG."""

from job import job
from schurscope.foundations import registry
from schurscope.reports.figures import style
from schurscope.store import netcdf

with job(snakemake) as settings:
    datasets = {kind: [netcdf.read(path, kind) for path in files] for kind, files in snakemake.input.items()}
    name = snakemake.params.figure
    kind = "report" if name in registry.REGISTRY["report"] else "figure"
    chart = registry.load(kind, name).draw(datasets, settings)
    style.save(chart, snakemake.output.html, snakemake.output.svg, snakemake.output.png)
