"""Rule trust: the page "Can this profile be trusted?", and its tables with every digit."""

from pathlib import Path

from job import job
from schurscope.reports.networks import NETWORK
from schurscope.reports.trust.answers import answers as in_words
from schurscope.reports.trust.claims import claims
from schurscope.reports.trust.page import page
from schurscope.reports.trust.per_network import per_network
from schurscope.reports.trust.verdicts import verdicts
from schurscope.store import files, netcdf

with job(snakemake) as settings:
    names = settings["diagnostics"]
    datasets = {name: [netcdf.read(path, "diagnostic") for path in snakemake.input[name]] for name in names}
    table = per_network(datasets, settings["alpha"])
    found = verdicts(table)
    pictures = {name: Path(snakemake.input[f"picture_{name}"]).read_text(encoding="utf-8") for name in names}
    networks = table.drop_duplicates(list(NETWORK))
    answers = in_words(datasets, table, found)
    files.write_text(snakemake.output.page, page(answers, claims(found), found, pictures, settings["alpha"], networks))
    files.write_text(snakemake.output.networks, table.to_csv(index=False))
    files.write_text(snakemake.output.verdicts, found.to_csv(index=False))
