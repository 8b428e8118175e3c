"""Rule tabulate: all tables, as CSV with every digit, and as Markdown and HTML for reading."""

from pathlib import Path

import pandas as pd

from job import job
from schurscope.reports import circuit_tables, reading, tables
from schurscope.reports.paper import paper_vs_here
from schurscope.store import files, netcdf

PAPER_VALUES = Path(tables.__file__).resolve().parents[3] / "report" / "paper_values.csv"
OF_AN_ATLAS = ("rank_correlation", "partial_correlation", "solved", "status")
PROFILE = (
    "Mean ± SEM (n) over networks that did not diverge and in which something is removed; `empty` counts the others,"
    " where less than 1e-5 of the norm of T would go: they have no effect to average. `solved` counts the networks that"
    " reached the task's threshold."
)
NETWORKS = (
    "One row a network and alpha; `held_out_score` is the intact network's, `split_gap` the modulus gap at the cut over"
    " the spectral radius; `fragile` is 1 where n_R would change with alpha ± {near:g}, and the profile with it."
)
PAPER = (
    "Paper: Draeger 2026, arXiv 2606.18457. Here: mean over solved networks in which something is removed (n)."
    " `difference_low`, `difference_high`: 95 % interval of our mean minus the paper's number, by Student's t; where"
    " the paper gives no spread, a prediction interval for as many networks as it has. `agrees`: the interval holds 0"
    " and is no wider than the paper's number; `differs`: it does not hold 0; `not decidable`: neither."
    " The paper leaves the task distributions and the copy recipe open; see docs/method.md for our choices. `n_R`: rows"
    " of R in each solved network; where it differs between networks, the cut does not mean the same in them."
)
CIRCUITS = (
    "The fewest couplings of N found that keep the discrepancy at or below epsilon: mean ± SEM (n) over networks that"
    " have couplings to lose. `discrepancy` and scores on held-out trials that chose nothing, looked at once;"
    " `verified`: networks in which it is at or below epsilon there. `numbers_left`: entries of T. Every network: the"
    " CSV."
)
PREDICTORS = (
    "How well each predictor ranks the effects of a network's couplings, removed one by one: Spearman's correlation"
    " over couplings, mean ± SEM (n) over networks. Partial: of the share of T with the activity-weighted mass held"
    " fixed, and the other way round. Every network: the CSV."
)

with job(snakemake):
    summaries = [netcdf.read(path, "summary") for path in snakemake.input.summaries]
    paper_values = pd.read_csv(PAPER_VALUES)
    made = {
        f"profile_{summary['task'].item()}": (tables.profile(summary), tables.profile_for_reading(summary), PROFILE)
        for summary in summaries
    }
    every = tables.networks(summaries)
    made["networks"] = (every, every, NETWORKS.format(near=summaries[0].attrs["near"]))
    compared = paper_vs_here(paper_values, summaries)
    if paths := snakemake.input.get("circuit"):
        found = [netcdf.read(path, "circuit") for path in paths]
        made["circuits"] = (circuit_tables.circuits(found), circuit_tables.circuits_for_reading(found), CIRCUITS)
    if paths := snakemake.input.get("atlas"):
        found = [netcdf.read(path, "atlas", OF_AN_ATLAS) for path in paths]
        made["predictors"] = (
            circuit_tables.predictors(found),
            circuit_tables.predictors_for_reading(found),
            PREDICTORS,
        )
    made["paper_vs_here"] = (compared, compared.fillna({"note": ""}), PAPER)

    for path in map(Path, snakemake.output):
        exact, readable, notes = made[path.stem]
        title = path.stem.replace("_", " ").capitalize()
        write = {".md": reading.markdown, ".html": reading.page}.get(path.suffix)
        text = write(readable, title, notes) if write else exact.to_csv(index=False)
        files.write_text(path, text)
