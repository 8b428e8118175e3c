"""The report on matched controls: a sector's effect among the effects of random changes of the same size."""

import altair as alt
import numpy as np
import pandas as pd

from schurscope.analyses.controls import TIE
from schurscope.reports.analyses import frame
from schurscope.reports.analyses.shares import BY_TASK, by_task, in_all, solved
from schurscope.reports.figures import style
from schurscope.schur.form import SECTORS

QUESTION = "Is a sector's effect more than what any removal of its size does?"
LEVEL = 0.025  # share of the draws that may cost as much
SIGNIFICANT = 0.05  # of all tests together, where they are corrected for
P_VALUES = {  # control -> column
    "entries of N": "p_random_entries",
    "direction in T": "p_random_direction",
    "direction in the sector": "p_direction_in_sector",
}


def p_value(at, control: str) -> float:
    """(1 + draws that cost at least as much) / (draws + 1), one-sided; NaN where the sector is empty."""
    drawn = at["control_effect"].sel(control=control).values
    drawn = drawn[np.isfinite(drawn)].round(TIE)
    return float(1 + np.sum(drawn >= at["effect"].values.round(TIE))) / (len(drawn) + 1) if len(drawn) else np.nan


COLUMNS = {column: lambda d, control=control: p_value(d, control) for control, column in P_VALUES.items()}


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, sector): in how many of n networks the sector costs more than chance, against each control."""
    draws = datasets[0].sizes["draw"]
    largest = _largest(draws)
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
    within = {column: in_all(rows, f"{column}_within_limit") for column in P_VALUES.values()}
    sectors = list(within[P_VALUES["direction in T"]])

    def counts(sector):
        k = [within[column][sector][0] for column in within]
        return f"−{sector} in {k[0]}, {k[1]} or {k[2]} of {within[P_VALUES['direction in T']][sector][1]}"

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
        f"We compared each removal at α = {alpha:g} with {draws} random changes of W of equal size. It costs more than"
        f" at least {100 - 100 * LEVEL:g} % of them in so many of the solved networks that have the sector (random"
        " entries of N; random directions in T; random directions within the sector):"
        f" {', '.join(map(counts, sectors))}. {_special(within, sectors)} Each test crosses by chance with"
        f" probability {one['p_limit']:.3g}. {last}{BY_TASK}{by_task(rows, said)}."
    )


def _special(within: dict, sectors: list[str]) -> str:
    """Whether a sector costs more than its size explains in more than half of the networks, against each control."""
    kinds: dict[str, list[str]] = {}
    for sector in sectors:
        most = [2 * of[sector][0] > of[sector][1] for of in within.values()]
        kinds.setdefault("is" if all(most) else "may be" if any(most) else "is not", []).append(f"−{sector}")
    words = {
        "is": "special for {size} in all three comparisons",
        "may be": "special for {size} by some of the three comparisons and not by others",
        "is not": "not special for {size}",
    }
    said = []
    for kind, names in kinds.items():
        verb, size = ("is", "its size") if len(names) == 1 else ("are", "their size")
        said.append(f"{' and '.join(names)} {verb} {words[kind].format(size=size)}")
    return f"In most networks, then, {'; '.join(said)}."


def draw(datasets, settings):
    """Above, how many networks each sector passes a control in; below, the percentile of every network's effect."""
    datasets = datasets["diagnostic"]
    draws = datasets[0].sizes["draw"]
    largest = _largest(draws)
    records, passed = [], {(sector, control): [] for sector in SECTORS for control in P_VALUES}
    for named, at in frame.sectors(datasets):
        for control in P_VALUES:
            drawn = at["control_effect"].sel(control=control).values
            median = np.median(drawn[np.isfinite(drawn)]) if np.isfinite(drawn).any() else np.nan
            values = {"percentile": at["percentile"].sel(control=control), "effect": at["effect"]}
            records.append(named | {"control": control, "median": median, **values})
            if at["solved"] == 1 and np.isfinite(p := p_value(at, control)):
                passed[named["sector"], control].append(p <= largest + 1e-12)
    counts = [
        {
            "sector": sector,
            "control": control,
            "share": np.mean(own),
            "beside": max(np.mean(own), largest),
            "said": f"{sum(own)} of {len(own)}",
        }
        for (sector, control), own in passed.items()
        if own
    ]
    colour, shape = style.categories(list(P_VALUES), "control", "random change of the same norm")

    def panel(part, y):
        x = alt.X("percentile:Q", scale=alt.Scale(domain=[-4, 104], nice=False), title="percentile of the effect")
        x.axis = alt.Axis(values=[0, 25, 50, 75, 100])
        points = alt.Chart(style.inline(part)).mark_point(size=26, strokeWidth=1.3, opacity=1)
        tooltip = ["row:N", "seed:N", "control:N", "percentile:Q", "effect:Q", "median:Q"]
        return points.encode(x=x, y=y, yOffset=frame.offset(), color=colour, shape=shape, tooltip=tooltip)

    subtitle = [
        f"Above: solved networks that lose more without the sector than with at least {100 - 100 * LEVEL:g} % of"
        f" {draws} random changes of W of the same norm; dashed: what chance would give.",
        f"Below, every network: 100, the sector costs more than every draw; 0, less. α = {settings['alpha']:g};"
        " empty sectors left out.",
    ]
    rows = frame.by_sector(records, frame.order(datasets), panel)
    chart = alt.vconcat(_passed(counts, largest), rows, spacing=25)
    return style.styled(chart, "Is a sector special for its size?", subtitle)


def _passed(counts, chance: float):
    """A bar a control, a panel a sector: the share of networks."""

    def x_of(field):
        axis = alt.Axis(format="%", values=[0, 0.5, 1])
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, 1]), title="share of networks", axis=axis)

    x, panels = x_of("share"), []
    for i, sector in enumerate(SECTORS):
        y = frame.y(list(P_VALUES), i == 0, grid=False, field="control")
        base = alt.Chart(style.inline([count for count in counts if count["sector"] == sector])).encode(x=x, y=y)
        bars = base.mark_bar(height=13, color=style.SECTOR_COLOURS[sector]).encode(tooltip=["control:N", "said:N"])
        words = base.mark_text(align="left", dx=5, fontSize=11, color=style.INK).encode(x=x_of("beside"), text="said:N")
        rule = alt.Chart(style.inline([{"share": chance}])).mark_rule(color=style.INK, strokeDash=[3, 3]).encode(x=x)
        panels.append((bars + rule + words).properties(width=frame.WIDTH, height=66, title=f"−{sector}"))
    return alt.hconcat(*panels, spacing=15)


def _largest(draws: int) -> float:
    """The largest p that counts, and how often chance gets there."""
    return (1 + np.floor(LEVEL * draws)) / (draws + 1)
