"""Fig. 2 of Draeger 2026: single-block ablations across tasks; top delta FVU, bottom the normalised sensitivity S."""

import altair as alt

from schurscope.reports.figures import style
from schurscope.reports.figures.published import marks, published
from schurscope.reports.labels import init_name
from schurscope.schur.form import SECTORS

SHOWS = "chosen"
FILE = "fig2_task_profile"
MADE_FROM = ("summary",)
CATEGORY = "Profiles"
CALLED = "Fig. 2: task profiles"
CAPTION = (
    "Error after removing one block of couplings (Draeger 2026, Fig. 2). Top: ΔFVU (eq. 8); bottom: S = ΔFVU over the"
    " removed share of the Frobenius norm of T (eq. 9), not defined where that share is below 1e-5. Bars and lines:"
    " mean ± SEM over networks that did not diverge and in which something is removed (n where fewer); points: single"
    " networks, open where the cut is fragile or the network was not solved; open squares: the paper's values ± SEM."
    " The cut is at the alpha of the title; n_R is the number of rows in the leading sector of each network."
)
PAPER = True  # its own numbers are drawn too
ROWS = {"delta_fvu": "ΔFVU", "sensitivity": "S = ΔFVU / removed mass"}


def draw(datasets, settings):
    """Tasks side by side; each network a point, mean and SEM on top."""
    wanted = settings["task_profile"]
    profiles = [
        style.chosen(s, settings["alpha"], width=wanted["width"], init=wanted["init"]) for s in datasets["summary"]
    ]
    rows = [alt.hconcat(*[_panel(p, metric, settings) for p in profiles], spacing=25) for metric in ROWS]
    title = f"What each task needs: error after removing one block of couplings, N = {wanted['width']}"
    subtitle = (
        f"{init_name(wanted['init'])}, α = {settings['alpha']:g}; bars and lines: mean ± SEM over networks with"
        " something to remove (n where fewer)."
    )
    return style.styled(alt.vconcat(*rows, spacing=20), title, subtitle)


def _panel(profile, metric, settings):
    networks = style.networks_of(profile)
    points, means = [], []
    for place, sector in enumerate(SECTORS):
        at = profile.sel(removed=sector)
        mean, sem = at[f"{metric}_mean"], at[f"{metric}_sem"]
        means.append(
            {
                "place": place,
                "sector": sector,
                "mean": mean,
                "sem": sem,
                "n": at[f"{metric}_n"],
                "count": style.count(at[f"{metric}_n"], len(networks)),
                "low": mean - sem,
                "high": mean + sem,
            }
        )
        for i, network in enumerate(networks):
            points.append(
                {
                    "place": place + style.beside(i, len(networks), 0.4),
                    "sector": sector,
                    "seed": network["seed"],
                    "value": network[metric].sel(removed=sector),
                    "n_R": network["n_R"],
                    "flag": style.flag(network),
                }
            )
    x = style.place_axis([f"−{sector}" for sector in SECTORS])
    colours = alt.Scale(domain=list(SECTORS), range=list(style.SECTOR_COLOURS.values()))
    base = alt.Chart(style.inline(means)).encode(x=x)
    bars = base.mark_bar(width=38, opacity=1).encode(
        y=alt.Y("mean:Q", title=ROWS[metric], scale=alt.Scale(padding=6)),
        color=alt.Color("sector:N", scale=colours, legend=None),
        tooltip=["sector:N", "mean:Q", "sem:Q", "n:Q"],
    )
    lines = base.mark_rule(strokeWidth=2).encode(y="low:Q", y2="high:Q")
    dots = (
        alt.Chart(style.inline(points))
        .mark_point(size=40, stroke="black", opacity=1, strokeWidth=1)
        .encode(
            x=x,
            y="value:Q",
            shape=style.network_shape(),
            fill=style.network_fill(),
            tooltip=["sector:N", "seed:N", "value:Q", "n_R:Q", "flag:N"],
        )
    )
    zero = alt.Chart(style.inline([{"zero": 0}])).mark_rule(color=style.GREY).encode(y="zero:Q")
    words = style.counts(means, x=x, y=alt.value(182))
    where = {name: profile[name].item() for name in ("task", "width", "init")}
    paper = published(settings.get("paper", ()), source="Fig. 2", metric=metric, alpha=settings["alpha"], **where)
    paper = [row | {"place": list(SECTORS).index(row["removed"])} for row in paper]
    values = marks(paper, x, lambda field: alt.Y(f"{field}:Q"))
    chart = (bars + zero + values + lines + dots + words).properties(width=190, height=190)
    if metric == "delta_fvu":
        fvu = f"intact FVU {float(profile['fvu_mean'].sel(removed='none')):.4f}"
        notes = [fvu, *style.remarks(profile)]
        chart = chart.properties(title=alt.TitleParams(profile["task"].item(), subtitle=notes, anchor="middle"))
    return chart
