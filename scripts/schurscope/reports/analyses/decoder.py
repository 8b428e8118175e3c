"""The report on new readouts: what an ablation costs with the old readout and with a new one."""

import altair as alt
import pandas as pd

from schurscope.reports.analyses import frame
from schurscope.reports.analyses.shares import SMALL, by_task, percent, solved, spread
from schurscope.reports.figures import style

QUESTION = "Is the information gone, or only moved?"
COLUMNS = {
    "lost_with_old_readout": lambda d: d["lost"],
    "recovered_by_new_readout": lambda d: d["recovered"],
}
NOTHING = f"no solved network loses more than {SMALL:g} with a sector"
READOUTS = ("old readout", "new readout")


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
        f"After each removal at α = {alpha:g} a new linear readout was fitted. It brings back so much of what was lost"
        f" (median and range over solved networks that lose more than {SMALL:g}): {by_task(rows, percent)}. What comes"
        " back had only moved out of the old readout's sight; the rest, no linear readout finds."
    )


def draw(datasets, settings):
    """Two points a network and sector, joined: the loss with the old and with a new readout."""
    records = [
        named | {"lost": float(at["lost"]), "refit": float(at["lost_refit"]), "recovered": at["recovered"]}
        for named, at in frame.sectors(datasets["diagnostic"])
    ]

    def panel(part, y, x):
        base = alt.Chart(style.inline(part)).encode(y=y, yOffset=frame.offset())
        lines = base.mark_rule(color=style.GREY).encode(x=x("lost"), x2="refit:Q")
        fill = alt.Scale(domain=list(READOUTS), range=["#FFFFFF", style.DARK])
        tooltip = ["row:N", "seed:N", "lost:Q", "refit:Q", "recovered:Q"]
        points = [
            base.transform_calculate(readout=f"'{name}'")
            .mark_point(size=26, stroke=style.DARK, opacity=1, strokeWidth=1.2)
            .encode(
                x=x(field),
                fill=alt.Fill("readout:N", scale=fill, title=None),
                tooltip=tooltip,
            )
            for name, field in zip(READOUTS, ("lost", "refit"), strict=True)
        ]
        return lines + points[0] + points[1]

    subtitle = [
        f"α = {settings['alpha']:g}; new readouts: ridge regression on half of the trials, scored on the other half,",
        "beside a new readout of the intact network. Far apart: the information is only moved; together: it is gone.",
        "No points: the sector is empty.",
    ]
    chart = frame.by_effect(records, datasets["diagnostic"], ("lost", "refit"), panel)
    return style.styled(chart, QUESTION, subtitle)
