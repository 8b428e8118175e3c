"""The page on what predicts an effect: its question, its columns a network and sector, its answer in words."""

import numpy as np

from schurscope.reports.trust import explanation

QUESTION = "Does the subspace that a task uses explain what may go?"
COLUMNS: dict = {}


def answer(datasets, table, found) -> str:
    correlations = explanation.correlations(explanation.predictors(datasets), int(datasets[0].attrs["resamples"]))
    whole = correlations[correlations["task"] == correlations["task"].iloc[-1]] if len(correlations) else correlations
    whole = whole.set_index("predictor")
    names = ["Frobenius mass", "activity-weighted mass"]
    if whole.empty or whole["rho"][names].isna().any():
        return "There are too few networks with something to remove, or too equal ones, to rank effects by anything."

    def said(name):
        rho, low, high = whole.loc[name, ["rho", "low", "high"]]
        return f"ρ = {rho:.2f}" + ("" if np.isnan(low) else f" [{low:.2f}, {high:.2f}]")

    size, activity = (whole.loc[name] for name in names)
    better = "better than" if activity["low"] > size["rho"] and activity["rho"] > size["high"] else "about as well as"
    better = "worse than" if activity["high"] < size["rho"] and activity["rho"] < size["low"] else better
    overlaps = whole["rho"][[name for name in whole.index if " side in " in name]].abs()
    best = f" The overlap with the largest ρ is that of the {overlaps.idxmax()} ({said(overlaps.idxmax())})."
    intervals = "too few networks for intervals" if np.isnan(size["low"]) else "95 % intervals over networks"
    shares = [max(one["rho"], 0.0) ** 2 for one in (activity, size)]
    return (
        f"Over {int(size['n'])} networks, how much of the recurrent drive a coupling carries on the task's own activity"
        f" ranks what its removal costs {better} its Frobenius mass ({said(names[1])} against {said(names[0])};"
        f" Spearman, {intervals}).{best if overlaps.notna().any() else ''} So activity accounts for {shares[0]:.0%} of"
        f" the variance of ranks and size alone for {shares[1]:.0%}: what is left is what the subspace explanation does"
        " not account for."
    )
