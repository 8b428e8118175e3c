"""The page on random orders of blocks: its question, its columns a network and sector, its answer in words."""

import numpy as np
import pandas as pd

from schurscope.reports.trust.shares import DEPENDS, SMALL, by_task, depends_on_order, solved

QUESTION = "Does an effect depend on the order of blocks within a sector?"
COLUMNS = {
    "effect_range_over_orders": lambda d: d["reordered_effect"].max() - d["reordered_effect"].min(),
    "cr_change_over_orders": lambda d: d["cr_change"].max(),
}
NOTHING = "no blocks of a solved network's sectors could be put into another order"
ROUNDING = 1e-10


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, sector) of RR and CC: in how many of n networks the effect depends on the order of blocks.

    ``cr_change`` is the largest change of W without CR by the order, over all networks with a Schur form.
    """
    change = table["cr_change_over_orders"]
    common = {"cr_change": change.max(), "cr_networks": int(change[table["sector"] == "CR"].notna().sum())}
    part = solved(table)
    part = part[(part["sector"] != "CR") & part["effect_range_over_orders"].notna()]
    rows = []
    for (task, sector), own in part.groupby(["task", "sector"], sort=False):
        depends = int(np.sum(depends_on_order(own)))
        rows.append({"task": task, "sector": sector, "n": len(own), "order_dependent": depends} | common)
    return pd.DataFrame(rows)


def answer(rows, alpha) -> str:
    change, networks = rows["cr_change"].iloc[0], int(rows["cr_networks"].iloc[0])
    if change <= ROUNDING:
        first = f"−CR does not depend on the order of blocks: in {networks} networks and all orders W without it"
        first += f" changes by at most {change:.0e} of its norm."
    else:
        first = "The numerics have failed: −CR cannot depend on the order of blocks, but W without CR changes by up to"
        first += f" {change:.0e} of its norm."

    def said(row):
        return f"{row['order_dependent']} of {row['n']}"

    last = (
        " Where it does, it belongs to the order by modulus as much as to the sector."
        if rows["order_dependent"].any()
        else ""
    )
    return (
        f"{first} At α = {alpha:g}, the effect moves by more than {100 * DEPENDS:g} % of itself and by more than"
        f" {SMALL:g} in these solved networks: {by_task(rows, said)}.{last}"
    )
