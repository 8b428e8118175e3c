"""How the profile depends on the cut: effect of each block over alpha, with n_R underneath."""

import math

import altair as alt
import numpy as np

from schurscope.metrics import make_metric
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.schur.form import SECTORS
from schurscope.stages.summarise import metric_of

SHOWS = "task"
MADE_FROM = ("summary",)
CATEGORY = "Sensitivity to the cut"
CALLED = "alpha sweep"
CAPTION = (
    "How the effect of removing one block depends on the cut alpha, for task {task}. Top: mean ± SEM over networks that"
    " did not diverge (thick) and single networks (thin; dashed if not solved). Bottom: n_R, the number of rows in the"
    " leading sector, for each network; open points mark a fragile cut. No line: nothing is removed."
)


def draw(datasets, settings):
    """A column a (width, construction): top, the metric after removing one block, networks thin and mean thick.

    Bottom, n_R of each network.
    """
    summary = datasets["summary"][0]
    shown = make_metric(metric_of(summary)).after
    profiles = [
        (summary.sel(width=width, init=init), f"N = {width}, {init_name(init)}")
        for width in summary["width"].values
        for init in summary["init"].values
    ]
    values, sizes = summary[shown[0]].sel(removed=list(SECTORS)), summary["n_R"]
    scales = [_scale(values, zero=False), _scale(sizes, zero=True)]  # one for all columns
    chart = alt.concat(*[_column(p, head, shown, scales) for p, head in profiles], columns=4, spacing=20)
    subtitle = [
        "Thick: mean ± SEM over networks in which something is removed (no SEM: one); thin: single networks.",
        f"Open: the cut is fragile (n_R changes with α ± {summary.attrs['near']:g}). No line: nothing is removed.",
    ]
    return style.styled(chart, f"Sensitivity to the cut α, task {summary['task'].item()}", subtitle)


def _scale(values, zero: bool):
    """Room for all values and their marks."""
    there = values.values[np.isfinite(values.values)]
    ends = [float(there.min()), float(there.max())] if there.size else [0.0, 1.0]
    ends = [min(0.0, ends[0]) if zero else ends[0], max(ends[1], ends[0] + 1e-6)]
    return alt.Scale(domain=ends, nice=True, padding=7, zero=False)


def _column(profile, head, shown, scales):
    name, title = shown
    alphas = [float(alpha) for alpha in profile["alpha"].values]
    x = alt.X(
        "alpha:Q",
        title="α (cut / spectral radius)",
        scale=alt.Scale(zero=False, nice=False, padding=8),
        axis=alt.Axis(format=".3~f", **({"values": alphas} if len(alphas) <= 5 else {"tickCount": 5})),
    )
    colour = alt.Color(
        "sector:N", scale=alt.Scale(domain=list(SECTORS), range=list(style.SECTOR_COLOURS.values())), title="removed"
    )
    shape = alt.Shape(
        "sector:N", scale=alt.Scale(domain=list(SECTORS), range=list(style.SECTOR_SHAPES.values())), title="removed"
    )
    ok = [profile.sel(seed=seed) for seed in profile["seed"].values if profile["status"].sel(seed=seed) == "ok"]
    means, singles, sizes = [], [], []
    for alpha in profile["alpha"].values:
        for sector in SECTORS:
            at = profile.sel(alpha=alpha, removed=sector)
            mean, sem, n = (float(at[f"{name}_{short}"]) for short in ("mean", "sem", "n"))
            spread = {"low": mean - sem, "high": mean + sem, "n": n}
            means.append({"alpha": alpha, "sector": sector, "mean": mean, **spread})
        for network in (network.sel(alpha=alpha) for network in ok):
            solved = "solved" if network["solved"] == 1 else "not solved"
            fragile = bool(network["fragile"] == 1)
            sizes.append(
                {
                    "alpha": alpha,
                    "seed": str(int(network["seed"])),
                    "n_R": network["n_R"],
                    "cut": "fragile" if fragile else "sound",
                }
            )
            for sector in SECTORS:
                value = float(network[name].sel(removed=sector))
                singles.append(
                    {"alpha": alpha, "sector": sector, "seed": network["seed"], "value": value, "solved": solved}
                )

    dash = alt.StrokeDash(
        "solved:N", scale=alt.Scale(domain=["solved", "not solved"], range=[[1, 0], [3, 3]]), title="single network"
    )
    thin = (
        alt.Chart(style.inline(singles))
        .mark_line(strokeWidth=0.8, opacity=0.6)
        .encode(x=x, y=alt.Y("value:Q", title=title, scale=scales[0]), color=colour, detail="seed:N", strokeDash=dash)
    )
    base = alt.Chart(style.inline(means)).encode(x=x, color=colour)
    thick = base.mark_line(strokeWidth=2.5).encode(y="mean:Q")
    bars = base.mark_rule(strokeWidth=1.5).encode(y="low:Q", y2="high:Q")
    marks = base.mark_point(size=35, filled=True, opacity=1).encode(
        y="mean:Q", shape=shape, tooltip=["alpha:Q", "sector:N", "mean:Q", "n:Q"]
    )
    nothing = [{"said": "empty: nothing is removed"}] if all(math.isnan(one["value"]) for one in singles) else []
    words = alt.Chart(style.inline(nothing)).mark_text(color="#444444").encode(text="said:N", y=alt.value(75))
    top = (thin + bars + thick + marks + words).properties(width=220, height=150, title=head)

    rows = alt.Chart(style.inline(sizes)).encode(
        x=x, y=alt.Y("n_R:Q", title="n_R", scale=scales[1], axis=alt.Axis(tickCount=4)), detail="seed:N"
    )
    fill = alt.Fill("cut:N", scale=alt.Scale(domain=["sound", "fragile"], range=["#444444", "#FFFFFF"]), title="cut")
    steps = rows.mark_line(color=style.GREY, strokeWidth=1)
    dots = rows.mark_point(size=25, stroke="#444444", opacity=1, strokeWidth=1).encode(
        fill=fill, tooltip=["alpha:Q", "seed:N", "n_R:Q", "cut:N"]
    )
    bottom = (steps + dots).properties(width=220, height=70)
    return alt.vconcat(top, bottom, spacing=8)
