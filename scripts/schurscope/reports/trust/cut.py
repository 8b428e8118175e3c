"""The page on the place of the cut: its question, its columns a network and sector, its answer in words."""

import pandas as pd

QUESTION = "Is the cut well placed?"
COLUMNS = {
    "same_n_R_above_alpha": lambda d: d["alpha_low"],
    "same_n_R_to_alpha": lambda d: d["alpha_high"],
}


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a task: in how many of n solved networks the cut is fragile, and their n_R."""
    part = table[(table["sector"] == "RR") & (table["solved"] == 1)]
    rows = []
    for task, own in part.groupby("task", sort=False):
        span = {"n_R_low": own["n_R"].min(), "n_R_high": own["n_R"].max()}
        near = datasets[0].attrs["near"]
        rows.append({"task": task, "near": near, "n": len(own), "fragile": int(own["fragile"].sum())} | span)
    return pd.DataFrame(rows)


def answer(rows, alpha) -> str:
    words = []
    for row in rows.to_dict("records"):
        low, high = row["n_R_low"], row["n_R_high"]
        span = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
        words.append(f"{row['task']} {row['fragile']} of {row['n']} (n_R {span})")
    last = " Where it would, R and C are not two groups of modes but a line drawn through one."
    return (
        f"At α = {alpha:g}, n_R would change with α ± {rows['near'].iloc[0]:g} in these solved networks:"
        f" {', '.join(words)}.{last if rows['fragile'].any() else ''}"
    )
