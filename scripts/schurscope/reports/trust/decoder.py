"""The page on a new readout: its question, its columns a network and sector, its answer in words."""

import pandas as pd

from schurscope.reports.trust.shares import SMALL, by_task, percent, solved, spread

QUESTION = "Is the information gone, or only moved?"
COLUMNS = {
    "lost_with_old_readout": lambda d: d["lost"],
    "recovered_by_new_readout": lambda d: d["recovered"],
}
NOTHING = f"no solved network loses more than {SMALL:g} with a sector"


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, sector): share of the loss that a new readout brings back, over networks that lose something."""
    part = solved(table)
    part = part[(part["lost_with_old_readout"] > SMALL) & part["recovered_by_new_readout"].notna()]
    rows = []
    for (task, sector), own in part.groupby(["task", "sector"], sort=False):
        rows.append({"task": task, "sector": sector} | spread(own["recovered_by_new_readout"].clip(0, 1)))
    return pd.DataFrame(rows)


def answer(rows, alpha) -> str:
    return (
        f"A new readout, fitted to the ablated network, brings back so much of the loss at α = {alpha:g} (median and"
        f" range over solved networks that lose more than {SMALL:g}): {by_task(rows, percent)}. What comes back was"
        " only moved out of the old readout's sight; the rest was not found by a linear readout."
    )
