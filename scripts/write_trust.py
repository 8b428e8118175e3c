"""Rule trust: the page "Can this profile be trusted?", and its tables with every digit."""

from pathlib import Path

from job import job
from schurscope import files, store
from schurscope.trust import verdicts
from schurscope.trust.answers import answers as in_words
from schurscope.trust.claims import claims
from schurscope.trust.page import page

with job(snakemake) as settings:
    names = settings["diagnostics"]
    datasets = {name: [store.read(path, "diagnostic") for path in snakemake.input[name]] for name in names}
    table = verdicts.per_network(datasets, settings["alpha"])
    found = verdicts.verdicts(table)
    pictures = {name: Path(snakemake.input[f"picture_{name}"]).read_text(encoding="utf-8") for name in names}
    networks = table.drop_duplicates(list(verdicts.NETWORK))
    answers = in_words(datasets, table, found)
    files.write_text(snakemake.output.page, page(answers, claims(found), found, pictures, settings["alpha"], networks))
    files.write_text(snakemake.output.networks, table.to_csv(index=False))
    files.write_text(snakemake.output.verdicts, found.to_csv(index=False))
