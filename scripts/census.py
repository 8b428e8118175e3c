"""Rule census: what the networks of a dataset say, question by question (docs/census.md)."""

import json
from pathlib import Path

import pandas as pd
import vl_convert

from job import job
from schurscope.reports.census import (
    asked,
    costs,
    counted,
    in_short,
    pictures,
    sentences,
    sizes,
    slow_modes,
    statements,
)
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
    drawn = {question: vl_convert.vegalite_to_svg(chart.to_dict()) for question, chart in charts.items()}
    for path, svg in zip(snakemake.output.pictures, drawn.values(), strict=True):
        files.write_text(path, svg)
    groups = [row | {"init": init_name(row["init"])} for row in counted.groups(data["networks"])]
    short, lines = in_short.in_short(solved, every), sentences.said(solved, every, alpha, EPSILON)
    said = {
        "alpha": alpha,
        "epsilon": EPSILON,
        **{name: sum(row[name] for row in groups) for name in ("networks", "solved", "diverged")},
        "tested": int(solved["p"].notna().sum()),
        "groups": groups,
        "questions": [
            {"question": question, "short": short[question], "parts": [[about, own] for about, own in parts if own]}
            for question, parts in lines.items()
        ],
        "statements": [
            {name: row[name] for name in ("task", "quantity", "n", "value", "low", "high")}
            | {"verdict": statements.verdict(row)}
            for row in solved[solved["question"] == "b"].to_dict("records")
            if statements.of_the_paper(row) and row["n"]
        ],
    }
    files.write_text(snakemake.output.said, json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    files.write_text(snakemake.output.page, render(PAGE, **said, pictures=drawn))
    rows = pd.concat([shown[name].assign(networks=name) for name in ("solved", "all", "arm") if name in shown])
    for name, table in {"answers": rows, "measures": measures, "seed_variance": shown["seed_variance"]}.items():
        files.write_text(snakemake.output[name], table.to_csv(index=False))
