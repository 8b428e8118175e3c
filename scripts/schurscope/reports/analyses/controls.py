"""The report on matched controls: a sector's effect among the effects of random changes of the same size."""

import altair as alt
import numpy as np
import pandas as pd

from schurscope.analyses.controls import TIE
from schurscope.reports.analyses import frame
from schurscope.reports.analyses.shares import by_task, solved
from schurscope.reports.figures import style

QUESTION = "Is a sector's effect more than what any removal of its size does?"
LEVEL = 0.025  # share of the draws that may cost as much
SIGNIFICANT = 0.05  # of all tests together, where they are corrected for
P_VALUES = {  # control -> column
    "entries of N": "p_random_entries",
    "direction in T": "p_random_direction",
    "direction in the sector": "p_direction_in_sector",
}
COLOURS, SHAPES = ("#004488", "#BB5566", "#DDAA33"), ("circle", "square", "triangle-up")


def p_value(at, control: str) -> float:
    """(1 + draws that cost at least as much) / (draws + 1), one-sided; NaN where the sector is empty."""
    drawn = at["control_effect"].sel(control=control).values
    drawn = drawn[np.isfinite(drawn)].round(TIE)
    return float(1 + np.sum(drawn >= at["effect"].values.round(TIE))) / (len(drawn) + 1) if len(drawn) else np.nan


COLUMNS = {column: lambda d, control=control: p_value(d, control) for control, column in P_VALUES.items()}


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, sector): in how many of n networks the sector costs more than chance, against each control."""
    draws = datasets[0].sizes["draw"]
    largest = (1 + np.floor(LEVEL * draws)) / (draws + 1)  # the largest p that counts, and how often chance gets there
    part = solved(table)
    part = part[part[P_VALUES["direction in T"]].notna()]
    tests = len(P_VALUES) * len(part)
    rows = []
    for (task, sector), own in part.groupby(["task", "sector"], sort=False):
        row = {"task": task, "sector": sector, "n": len(own), "draws": draws}
        row |= {"p_limit": largest, "expected_by_chance": len(own) * largest, "tests": tests}
        for column in P_VALUES.values():
            row[f"{column}_within_limit"] = int((own[column] <= largest + 1e-12).sum())
            row[f"{column}_corrected"] = int((own[column] * tests <= SIGNIFICANT).sum())
        rows.append(row)
    return pd.DataFrame(rows)


def answer(rows, alpha) -> str:
    one = rows.iloc[0]
    draws, tests = int(one["draws"]), int(one["tests"])

    def said(row):
        counts = ", ".join(str(row[f"{column}_within_limit"]) for column in P_VALUES.values())
        return f"{counts} of {row['n']} (by chance {row['expected_by_chance']:.1f})"

    if tests / (draws + 1) > SIGNIFICANT:
        last = (
            f"No correction for these {tests} tests is possible with {draws} draws: the smallest p is 1/{draws + 1},"
            f" and {tests} times that is above {SIGNIFICANT:g}."
        )
    else:
        left = ", ".join(str(int(rows[f"{column}_corrected"].sum())) for column in P_VALUES.values())
        last = f"After Bonferroni's correction for {tests} tests, {left} are left in all."
    return (
        f"At α = {alpha:g}, solved networks that lose more without the sector than with at least"
        f" {100 - 100 * LEVEL:g} % of {draws} random changes of W of the same norm (in this order: random entries of N,"
        f" directions in T, directions within the sector): {by_task(rows, said)}. Each test crosses by chance"
        f" with probability {one['p_limit']:.3g}. {last}"
    )


def draw(datasets, settings):
    """Percentile of each sector's effect among the draws of each control."""
    controls = [str(control) for control in datasets["diagnostic"][0]["control"].values]
    records = []
    for named, at in frame.sectors(datasets["diagnostic"]):
        for control in controls:
            drawn = at["control_effect"].sel(control=control).values
            median = np.median(drawn[np.isfinite(drawn)]) if np.isfinite(drawn).any() else np.nan
            values = {"percentile": at["percentile"].sel(control=control), "effect": at["effect"]}
            records.append(named | {"control": control, "median": median, **values})
    colour = alt.Color(
        "control:N", sort=controls, scale=alt.Scale(domain=controls, range=COLOURS), title="same norm, as"
    )
    shape = alt.Shape("control:N", sort=controls, scale=alt.Scale(domain=controls, range=SHAPES), title="same norm, as")

    def panel(part, y):
        x = alt.X("percentile:Q", scale=alt.Scale(domain=[-4, 104], nice=False), title="percentile of the effect")
        x.axis = alt.Axis(values=[0, 25, 50, 75, 100])
        return (
            alt.Chart(style.inline(part))
            .mark_point(size=26, strokeWidth=1.3, opacity=1)
            .encode(
                x=x,
                y=y,
                yOffset=frame.offset(),
                color=colour,
                shape=shape,
                tooltip=["row:N", "seed:N", "control:N", "percentile:Q", "effect:Q", "median:Q"],
            )
        )

    draws = datasets["diagnostic"][0].sizes["draw"]
    subtitle = [
        f"α = {settings['alpha']:g}; {draws} draws of each control. 100: the sector costs more than every draw of its",
        "size; 0: less than every draw. No point: the sector is empty.",
    ]
    chart = frame.by_sector(records, frame.order(datasets["diagnostic"]), panel)
    return style.styled(chart, "Is a sector's effect more than what any removal of that size does?", subtitle)
