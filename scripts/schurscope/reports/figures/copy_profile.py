"""Replay accuracy by removed set for two copy controllers; segments join what differs only by -CC.

Fig. 1 of Draeger 2026.
"""

import altair as alt

from schurscope.reports.figures import style
from schurscope.reports.figures.published import marks, published
from schurscope.reports.labels import init_name, removed_name

SHOWS = "chosen"
FILE = "fig1_copy_profile"
MADE_FROM = ("summary",)
CATEGORY = "Profiles"
CALLED = "Fig. 1: copy profile"
CAPTION = (
    "Replay accuracy of copy networks after removing couplings (Draeger 2026, Fig. 1). Points: single networks; ticks"
    " and bars: mean ± SEM over networks that did not diverge and in which something is removed (empty: in none); grey"
    " segments join two removals that differ only by T_CC; open squares: the paper's values; dashes: chance. n_R is the"
    " number of rows in the leading sector of each network."
)
PAPER = True  # its own numbers are drawn too
PAIRS = ("none", "RR", "CR", "RR+CR")  # each is followed by itself and CC


def draw(datasets, settings):
    """One panel a construction: each network a point, mean and SEM on top."""
    summary, wanted = datasets["summary"][0], settings["copy_profile"]
    panels = [
        _panel(style.chosen(summary, settings["alpha"], width=wanted["width"], init=init), init, settings)
        for init in wanted["inits"]
    ]
    chart = alt.hconcat(*panels, spacing=25)
    title = f"What the copy task needs: replay accuracy after removing couplings, N = {wanted['width']}"
    subtitle = [
        f"α = {settings['alpha']:g}, mean over {summary.sizes['lag']} lags; bars: mean ± SEM over networks; "
        "dashes: chance.",
        "Segments join two removals that differ only by T_CC; empty: nothing is removed, there is no effect.",
    ]
    return style.styled(chart, title, subtitle)


def with_cc(removed: str) -> str:
    return "CC" if removed == "none" else f"{removed}+CC"


def _panel(profile, init, settings):
    order = [removed for pair in PAIRS for removed in (pair, with_cc(pair))]
    networks = style.networks_of(profile)
    points, means = [], []
    for place, removed in enumerate(order):
        at = profile.sel(removed=removed)
        means.append(
            {
                "place": place,
                "pair": place // 2,
                "removed": removed_name(removed),
                "mean": at["accuracy_mean"],
                "sem": at["accuracy_sem"],
                "n": at["accuracy_n"],
                "count": style.count(at["accuracy_n"], len(networks)),
                "low": at["accuracy_mean"] - at["accuracy_sem"],
                "high": at["accuracy_mean"] + at["accuracy_sem"],
            }
        )
        for i, network in enumerate(networks):
            points.append(
                {
                    "place": place + style.beside(i, len(networks)),
                    "removed": removed_name(removed),
                    "seed": network["seed"],
                    "accuracy": network["accuracy"].sel(removed=removed),
                    "flag": style.flag(network),
                }
            )
    x = style.place_axis([removed_name(removed) for removed in order], "removed couplings", angle=-40)
    y = alt.Scale(domain=[0.2, 1.02], nice=False)
    base = alt.Chart(style.inline(means)).encode(x=x)
    chance = (
        alt.Chart(style.inline([{"chance": 0.5}]))
        .mark_rule(strokeDash=[4, 3], color=style.GREY)
        .encode(y=alt.Y("chance:Q", scale=y))
    )
    segments = base.mark_line(color="#AAAAAA", strokeWidth=3).encode(
        y=alt.Y("mean:Q", scale=y, title="replay accuracy"), detail="pair:N"
    )
    bars = base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", scale=y), y2="high:Q")
    ticks = base.mark_tick(thickness=2.5, width=22, color="black", orient="horizontal").encode(
        y=alt.Y("mean:Q", scale=y), tooltip=["removed:N", "mean:Q", "sem:Q", "n:Q"]
    )
    dots = (
        alt.Chart(style.inline(points))
        .mark_point(size=35, stroke="#444444", opacity=1, strokeWidth=1)
        .encode(
            x=x,
            y=alt.Y("accuracy:Q", scale=y),
            shape=style.network_shape(),
            fill=style.network_fill(),
            tooltip=["removed:N", "seed:N", "accuracy:Q", "flag:N"],
        )
    )
    head = alt.TitleParams(init_name(init), subtitle=style.remarks(profile), anchor="middle")
    words = style.counts(means, x=x, y=alt.value(268))
    where = {"source": "Fig. 1", "task": profile["task"].item(), "width": int(profile["width"]), "init": init}
    paper = published(settings.get("paper", ()), metric="accuracy", alpha=settings["alpha"], **where)
    paper = [row | {"place": order.index(row["removed"])} for row in paper]
    values = marks(paper, x, lambda field: alt.Y(f"{field}:Q", scale=y))
    return (chance + segments + bars + values + ticks + dots + words).properties(width=330, height=280, title=head)
