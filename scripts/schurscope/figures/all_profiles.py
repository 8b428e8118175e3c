"""Every task, width and construction at a glance: what removing one block costs. Answers "how much depends on the definition?"."""

import altair as alt

from schurscope.figures import style
from schurscope.schur import SECTORS
from schurscope.summary import metric_of

LOST = {"fvu": "ΔFVU (signed fourth root scale)", "accuracy": "lost accuracy"}


def draw(datasets, settings):
    """A row a (task, width, init); columns RR, CR, CC; tasks scored by FVU and by accuracy apart, each on its own scale."""
    charts = []
    for metric, title in LOST.items():
        summaries = [summary for summary in datasets["summary"] if metric_of(summary) == metric]
        if summaries:
            charts.append(_block(summaries, metric, title, settings))
    subtitle = (
        f"α = {settings['alpha']:g}; bars: mean ± SEM over networks that did not diverge; small: single networks."
    )
    return style.styled(
        alt.vconcat(*charts, spacing=30), "What each network loses with one block of couplings", subtitle
    )


def _block(summaries, metric, title, settings):
    points, means, rows = [], [], []
    for summary in summaries:
        at_alpha = style.chosen(summary, settings["alpha"])
        for width in at_alpha["width"].values:
            for init in at_alpha["init"].values:
                profile = at_alpha.sel(width=width, init=init)
                row = f"{profile['task'].item()}, N = {width}, {style.init_name(init)}"
                rows.append(row)
                _collect(profile, metric, row, settings["fragile_gap"], points, means)
    scale = alt.Scale(type="pow", exponent=0.25) if metric == "fvu" else alt.Scale(domain=[-0.05, 0.85], nice=False)
    axis = (
        alt.Axis(values=[0, 0.01, 0.1, 1, 10], format="~g")
        if metric == "fvu"
        else alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8])
    )
    y = alt.Y("row:N", sort=rows, title=None, axis=alt.Axis(labelLimit=320, grid=True))

    def panel(sector):
        here = [m for m in means if m["sector"] == sector]
        base = alt.Chart(style.inline(here)).encode(y=y)
        x = alt.X("mean:Q", scale=scale, axis=axis, title=title)
        spread = base.mark_rule(strokeWidth=3, color=style.SECTOR_COLOURS[sector]).encode(
            x=alt.X("low:Q", scale=scale), x2="high:Q"
        )
        tick = base.mark_tick(thickness=3, height=14, color=style.SECTOR_COLOURS[sector], orient="vertical").encode(
            x=x, tooltip=["row:N", "mean:Q", "sem:Q", "n:Q"]
        )
        dots = alt.Chart(style.inline([p for p in points if p["sector"] == sector])).mark_point(size=25, stroke="#444444", opacity=1, strokeWidth=1).encode(
            y=y, x=alt.X("value:Q", scale=scale), shape=style.network_shape(), fill=style.network_fill(), tooltip=["row:N", "seed:N", "value:Q", "flag:N"]
        )  # fmt: skip
        return (spread + tick + dots).properties(width=230, height=24 * len(rows), title=f"−{sector}")

    panels = [
        panel(sector) if i == 0 else panel(sector).encode(y=y.axis(labels=False, ticks=False, grid=True))
        for i, sector in enumerate(SECTORS)
    ]
    return alt.hconcat(*panels, spacing=15)


def _collect(profile, metric, row, gap_needed, points, means):
    """Add one row's single networks and means."""
    networks = style.networks_of(profile)
    name, sign = ("delta_fvu", 1) if metric == "fvu" else ("accuracy", -1)
    for sector in SECTORS:
        at = profile.sel(removed=sector)
        intact = 0.0 if metric == "fvu" else float(profile["accuracy_mean"].sel(removed="none"))
        mean, sem = sign * (float(at[f"{name}_mean"]) - intact), float(at[f"{name}_sem"])
        means.append(
            {
                "row": row,
                "sector": sector,
                "mean": mean,
                "sem": sem,
                "low": mean - sem,
                "high": mean + sem,
                "n": at[f"{name}_n"],
            }
        )
        for network in networks:
            own = 0.0 if metric == "fvu" else float(network["accuracy"].sel(removed="none"))
            value = sign * (float(network[name].sel(removed=sector)) - own)
            points.append(
                {
                    "row": row,
                    "sector": sector,
                    "seed": network["seed"],
                    "value": value,
                    "flag": style.flag(network, gap_needed),
                }
            )
