"""The report on the place of the cut: how far alpha can move before n_R changes."""

import altair as alt
import pandas as pd

from schurscope.reports.analyses import frame
from schurscope.reports.analyses.shares import BY_TASK
from schurscope.reports.figures import style

QUESTION = "Is the cut well placed?"
COLUMNS = {
    "same_n_R_above_alpha": lambda d: d["alpha_low"],
    "same_n_R_to_alpha": lambda d: d["alpha_high"],
}
WORDS = {0.0: "stays", 1.0: "changes"}


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a task: in how many of n solved networks the cut is fragile, and their n_R."""
    part = table[(table["sector"] == "RR") & (table["solved"] == 1)]
    rows = []
    for task, own in part.groupby("task", sort=False):
        span = {"n_R_low": own["n_R"].min(), "n_R_high": own["n_R"].max()}
        near = datasets[0].attrs["near"]
        rows.append({"task": task, "near": near, "n": len(own), "fragile": int(own["fragile"].sum())} | span)
    return pd.DataFrame(rows)


def answer(rows, alpha) -> str:
    words = []
    for row in rows.to_dict("records"):
        low, high = row["n_R_low"], row["n_R_high"]
        span = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
        words.append(f"{row['task']} {row['fragile']} of {row['n']} (n_R {span})")
    last = (
        " There, R and C are not two groups of modes but a line drawn through one, and what is said of the sectors"
        " rests on where the line is drawn."
    )
    return (
        f"At α = {alpha:g} the cut is fragile in {rows['fragile'].sum()} of {rows['n'].sum()} solved networks: α ±"
        f" {rows['near'].iloc[0]:g} would put another number of rows, n_R, into R."
        f"{last if rows['fragile'].any() else ''}{BY_TASK}{', '.join(words)}."
    )


def draw(datasets, settings):
    """A bar a network: the alphas with the same n_R; right, LAPACK's condition of the split."""
    records = []
    for row, one in frame.networks(datasets["diagnostic"]):
        one = style.chosen(one, settings["alpha"])
        names = ("alpha_low", "alpha_high", "n_R", "s", "sep", "near_cut")
        values = {name: one[name] for name in names}
        records.append({"row": row, "seed": str(int(one["seed"])), "near": WORDS[float(one["moves"])], **values})
    order = frame.order(datasets["diagnostic"])
    colour = alt.Color(
        "near:N", scale=alt.Scale(domain=list(WORDS.values()), range=["#222222", style.LIGHT]), title="n_R near α"
    )
    base = alt.Chart(style.inline(records)).encode(yOffset=frame.offset(), color=colour)
    size = {"width": 330, "height": frame.ROW * max(len(order), 2)}
    bars = base.mark_bar(height=4).encode(
        y=frame.y(order),
        x=alt.X("alpha_low:Q", scale=alt.Scale(domain=[0, 1]), title="alphas with the same n_R"),
        x2="alpha_high:Q",
        tooltip=["row:N", "seed:N", "n_R:Q", "alpha_low:Q", "alpha_high:Q", "near_cut:Q"],
    )
    cut = (
        alt.Chart(style.inline([{"at": settings["alpha"]}]))
        .mark_rule(color="black", strokeDash=[4, 3])
        .encode(x="at:Q")
    )
    split = base.mark_point(size=22, filled=True, opacity=1).encode(
        y=frame.y(order, labels=False),
        x=alt.X(
            "sep:Q",
            scale=alt.Scale(type="log", padding=8),
            axis=alt.Axis(format=".0e", tickCount=4),
            title="sep over the norm of W",
        ),
        tooltip=["row:N", "seed:N", "s:Q", "sep:Q"],
    )
    chart = alt.hconcat((bars + cut).properties(**size), split.properties(**size | {"width": 200}), spacing=15)
    near = datasets["diagnostic"][0].attrs["near"]
    subtitle = (
        f"Dashed: α = {settings['alpha']:g}; n_R changes: with α ± {near:g}; sep: separation of R and C (LAPACK)."
    )
    return style.styled(chart, QUESTION, subtitle)
