"""Rule tabulate: all tables, as CSV with every digit, and as Markdown and HTML for reading."""

from pathlib import Path

import pandas as pd

from job import job
from schurscope.reports import (
    circuit_tables,
    curves,
    nonnormality_used,
    question_tables,
    reading,
    tables,
    time_scale_tables,
)
from schurscope.reports.paper import paper_vs_here
from schurscope.store import files, netcdf

PAPER_VALUES = Path(tables.__file__).resolve().parents[3] / "report" / "paper_values.csv"
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

SHARED = (
    "How far circuits of different seeds are alike: Jaccard index of the pairs of blocks that keep a coupling, blocks"
    " matched so that their eigenvalues are nearest; by chance: blocks matched at random. Median and range over pairs"
    " of networks, which are not independent of one another. Every pair: the CSV."
)
QUESTIONS = {
    "anatomy": (
        "What circuits are made of, at each epsilon: `kept_share`, of the couplings of a sector at alpha = {alpha};"
        " `longest_path`, kept couplings from block to block; `autonomous`: blocks that no kept coupling enters or"
        " leaves, of `blocks`; `participation_ratio` of the intact network's states."
    ),
    "function": (
        "Are circuits still the function? Metric of the circuit (`score`) and of the intact network on held-out trials"
        " and on others: longer, or with a setting of the task halved or doubled. `worst_trial`: its discrepancy, over"
        " the variance of an average trial."
    ),
    "rules": (
        "Other rules that choose what goes, each ranking the couplings once: share of N removed at or below epsilon on"
        " selection and guard trials, held-out discrepancy then, and with as many removed as the circuit removes."
        " `rank`: of the smallest low-rank approximation of W_hh that keeps epsilon, with its `rank_numbers`."
        " `eigenbasis_condition`: of an eigenbasis, in which there is no coupling."
    ),
    "stability": (
        "The search on ten other draws of selection and guard trials: mean over draws of each network, Jaccard index of"
        " what is kept, over pairs of draws, and of random sets of the same sizes."
    ),
    "time_scales": (
        "Do circuits keep the dynamics' time scales? Lyapunov exponents along 8 held-out trials, their first fifth left"
        " out, nats a step: the largest of the circuit (`first`) and of the intact network, and the largest change of"
        " one that is above -1 (`moved`)."
    ),
    "untrained": (
        "The same search before training, with a readout fitted by ridge: `score_intact` is that network's own. NaN"
        " where a network starts normal and has no coupling."
    ),
}
CURVES = (
    f"Training loss, nats a scored step: the paper's / ours. Paper: {curves.SOURCE}. Ours: median over {curves.WINDOW}"
    " updates, then median over networks [least to largest]. Last column: the first update at which that of a network"
    f" lies below {curves.LIMIT:g}, over the networks that come there."
)
NONNORMALITY = (
    " Median over networks [least to largest]. `RR+CR+CC`: all of N removed; `T_own`: the T of the parameters that a"
    " network was trained as. `removed_mass`: over the norm of W_hh; `T_share`: |T| / |D + T|; `departure`: Henrici's,"
    " over the norm. Every network: the CSV."
)
TIME_SCALES = (
    "Lyapunov spectra of networks from which nothing is removed, nats a step: median [least to most] over solved ones."
    " By itself from a random state (`autonomous`), along one long trial (`driven`), along held-out trials, their first"
    " fifth left out (`trials`). Near zero: exponents within 3 / steps. Every network: the CSV."
)
OVER = " Mean ± SEM (n) over networks. Every network: the CSV."

with job(snakemake) as settings:
    alpha = settings.get("alpha")
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
        atlases = [netcdf.read(path, "atlas", circuit_tables.OF_AN_ATLAS) for path in paths]
        ranked = (circuit_tables.predictors(atlases), circuit_tables.predictors_for_reading(atlases))
        made["predictors"] = (*ranked, PREDICTORS)
    if paths := snakemake.input.get("schur"):
        forms = [netcdf.read(path, "schur") for path in paths]
        shared = (question_tables.shared_by_seeds(found, forms), question_tables.shared_for_reading(found, forms))
        made["circuits_shared"] = (*shared, SHARED)
    for name, notes in QUESTIONS.items():
        if paths := snakemake.input.get(f"question_{name}"):
            asked = [netcdf.read(path, "analysis") for path in paths]
            exact, readable = question_tables.answers(asked), question_tables.answers_for_reading(asked, alpha)
            made[f"circuit_{name}"] = (exact, readable, notes.replace("{alpha}", f"{alpha:g}" if alpha else "") + OVER)
    if names := settings.get("learning_curves"):
        blocks = [netcdf.read(path, "networks") for path in snakemake.input.curves]
        exact = curves.against_the_paper(curves.by_model(names, blocks))
        made["learning_curves"] = (exact, curves.for_reading(exact), CURVES)
    if paths := snakemake.input.get("in_schur_form"):
        exact = nonnormality_used.networks(summaries, [netcdf.read(path, "networks") for path in paths])
        said = nonnormality_used.in_words(exact) + NONNORMALITY
        made["nonnormality_used"] = (exact, nonnormality_used.for_reading(exact), said)
    if paths := snakemake.input.get("time_scales"):
        exact = time_scale_tables.networks([netcdf.read(path, "analysis") for path in paths], settings["cells"])
        made["time_scales"] = (exact, time_scale_tables.for_reading(exact), TIME_SCALES)
    made["paper_vs_here"] = (compared, compared.fillna({"note": ""}), PAPER)

    for path in map(Path, snakemake.output):
        exact, readable, notes = made[path.stem]
        title = path.stem.replace("_", " ").capitalize()
        write = {".md": reading.markdown, ".html": reading.page}.get(path.suffix)
        text = write(readable, title, notes) if write else exact.to_csv(index=False)
        files.write_text(path, text)
