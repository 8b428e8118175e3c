"""Rule vega: Vega, Vega-Lite and Vega-Embed as one script for all pages of figures."""

from job import job
from schurscope.reports.figures.web_page import bundle
from schurscope.store.files import write_text

with job(snakemake):
    write_text(snakemake.output[0], bundle())
