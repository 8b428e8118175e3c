"""Every task, width and construction at a glance: what removing one block costs.

Answers "how much depends on the definition?".
"""

import altair as alt
import numpy as np

from schurscope.foundations.registry import REGISTRY
from schurscope.metrics import make_metric, statistics
from schurscope.reports.effects import lost
from schurscope.reports.figures import style
from schurscope.reports.figures.effect_axis import effect_axis
from schurscope.reports.labels import init_name
from schurscope.schur.form import SECTORS
from schurscope.stages.summarise import metric_of

SHOWS = "experiment"
MADE_FROM = ("summary",)
CATEGORY = "Profiles"
CALLED = "all profiles"
CAPTION = (
    "What every task, width and construction loses with one block of couplings. Tasks scored by FVU: ΔFVU, linear below"
    " 0.01 and logarithmic above, so that small and large effects are seen together; tasks scored by accuracy: intact"
    " accuracy minus accuracy. Bars: mean ± SEM over networks in which something is removed (n where fewer); points:"
    " single networks, open where the cut is fragile or the network was not solved."
)


def draw(datasets, settings):
    """A row a (task, width, init).

    Columns RR, CR, CC; tasks of different metrics apart, each on its own scale.
    """
    charts, found = [], {name: [] for name in REGISTRY["metric"]}
    for summary in sorted(datasets["summary"], key=lambda summary: summary["task"].item()):  # one task's definitions
        found[metric_of(summary)].append(summary)  # stand together
    for name, summaries in sorted(found.items(), key=lambda item: make_metric(item[0]).higher_is_better):
        if summaries:
            charts.append(_block(summaries, make_metric(name), settings))
    subtitle = (
        f"α = {settings['alpha']:g}; bars: mean ± SEM over networks that did not diverge and have something to remove"
        " (n where fewer); in brackets: intact."
    )
    return style.styled(
        alt.vconcat(*charts, spacing=30), "What each network loses with one block of couplings", subtitle
    )


def _block(summaries, metric, settings):
    points, means, rows = [], [], []
    for summary in summaries:
        at_alpha = style.chosen(summary, settings["alpha"])
        for width in at_alpha["width"].values:
            for init in at_alpha["init"].values:
                profile = at_alpha.sel(width=width, init=init)
                intact = float(profile[f"{metric.name}_mean"].sel(removed="none"))
                count = f"{int(profile['networks_solved'])} of {int(profile['networks_trained'])} solved"
                network = f"{profile['task'].item()}, N = {width}, {init_name(init)}"
                row = f"{network} ({metric.label} {intact:.4f}, {count})"
                rows.append(row)
                _collect(profile, row, points, means)
    ends = [record[name] for record in (*means, *points) for name in ("low", "high", "value") if name in record]
    x = effect_axis(ends, metric.name)

    def panel(sector, labels):
        colour = style.SECTOR_COLOURS[sector]
        y = alt.Y("row:N", sort=rows, title=None, axis=alt.Axis(labelLimit=420, grid=True, labels=labels, ticks=labels))
        base = alt.Chart(style.inline([m for m in means if m["sector"] == sector])).encode(y=y)
        spread = base.mark_rule(strokeWidth=3, color=colour).encode(x=x("low"), x2="high:Q")
        tick = base.mark_tick(thickness=3, height=14, color=colour, orient="vertical").encode(
            x=x("mean"), tooltip=["row:N", "mean:Q", "sem:Q", "n:Q"]
        )
        single = alt.Chart(style.inline([p for p in points if p["sector"] == sector]))
        dots = single.mark_point(size=25, stroke="#444444", opacity=1, strokeWidth=1).encode(
            y=y,
            x=x("value"),
            shape=style.network_shape(),
            fill=style.network_fill(),
            tooltip=["row:N", "seed:N", "value:Q", "flag:N"],
        )
        words = style.counts([m for m in means if m["sector"] == sector], "left", y=y, x=alt.value(6))
        return (spread + tick + dots + words).properties(width=230, height=24 * len(rows), title=f"−{sector}")

    return alt.hconcat(*[panel(sector, i == 0) for i, sector in enumerate(SECTORS)], spacing=15)


def _collect(profile, row, points, means):
    """Add one row's single networks and means: what is lost."""
    networks = style.networks_of(profile)
    for sector in SECTORS:
        costs = np.array([float(lost(network).sel(removed=sector)) for network in networks])
        mean, sem, n = (float(function(costs, 0)) for function in (statistics.mean, statistics.sem, statistics.count))
        spread = {"low": mean - sem, "high": mean + sem, "n": n, "count": style.count(n, len(networks))}
        means.append({"row": row, "sector": sector, "mean": mean, "sem": sem, **spread})
        for network, value in zip(networks, costs, strict=True):
            single = {"seed": network["seed"], "value": value, "flag": style.flag(network)}
            points.append({"row": row, "sector": sector, **single})
