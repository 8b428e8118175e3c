"""The report on random orders of blocks: does the effect of removing a sector move with the order inside R and C?"""

import altair as alt
import numpy as np
import pandas as pd

from schurscope.reports.analyses import frame
from schurscope.reports.analyses.shares import BY_TASK, DEPENDS, SMALL, by_task, depends_on_order, in_all, solved
from schurscope.reports.figures import style

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
        first = "The order of blocks inside R or C is a choice. What −CR costs cannot depend on it, and does not:"
        first += f" in {networks} networks and all orders W without it changes by at most {change:.0e} of its norm."
    else:
        first = "The numerics have failed: −CR cannot depend on the order of blocks, but W without CR changes by up to"
        first += f" {change:.0e} of its norm."

    def said(row):
        return f"{row['order_dependent']} of {row['n']}"

    counts = in_all(rows, "order_dependent")
    whole = " and ".join(f"−{sector} in {k} of {n}" for sector, (k, n) in counts.items())
    last = (
        " There, what a removal costs belongs to the order by modulus as much as to the sector."
        if rows["order_dependent"].any()
        else ""
    )
    return (
        f"{first} At α = {alpha:g}, the cost moves by more than {100 * DEPENDS:g} % of itself, and by more than"
        f" {SMALL:g}, in so many of the solved networks that have the sector: {whole}.{last}{BY_TASK}"
        f"{by_task(rows, said)}."
    )


def draw(datasets, settings):
    """Bars: smallest to largest effect over random orders; points: the effect in order of modulus."""
    records = []
    at_alpha = [style.chosen(dataset, settings["alpha"]) for dataset in datasets["diagnostic"]]
    for named, at in frame.sectors(at_alpha):
        spread = at["reordered_effect"].values
        spread = spread[np.isfinite(spread)] if np.isfinite(spread).any() else [np.nan]
        records.append(named | {"effect": at["effect"], "low": min(spread), "high": max(spread)})

    def panel(part, y, x):
        base = alt.Chart(style.inline(part)).encode(y=y, yOffset=frame.offset())
        bars = base.mark_rule(strokeWidth=5, color="#BBBBBB").encode(x=x("low"), x2="high:Q")
        colour = style.SECTOR_COLOURS[part[0]["sector"]] if part else "black"
        points = base.mark_point(size=22, filled=True, color=colour, opacity=1).encode(
            x=x("effect"), tooltip=["row:N", "seed:N", "effect:Q", "low:Q", "high:Q"]
        )
        return bars + points

    draws = datasets["diagnostic"][0].sizes["draw"]
    subtitle = (
        f"α = {settings['alpha']:g}; points: blocks in order of modulus; grey: range over {draws} random orders."
        " No point: the sector is empty."
    )
    chart = frame.by_effect(records, datasets["diagnostic"], ("effect", "low", "high"), panel)
    return style.styled(chart, "Does the effect depend on the order of blocks within a sector?", subtitle)
