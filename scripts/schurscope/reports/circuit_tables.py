"""Tables of circuits, and of what predicts the effect of a single coupling: every network, and the mean."""

import pandas as pd

from schurscope.reports.reading import mean_and_sem
from schurscope.store.netcdf import basis_of

OF_AN_ATLAS = ("rank_correlation", "partial_correlation", "solved", "status")  # what tables need of one
ACCURATE = ("removed_share_accuracy", "accuracy_share")  # where the metric is one of which more is better


def circuits(datasets) -> pd.DataFrame:
    """One row a network and epsilon, from circuit datasets: what is left, and what it costs."""
    rows = []
    for block in datasets:
        metric = block.attrs["metric"]
        between = ("removed_share", "numbers_left", "discrepancy", "discrepancy_guard", "discrepancy_selection")
        for seed in block["seed"].values:
            one = block.sel(seed=seed)
            known = {name: one[name].item() for name in ("task", "width", "init", "seed", "status", "solved")}
            known["basis"] = basis_of(block)
            known |= {name: float(one[name]) for name in ACCURATE if name in one}
            for epsilon in block["epsilon"].values:
                at = one.sel(epsilon=epsilon)
                found = {name: float(at[name]) for name in between} | {"verified": int(at["verified"])}
                score = {"metric": metric, "score": float(at[metric]), "score_intact": float(one[f"{metric}_intact"])}
                rows.append(known | {"epsilon": float(epsilon)} | found | score)
    return pd.DataFrame(rows).astype({"solved": int})


def circuits_for_reading(datasets) -> pd.DataFrame:
    """One row a (task, width, init, epsilon, basis): mean ± SEM (n) over networks that have couplings to lose."""
    rows = []
    by = ["task", "width", "init", "epsilon", "basis"]
    every = circuits(datasets)
    every["place"] = every.groupby(by[:-1], sort=False).ngroup()  # bases under one another
    for key, own in every.sort_values("place", kind="stable").groupby(by, sort=False):
        there = own[own["removed_share"].notna()]
        said = {
            name: mean_and_sem(there[name].mean(), there[name].sem(), len(there))
            for name in ("removed_share", "numbers_left", "discrepancy", "score", "score_intact", *ACCURATE)
            if name in there and there[name].notna().any()
        }
        verified = f"{there['verified'].sum()} of {len(there)}"
        solved = f"{own['solved'].sum()} of {len(own)}"
        rows.append(dict(zip(by, key, strict=True)) | said)
        rows[-1] |= {"metric": own["metric"].iloc[0], "verified": verified, "solved": solved}
    return pd.DataFrame(rows).fillna("")


def predictors(datasets) -> pd.DataFrame:
    """One row a network and predictor, from atlas datasets: how well it ranks the effects of single couplings."""
    names = ["rank_correlation", "partial_correlation"]
    parts = []
    for block in datasets:
        part = block[["status", "solved", *names]].to_dataframe(dim_order=["seed", "predictor"]).reset_index()
        parts.append(part[["task", "width", "init", "seed", "status", "solved", "predictor", *names]])
    return pd.concat(parts, ignore_index=True).astype({"solved": int})


def predictors_for_reading(datasets) -> pd.DataFrame:
    """One row a (task, width, init, predictor): mean ± SEM (n) over networks."""
    rows = []
    for key, own in predictors(datasets).groupby(["task", "width", "init", "predictor"], sort=False):
        said = {}
        for name in ("rank_correlation", "partial_correlation"):
            there = own[name].dropna()
            said[name] = mean_and_sem(there.mean(), there.sem(), len(there)) if len(there) else ""
        rows.append(dict(zip(("task", "width", "init", "predictor"), key, strict=True)) | said)
        rows[-1]["solved"] = f"{own['solved'].sum()} of {len(own)}"
    return pd.DataFrame(rows)


def block_of(dataset) -> tuple[str, int, str, int]:
    """What tells a block from all others: its place, and its first seed."""
    return (*place_of(dataset), int(dataset["seed"].values[0]))


def place_of(dataset) -> tuple[str, int, str]:
    """Task, width and construction of a block's dataset."""
    return tuple(dataset[name].item() for name in ("task", "width", "init"))
