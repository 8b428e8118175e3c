"""Do trained networks share their task's symmetry? A row a network and element, medians, and one sentence."""

import pandas as pd

from schurscope.reports.labels import init_name
from schurscope.reports.reading import number

PLACE = ["task", "width", "init", "element"]
MEASURED = ("discrepancy", "largest")


def networks(blocks) -> pd.DataFrame:
    """From equivariance datasets, in float64; networks that diverged are left out."""
    rows = []
    for block in blocks:
        place = {name: block[name].item() for name in ("task", "width", "init")}
        for seed in block["seed"].values[block["status"].values == "ok"]:
            for element in block["element"].values:
                one = block.sel(seed=seed, element=element, precision="float64")
                row = place | {"element": element, "seed": int(seed), "solved": int(one["solved"])}
                row |= {name: float(one[name]) for name in MEASURED}
                fvu = float(one["fvu"])
                rows.append(row | {"fvu": fvu, "over_errors": row["discrepancy"] / (2 * fvu)})
    return pd.DataFrame(rows, columns=[*PLACE, "seed", "solved", *MEASURED, "fvu", "over_errors"])


def for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """Median [least to most] (n) over the solved networks of a place."""
    rows = []
    for place, own in table[table["solved"] == 1].groupby(PLACE, sort=False):
        row = dict(zip(PLACE, place, strict=True))
        row |= {"width": str(row["width"]), "init": init_name(row["init"])}
        rows.append(row | {name: _spread(own[name]) for name in (*MEASURED, "over_errors")})
    return pd.DataFrame(rows, columns=[*PLACE, *MEASURED, "over_errors"])


def said(table: pd.DataFrame) -> str:
    """Which elements solved networks have exactly, and by how much they miss the others."""
    done = table[table["solved"] == 1]
    if done.empty:
        return "No solved network of a task with a symmetry."
    words = []
    for task, own in done.groupby("task", sort=False):
        most = own.groupby("element", sort=False)["discrepancy"].max()
        exact, others = list(most[most == 0].index), own[own["element"].isin(most[most > 0].index)]
        part = [f"exactly {', '.join(exact)}"] if exact else []
        if len(others):
            names = ", ".join(others["element"].unique())
            part.append(f"{names} but for a discrepancy of {_spread(others['discrepancy'])}")
            if others["over_errors"].notna().any():
                part[-1] += f", {_spread(others['over_errors'])} of what independent errors would give"
        words.append(f"{task}: {'; '.join(part)}")
    return f"Solved networks have of their task's symmetry, median [least to most] (n): {'. '.join(words)}."


def _spread(values) -> str:
    values = values.dropna()
    if values.empty:
        return ""
    median, low, high = (number(float(value)) for value in (values.median(), values.min(), values.max()))
    return f"{median} [{low} to {high}] ({len(values)})"
