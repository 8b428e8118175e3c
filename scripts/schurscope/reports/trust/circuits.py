"""The answer of circuits: how many couplings can go together, in which coordinates fewest numbers are left."""

import pandas as pd

from schurscope.reports import circuit_tables
from schurscope.reports.analyses.shares import percent, spread
from schurscope.reports.labels import BASES, init_name
from schurscope.reports.reading import number

QUESTION = "Coupling by coupling: what can go together?"
PLACE = ["task", "width", "init"]
RIVALS = ("neurons", "principal_components", "random_orthogonal")  # no Schur forms


def numbers(circuits, atlases) -> pd.DataFrame:
    """A row a (task, width, init, basis, measure): the spread over solved networks, at the middle epsilon."""
    every = circuit_tables.circuits(circuits)
    every = every[(every["solved"] == 1) & every["removed_share"].notna()]
    epsilons = sorted(every["epsilon"].unique())
    rows = []
    for (*place, basis), own in every.groupby([*PLACE, "basis"], sort=False):
        at = own[own["epsilon"] == epsilons[len(epsilons) // 2]]
        known = dict(zip(PLACE, place, strict=True)) | {"basis": basis, "epsilon": at["epsilon"].iloc[0]}
        known |= {"verified": int(at["verified"].sum())}
        for measure in ("removed_share", "numbers_left", "discrepancy"):
            rows.append(known | {"measure": measure} | spread(at[measure]))
    ranked = circuit_tables.predictors(atlases)
    ranked = ranked[(ranked["solved"] == 1) & ranked["rank_correlation"].notna()]
    for place, own in ranked.groupby(PLACE, sort=False):
        table = own.pivot(index="seed", columns="predictor", values="rank_correlation")
        better = int((table["activity_mass"] > table["share"]).sum())
        rows.append(
            dict(zip(PLACE, place, strict=True))
            | {"measure": "activity_mass - share", "activity_is_better": better}
            | spread(table["activity_mass"] - table["share"])
        )
    return pd.DataFrame(rows)


def answer(rows: pd.DataFrame) -> str:
    """In words; ``rows``: numbers."""
    if "basis" not in rows:
        return "Coupling by coupling: not decidable, no solved network has couplings to lose."
    schur = rows[rows["basis"] == "schur"]
    share, off = (schur[schur["measure"] == measure] for measure in ("removed_share", "discrepancy"))
    epsilon = share["epsilon"].iloc[0]
    said = [f"{_named(row)} {percent(row)}" for row in share.to_dict("records")]
    sentences = [
        f"Coupling by coupling: so many of all couplings of N go together at a discrepancy of at most ε = {epsilon:g}"
        f" (median and range over solved networks): {'; '.join(said)}. On held-out trials it is at or below ε in"
        f" {int(share['verified'].sum())} of {int(share['n'].sum())} networks, and at most"
        f" {number(float(off['high'].max() / epsilon))} ε."
    ]
    left = rows[(rows["measure"] == "numbers_left") & rows["basis"].isin(["schur", *RIVALS])]
    if left["basis"].nunique() > 1:
        least = [_fewest(own) for _, own in left.groupby(PLACE, sort=False)]
        sentences.append(f"Fewest numbers are left in the recurrent matrix: {'; '.join(least)}.")
    ranked = rows[rows["measure"] == "activity_mass - share"]
    if len(ranked):
        sentences.append(
            "Within a network, the activity-weighted mass of a coupling ranks what removing it alone does better than"
            f" its size in {int(ranked['activity_is_better'].sum())} of {int(ranked['n'].sum())} solved networks."
        )
    return " ".join(sentences)


def _fewest(own: pd.DataFrame) -> str:
    """Which basis, where its range lies below all others'."""
    own = own.sort_values("median", kind="stable")
    first, others = own.iloc[0], own.iloc[1:]
    counts = ", ".join(
        f"{BASES[row['basis']]} {row['median']:.0f} [{row['low']:.0f} to {row['high']:.0f}]"
        for row in own.to_dict("records")
    )
    decided = first["high"] < others["low"].min() and first["n"] > 1
    verdict = BASES[first["basis"]] if decided else "not decidable"
    return f"{_named(first)} {verdict} ({counts}; n = {int(own['n'].min())})"


def _named(row) -> str:
    return f"{row['task']}, N = {int(row['width'])}, {init_name(row['init'])}:"
