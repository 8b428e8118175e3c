"""Rule index: the front page of all results, the sentences for the report's first page, and the settings."""

from pathlib import Path

import pandas as pd
import yaml

from job import job
from schurscope.reports.front import front_page, made_with
from schurscope.reports.trust import claims
from schurscope.reports.trust.per_network import per_network
from schurscope.stages.summarise import metric_of
from schurscope.store import files, netcdf

WORDS = {"task": str, "init": str}  # a task may be called NA


def table_of(path) -> pd.DataFrame:
    """A table of the results; an empty cell is NaN, and no word is."""
    return pd.read_csv(path, dtype=WORDS, keep_default_na=False, na_values=[""])


with job(snakemake) as settings:
    alpha, near, given = settings["alpha"], settings["near"], snakemake.input
    summaries = [netcdf.read(path, "summary") for path in given.summaries]
    circuits = [netcdf.read(path, "circuit_summary") for path in given.get("circuits", [])]
    trained = [netcdf.read(path, "networks", ("status",)) for path in given.networks]
    diagnosed = "answers" in given.keys()
    table = table_of(given.trust) if diagnosed else per_network(summaries, {}, alpha)
    answers = table_of(given.answers) if diagnosed else pd.DataFrame(columns=["diagnostic"])
    networks = table_of(given.every)
    networks = networks[(networks["alpha"] - alpha).abs() <= 1e-9]
    metrics = {summary["task"].item(): metric_of(summary) for summary in summaries}
    alphas = {round(float(a), 6) for summary in summaries for a in summary["alpha"].values} - {alpha}
    shared = [a for a in sorted(alphas) if all((abs(one["alpha"] - a) < 1e-9).any() for one in summaries)]
    tables = {a: per_network(summaries, {}, a) for a in shared} | {alpha: table}
    said = front_page.sentences(tables, metrics, circuits, answers, alpha, near)
    config = yaml.safe_dump(snakemake.config, sort_keys=False, allow_unicode=True)  # in the words that it was given in
    page = front_page.page(
        said,
        table,
        networks,
        claims.claims(summaries, table, alpha),
        table_of(given.paper),
        Path(given.picture).read_text(encoding="utf-8"),
        made_with.made_with([*trained, *summaries, *circuits]),
        settings | {"config": config},
    )
    files.write_text(snakemake.output.page, page)
    files.write_text(snakemake.output.report, front_page.report(said, near))
    files.write_text(snakemake.output.settings, config)
