"""How far alpha can move before n_R changes."""

import altair as alt

from schurscope.reports.figures import style
from schurscope.reports.figures.analyses import rows

WORDS = {0.0: "stays", 1.0: "changes"}


def draw(datasets, settings):
    """A bar a network: the alphas with the same n_R; right, LAPACK's condition of the split."""
    records = []
    for row, one in rows.networks(datasets["diagnostic"]):
        one = style.chosen(one, settings["alpha"])
        names = ("alpha_low", "alpha_high", "n_R", "s", "sep", "near_cut")
        values = {name: one[name] for name in names}
        records.append({"row": row, "seed": str(int(one["seed"])), "near": WORDS[float(one["moves"])], **values})
    order = rows.order(datasets["diagnostic"])
    colour = alt.Color(
        "near:N", scale=alt.Scale(domain=list(WORDS.values()), range=["#004488", "#DDAA33"]), title="n_R near α"
    )
    base = alt.Chart(style.inline(records)).encode(yOffset=rows.offset(), color=colour)
    size = {"width": 330, "height": rows.ROW * max(len(order), 2)}
    bars = base.mark_bar(height=4).encode(
        y=rows.y(order),
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
        y=rows.y(order, labels=False),
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
    return style.styled(chart, "Is the cut well placed?", subtitle)
