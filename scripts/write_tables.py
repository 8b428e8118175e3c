"""Rule tabulate: all tables, as CSV with every digit, and as Markdown and HTML for reading."""

from pathlib import Path

import pandas as pd

from job import job
from schurscope.reports import html as reading
from schurscope.reports import tables
from schurscope.store import files, netcdf

PAPER_VALUES = Path(tables.__file__).resolve().parents[3] / "report" / "paper_values.csv"
PROFILE = "Mean ± SEM (n) over networks that did not diverge; `solved` counts those that reached the task's threshold."
NETWORKS = (
    "One row a network and alpha; `held_out` is the intact score,"
    " `split_gap` the modulus gap at the cut over the spectral radius; a fragile cut has a small one: n_R would change"
    " with a small change of alpha, and the profile with it."
)
PAPER = (
    "Paper: Draeger 2026, arXiv 2606.18457. Here: mean over networks that did not diverge. `agrees`: within two"
    " standard errors (the paper's and ours together) or the paper's rounding; `too spread to tell`: that is more than"
    " half of the paper's number. The paper leaves the task"
    " distributions and the copy recipe open; see docs/method.md for our choices. `n_R`: rows of R in each network;"
    " where it differs between networks, the cut does not mean the same in them."
)

with job(snakemake) as settings:
    summaries = [netcdf.read(path, "summary") for path in snakemake.input.summaries]
    paper = pd.read_csv(PAPER_VALUES)
    made = {
        f"profile_{summary['task'].item()}": (tables.profile(summary), tables.profile_for_reading(summary), PROFILE)
        for summary in summaries
    }
    every = tables.networks(summaries, settings["fragile_gap"])
    made["networks"] = (every, every, NETWORKS)
    compared = tables.paper_vs_here(paper, summaries)
    made["paper_vs_here"] = (compared, compared.fillna({"note": ""}), PAPER)

    for path in map(Path, snakemake.output):
        exact, readable, notes = made[path.stem]
        title = path.stem.replace("_", " ").capitalize()
        write = {".md": reading.markdown, ".html": reading.page}.get(path.suffix)
        text = write(readable, title, notes) if write else exact.to_csv(index=False)
        files.write_text(path, text)
