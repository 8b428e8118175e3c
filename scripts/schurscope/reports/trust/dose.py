"""The page on dose and response: its question, its columns a network and sector, its answer in words."""

import numpy as np
import pandas as pd

from schurscope.reports.trust.shares import SMALL, by_task, percent, solved, spread

QUESTION = "What does a part of a coupling cost?"
COLUMNS = {
    "effect_of_half_dose": lambda d: np.interp(0.5, d["dose"].values, d["effect"].values),
    "effect_of_whole_dose": lambda d: d["effect"].isel(dose=-1),
    "fvu_slope_at_dose_0": lambda d: d["slope"],
}
NOTHING = f"no solved network loses more than {SMALL:g} with a sector"


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, sector): what half of it costs of what the whole costs, over networks that lose something."""
    part = solved(table)
    part = part[part["effect_of_whole_dose"] > SMALL]
    rows = []
    for (task, sector), own in part.groupby(["task", "sector"], sort=False):
        rows.append({"task": task, "sector": sector} | spread(own["effect_of_half_dose"] / own["effect_of_whole_dose"]))
    return pd.DataFrame(rows)


def answer(rows, alpha) -> str:
    return (
        f"Removing half of a coupling costs so much of what removing the whole costs at α = {alpha:g} (median and range"
        f" over solved networks that lose more than {SMALL:g}): {by_task(rows, percent)}. 50 % would be proportional;"
        " less means that a little can go without harm."
    )
