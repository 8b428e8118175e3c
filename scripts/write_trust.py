"""Rule trust: the page "Can this profile be trusted?", and its tables with every digit."""

from pathlib import Path

from job import job
from schurscope import files, store, trust
from schurscope.answers import answers as in_words
from schurscope.claims import claims
from schurscope.page import page

with job(snakemake) as settings:
    names = settings["diagnostics"]
    datasets = {name: [store.read(path, "diagnostic") for path in snakemake.input[name]] for name in names}
    table = trust.per_network(datasets, settings["alpha"])
    found = trust.verdicts(table)
    pictures = {name: Path(snakemake.input[f"picture_{name}"]).read_text(encoding="utf-8") for name in names}
    networks = table.drop_duplicates(list(trust.NETWORK))
    answers = in_words(datasets, table, found)
    files.write_text(snakemake.output.page, page(answers, claims(found), found, pictures, settings["alpha"], networks))
    files.write_text(snakemake.output.networks, table.to_csv(index=False))
    files.write_text(snakemake.output.verdicts, found.to_csv(index=False))
