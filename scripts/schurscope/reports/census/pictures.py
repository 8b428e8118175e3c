"""Pictures of a census: distributions over networks, a mark a network, with the mean and its interval."""

import altair as alt
import numpy as np

from schurscope.reports.census import costs, statements
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name

HEIGHT = 22  # of a group's line
MARK = "#444444"


def sizes(measures, solved, epsilon: float):
    """How much of N goes together: a mark a solved network, a line a group."""
    own = measures[(measures["solved"] == 1) & measures["removed_share"].notna()]
    own = own.assign(group=_groups(own), line="share of N that goes")
    means = solved[(solved["question"] == "c") & (solved["quantity"] == "removed_share") & (solved["init"] != "")]
    means = means.assign(group=_groups(means))
    return style.styled(
        _strips(own, "removed_share", means, "share of N that can go together"),
        "How much of T can go",
        f"ε = {epsilon:g}; a mark a solved network; white: mean and its 95 % interval over seeds.",
    )


def within(measures, solved):
    """How well each predictor ranks the effects of one network's couplings."""
    own = measures[(measures["solved"] == 1) & measures["rho_share"].notna()]
    long = own.melt(["task"], [f"rho_{name}" for name in costs.PREDICTORS], "predictor", "rho")
    order = {task: place for place, task in enumerate(dict.fromkeys(own["task"]))}
    long = long.sort_values("task", kind="stable", key=lambda tasks: tasks.map(order))
    long["group"] = long["task"] + ", " + long["predictor"].str.removeprefix("rho_").map(costs.CALLED)
    means = solved[(solved["question"] == "a within") & solved["quantity"].str.startswith("rho_")]
    means = means.assign(group=means["task"] + ", " + means["quantity"].str.removeprefix("rho_").map(costs.CALLED))
    return style.styled(
        _strips(long, "rho", means, "Spearman's correlation with the effect, over couplings"),
        "What ranks the effects of a network's couplings",
        "A mark a solved network; white: mean over groups and its 95 % interval over seeds.",
    )


def stated(solved, alpha: float):
    """The paper's statements in its own groups: in what share of networks they hold."""
    own = [
        row for row in solved[solved["question"] == "b"].to_dict("records") if statements.of_the_paper(row) and row["n"]
    ]
    records = [row | {"said": f"{row['quantity']} (n = {row['n']})", "verdict": statements.verdict(row)} for row in own]
    y = alt.Y("said:N", sort=None, title=None, axis=alt.Axis(labelLimit=520))
    base = alt.Chart(style.inline(records), height=alt.Step(HEIGHT))
    x = alt.X("value:Q", title="share of solved networks in which it holds", scale=alt.Scale(domain=[0, 1]))
    half = alt.Chart(style.inline([{"value": 0.5}])).mark_rule(color=style.GREY, strokeDash=[4, 3]).encode(x="value:Q")
    ranges = base.mark_rule(color=MARK, strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q", y=y)
    verdicts = alt.Scale(domain=["holds", "does not hold", "not decidable"], range=["circle", "cross", "diamond"])
    points = base.mark_point(filled=True, size=60, color=MARK, opacity=1).encode(
        x=x, y=y, shape=alt.Shape("verdict:N", scale=verdicts)
    )
    return style.styled(half + ranges + points, "The paper's statements", f"α = {alpha:g}; Wilson's 95 % intervals.")


def slow(measures, alpha: float):
    """Slow exponents against n_R: as many networks at a place as its mark is large."""
    own = measures[(measures["solved"] == 1) & measures["slow"].notna()].assign(slow=lambda t: t["slow"].round())
    counted = own.groupby(["task", "n_R", "slow"], sort=False).size().rename("networks").reset_index()
    largest = float(counted[["n_R", "slow"]].to_numpy().max()) if len(counted) else 1.0
    scale = alt.Scale(domain=[0, largest])
    line = alt.Chart(style.inline([{"n_R": 0, "slow": 0}, {"n_R": largest, "slow": largest}]))
    line = line.mark_line(color=style.GREY, strokeWidth=1).encode(x="n_R:Q", y="slow:Q")
    size = alt.Scale(domain=[1, max(int(counted["networks"].max()), 2) if len(counted) else 2], range=[15, 300])
    panels = []
    for task, part in counted.groupby("task", sort=False):
        points = alt.Chart(style.inline(part.to_dict("records"))).mark_circle(color=MARK, opacity=0.7)
        points = points.encode(
            x=alt.X("n_R:Q", title="n_R", scale=scale),
            y=alt.Y("slow:Q", title="exponents above log α", scale=scale),
            size=alt.Size("networks:Q", title="networks", scale=size),
        )
        panels.append((line + points).properties(width=190, height=190, title=task))
    return style.styled(alt.concat(*panels, columns=4), "Slow exponents and n_R", f"α = {alpha:g}; solved networks.")


def _groups(table):
    inits = table["init"].map(init_name)
    return table["task"] + ", N = " + table["width"].astype(int).astype(str) + ", " + inits


def _strips(own, name, means, title):
    """A line a group: thin marks of networks, and the mean with its interval."""
    y = alt.Y("group:N", sort=None, title=None, axis=alt.Axis(labelLimit=420))
    low = float(np.nanmin([0, own[name].min()])) if len(own) else 0
    x = alt.X(f"{name}:Q", title=title, scale=alt.Scale(domain=[low, 1]))
    marks = alt.Chart(style.inline(own[["group", name]].to_dict("records")), height=alt.Step(HEIGHT), width=420)
    found = alt.Chart(style.inline(means[["group", "value", "low", "high"]].to_dict("records")))
    return (
        marks.mark_tick(color=MARK, opacity=0.35, thickness=1).encode(x=x, y=y)
        + found.mark_rule(color="black", strokeWidth=2).encode(x="low:Q", x2="high:Q", y=y)
        + found.mark_point(filled=True, fill="white", stroke="black", size=40, opacity=1).encode(x="value:Q", y=y)
    )
