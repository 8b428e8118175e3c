"""Time scales of networks from which nothing is removed: a row a network and trajectory, and medians over networks."""

import numpy as np
import pandas as pd

from schurscope.reports.labels import init_name
from schurscope.reports.reading import number

MEASURED = ("near_zero", "entropy", "dimension", "sum_rule")
PLACE = ["task", "width", "init", "cell", "trajectory"]
QUANTITIES = {"first": "first exponent", "near_zero": "near zero", "dimension": "Kaplan-Yorke dimension"}


def networks(blocks, cells: dict[str, str]) -> pd.DataFrame:
    """From time_scales datasets; ``cells``: task -> cell. Trajectories that a network does not have are left out."""
    rows = []
    for block in blocks:
        place = {name: block[name].item() for name in ("task", "width", "init")}
        place["cell"] = cells[place["task"]]
        for seed in block["seed"].values:
            for trajectory in block["trajectory"].values:
                one = block.sel(seed=seed, trajectory=trajectory)
                if np.isnan(one["sum_rule"]):
                    continue
                row = place | {"trajectory": trajectory, "seed": int(seed), "solved": int(one["solved"])}
                row["first"] = float(one["exponent"][0])
                rows.append(row | {name: float(one[name]) for name in MEASURED})
    return pd.DataFrame(rows, columns=[*PLACE, "seed", "solved", "first", *MEASURED])


def for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """Median [least to most] over the solved networks of a place, and how many there are of how many."""
    rows = []
    for place, own in table.groupby(PLACE, sort=False):
        row = dict(zip(PLACE, place, strict=True))
        row |= {"init": init_name(row["init"]), "width": str(row["width"])}
        done = own[own["solved"] == 1]
        row["solved"] = f"{len(done)} of {len(own)}"
        rows.append(row | {called: _spread(done[name]) for name, called in QUANTITIES.items()})
    return pd.DataFrame(rows, columns=[*PLACE, "solved", *QUANTITIES.values()])


def _spread(values) -> str:
    if values.empty:
        return ""
    median, low, high = (number(float(value)) for value in (values.median(), values.min(), values.max()))
    return median if len(values) == 1 else f"{median} [{low} to {high}]"
