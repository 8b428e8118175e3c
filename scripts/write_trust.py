"""Rule trust: the page "Can this profile be trusted?", and its tables with every digit."""

from pathlib import Path

import pandas as pd

from job import job
from schurscope.reports.circuit_tables import OF_AN_ATLAS
from schurscope.reports.networks import NETWORK
from schurscope.reports.trust import answers, circuits, claims
from schurscope.reports.trust.page import page
from schurscope.reports.trust.per_network import per_network
from schurscope.reports.trust.sectors import sectors
from schurscope.store import files, netcdf

with job(snakemake) as settings:
    names, alpha = settings["diagnostics"], settings["alpha"]
    summaries = [netcdf.read(path, "summary") for path in snakemake.input.summaries]
    datasets = {name: [netcdf.read(path, "diagnostic") for path in snakemake.input[name]] for name in names}
    pictures = {name: Path(snakemake.input[f"picture_{name}"]).read_text(encoding="utf-8") for name in names}
    table = per_network(summaries, datasets, alpha)
    found = answers.numbers(datasets, table, alpha)
    stated, verdicts = claims.claims(summaries, table, alpha), sectors(table)
    networks = table.drop_duplicates(list(NETWORK))
    said = answers.answers(found, alpha, any_solved=(networks["solved"] == 1).any())
    if paths := snakemake.input.get("circuit"):
        pictures["circuits"] = Path(snakemake.input.picture_circuits).read_text(encoding="utf-8")
        atlases = [netcdf.read(path, "atlas", OF_AN_ATLAS) for path in snakemake.input.atlas]
        found["circuits"] = circuits.numbers([netcdf.read(path, "circuit") for path in paths], atlases)
        said["circuits"] = circuits.answer(found["circuits"])
    numbers = pd.concat([rows.assign(diagnostic=name) for name, rows in found.items()], ignore_index=True)
    files.write_text(snakemake.output.page, page(said, stated, verdicts, pictures, alpha, networks))
    for name, rows in {"networks": table, "verdicts": verdicts, "claims": stated, "answers": numbers}.items():
        files.write_text(snakemake.output[name], rows.to_csv(index=False))
