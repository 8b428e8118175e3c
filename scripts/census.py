"""Rule census: what the networks of a dataset say, question by question (docs/census.md)."""

from pathlib import Path

import pandas as pd
import vl_convert

from job import job
from schurscope.reports.census import asked, costs, pictures, sentences, sizes, slow_modes, statements
from schurscope.reports.census.counted import groups
from schurscope.reports.census.measures import EPSILON, KINDS
from schurscope.reports.labels import init_name
from schurscope.reports.reading import render
from schurscope.store import files, netcdf

PAGE = Path(asked.__file__).with_name("page.html.jinja")

with job(snakemake) as settings:
    alpha = settings["alpha"]
    data = {kind: netcdf.read(snakemake.input[kind], "dataset") for kind in KINDS}
    shown = asked.asked(data, alpha)
    measures, solved, every = (shown[name] for name in ("measures", "solved", "all"))
    charts = {
        costs.QUESTION: pictures.within(measures, solved),
        statements.QUESTION: pictures.stated(solved, alpha),
        sizes.QUESTION: pictures.sizes(measures, solved, EPSILON),
        slow_modes.QUESTION: pictures.slow(measures, alpha),
    }
    found = [row | {"init": init_name(row["init"])} for row in groups(data["networks"])]
    page = render(
        PAGE,
        **{name: sum(row[name] for row in found) for name in ("networks", "solved", "diverged")},
        tested=int(solved["p"].notna().sum()),
        groups=found,
        said=sentences.said(solved, every, alpha, EPSILON),
        pictures={name: vl_convert.vegalite_to_svg(chart.to_dict()) for name, chart in charts.items()},
    )
    files.write_text(snakemake.output.page, page)
    rows = pd.concat([shown[name].assign(networks=name) for name in ("solved", "all", "arm") if name in shown])
    for name, table in {"answers": rows, "measures": measures, "seed_variance": shown["seed_variance"]}.items():
        files.write_text(snakemake.output[name], table.to_csv(index=False))
