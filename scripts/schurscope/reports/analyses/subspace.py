"""The report on what predicts the effect of a removal: its size, or where it lies to activity and readout?"""

import altair as alt
import numpy as np

from schurscope.reports.analyses import explanation
from schurscope.reports.analyses.explanation import ACTIVITY, ALIKE, FEWEST_CELLS, POOLED, SIZE
from schurscope.reports.figures import style
from schurscope.reports.figures.style import SECTOR_COLOURS

QUESTION = "Does the subspace that a task uses explain what may go?"
COLUMNS = {"activity_weighted_mass": lambda d: d["activity_mass"]}
EMPTY = "No solved network has a sector with something to remove."
TASKS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke")


def numbers(datasets, table, alpha):
    """explanation.correlations of the solved networks."""
    return explanation.correlations(explanation.predictors(datasets), int(datasets[0].attrs["resamples"]))


def answer(rows, alpha) -> str:
    main = POOLED if (rows["task"] == POOLED).any() else rows["task"].iloc[-1]
    found = rows[rows["task"] == main].set_index(["quantity", "predictor"])
    n, cells = (int(found[name].iloc[0]) for name in ("n", "cells"))
    networks = f"{n} solved networks of {cells} cells (task, width, construction)"
    if found.loc[[("rho", SIZE), ("rho", ACTIVITY)], "rho"].isna().any():
        return f"Not decidable at α = {alpha:g}: among {networks} too little can be ranked."

    def said(*key):
        rho, low, high = found.loc[key, ["rho", "low", "high"]]
        return short(rho) + ("" if np.isnan(low) else f" [{short(low)}, {short(high)}]")

    words = [
        "What predicts the cost of a sector: how much recurrent drive it carries on the task's own activity, or only"
        f" how large it is? Over {networks}, at α = {alpha:g}, activity ranks the costs with ρ ="
        f" {said('rho', ACTIVITY)}, size (Frobenius mass) with ρ = {said('rho', SIZE)} (Spearman; in brackets 95 %,"
        f" bootstrap of networks within cells). The paired difference is {said('difference', ACTIVITY)}:"
        f" {_which(found.loc[('difference', ACTIVITY)])}. Partial correlations: activity given size"
        f" {said('partial', ACTIVITY)}, size given activity {said('partial', SIZE)}."
    ]
    tasks = rows[(rows["task"] != POOLED) & (rows["quantity"] == "difference")]
    few = tasks[tasks["cells"] < FEWEST_CELLS]
    enough = tasks[tasks["cells"] >= FEWEST_CELLS]
    words += [
        f"In {row['task']} alone ({row['n']} networks) the difference is {short(row['rho'])} [{short(row['low'])},"
        f" {short(row['high'])}]: {_which(row)}."
        for row in enough.to_dict("records")
    ]
    if len(few):
        counts = ", ".join(f"{row['task']} {row['cells']}" for row in few.to_dict("records"))
        words.append(f"Not decidable for a task alone, which takes {FEWEST_CELLS} cells: {counts}.")
    alike = rows[(rows["quantity"] == "alike") & (rows["task"] != POOLED) & (rows["rho"] >= ALIKE)]
    if len(alike):
        counts = ", ".join(f"{row['task']} (ρ = {row['rho']:.2f})" for row in alike.to_dict("records"))
        words.append(f"Where the two masses rank alike, networks cannot tell them apart: {counts}.")
    overlaps = found.loc["rho"].drop([SIZE, ACTIVITY])
    if overlaps["rho"].notna().any():
        best = overlaps["rho"].abs().idxmax()
        words.append(f"The overlap with the largest ρ is that of the {best}, {said('rho', best)}.")
    return " ".join(words)


def short(value: float) -> str:
    return "not defined" if np.isnan(value) else f"{value:.2f}".replace("-", "−")


def _which(difference) -> str:
    """What an interval of activity minus size says."""
    if np.isnan(difference["low"]):
        return "not decidable, too few networks for an interval"
    if difference["low"] > 0:
        return "activity ranks effects better"
    return "size ranks effects better" if difference["high"] < 0 else "not decidable which ranks effects better"


def draw(datasets, settings):
    """Left, rank correlations with intervals; right, the discrepancy over both masses."""
    table = explanation.predictors(datasets["diagnostic"])
    found = explanation.correlations(table, int(datasets["diagnostic"][0].attrs["resamples"]))
    found = found[found["quantity"] == "rho"]
    if found.empty:
        return style.styled(alt.Chart(style.inline([])).mark_point(), "What predicts whether a coupling may go?", EMPTY)
    tasks = list(dict.fromkeys(found["task"]))
    names = list(dict.fromkeys(found["predictor"]))
    colours = ["#000000", *style_colours(len(tasks) - 1)][::-1]
    records = [r | {"row": r["predictor"]} for r in found.to_dict("records")]
    y = alt.Y("row:N", sort=names, title=None, axis=alt.Axis(labelLimit=260, grid=True))
    legend = alt.Color("task:N", sort=tasks, scale=alt.Scale(domain=tasks, range=colours), title="networks of")
    base = alt.Chart(style.inline(records)).encode(y=y, yOffset=alt.YOffset("task:N", sort=tasks), color=legend)
    scale = alt.Scale(domain=[-1, 1])
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", scale=scale, title="Spearman's ρ with the discrepancy"), x2="high:Q"
    )
    shape = alt.Shape(
        "task:N", sort=tasks, scale=alt.Scale(domain=tasks, range=TASKS[: len(tasks)]), title="networks of"
    )
    points = base.mark_point(filled=True, size=30, opacity=1).encode(
        x=alt.X("rho:Q", scale=scale), shape=shape, tooltip=["task:N", "row:N", "rho:Q", "low:Q", "high:Q", "n:Q"]
    )
    zero = alt.Chart(style.inline([{"zero": 0}])).mark_rule(color=style.GREY).encode(x="zero:Q")
    left = (zero + bars + points).properties(width=250, height=36 * len(names))
    subtitle = [
        f"α = {settings['alpha']:g}; solved networks; intervals: 95 % by bootstrap of networks within task, width and"
        f" construction (none for a task with fewer than {explanation.FEWEST_CELLS} of them);",
        "one point on the right: a network and a sector that is not empty.",
    ]
    right = alt.hconcat(*[_scatter(table, name, tasks) for name in ("Frobenius mass", "activity-weighted mass")])
    chart = alt.hconcat(left, right, spacing=30).resolve_scale(color="independent", shape="independent")
    return style.styled(chart, "What predicts whether a coupling may go?", subtitle)


def style_colours(count: int) -> list[str]:
    return [style.CATEGORIES[i % len(style.CATEGORIES)] for i in range(max(count, 0))]


def _scatter(table, name, tasks):
    records = [
        {
            "x": max(row[name], explanation.FLOOR),
            "y": max(row["discrepancy"], explanation.FLOOR),
            "sector": row["sector"],
            "task": row["task"],
            "network": f"{row['task']} {row['width']} {row['init']} {row['seed']}",
        }
        for row in table.to_dict("records")
    ]
    present = [task for task in tasks if task != explanation.POOLED]
    axis = alt.Axis(format=".0e", tickCount=5, grid=False)
    scale = alt.Scale(type="log", padding=6)
    return (
        alt.Chart(style.inline(records))
        .mark_point(size=26, strokeWidth=1.3, opacity=0.9)
        .encode(
            x=alt.X("x:Q", scale=scale, axis=axis, title=name),
            y=alt.Y("y:Q", scale=scale, axis=axis, title="rollout discrepancy"),
            color=alt.Color(
                "sector:N",
                scale=alt.Scale(domain=list(SECTOR_COLOURS), range=list(SECTOR_COLOURS.values())),
                title="removed",
            ),
            shape=alt.Shape(
                "task:N", sort=present, scale=alt.Scale(domain=present, range=TASKS[: len(present)]), title="task"
            ),
            tooltip=["network:N", "sector:N", "x:Q", "y:Q"],
        )
        .properties(width=250, height=300, title=name)
    )
