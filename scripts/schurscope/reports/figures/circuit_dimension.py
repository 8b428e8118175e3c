"""Is what can go a matter of the activity's dimension? Share of N removed against the states' participation ratio."""

import altair as alt
import numpy as np

from schurscope.reports.circuit_tables import place_of
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.store.netcdf import basis_of

SHOWS = "circuits"
MADE_FROM = ("circuit", "anatomy")
CATEGORY = "Circuits"
CALLED = "dimension"
CAPTION = (
    "Share of N that the smallest circuits found leave out, in Schur coordinates, against the participation ratio of"
    " the intact network's states on held-out trials: (sum of eigenvalues of their covariance)² over that of squares."
    " A point a network, a panel an epsilon; open: above epsilon on held-out trials. More than dimension differs"
    " between tasks."
)


def draw(datasets, settings):
    """A panel an epsilon."""
    subtitle = [
        "Points: networks (open: held-out discrepancy above epsilon). Circuits in Schur coordinates;",
        "participation ratio of the intact network's states on held-out trials.",
    ]
    return style.styled(chart(datasets["circuit"], datasets["anatomy"]), "Does dimension say what can go?", subtitle)


def chart(circuits, anatomies):
    """The panels, from circuit datasets and the answers to anatomy of the same blocks."""
    ratios = {
        (*place_of(block), int(seed)): float(block["participation_ratio"].sel(seed=seed))
        for block in anatomies
        for seed in block["seed"].values
    }
    points = []
    for block in circuits:
        for seed in block["seed"].values if basis_of(block) == "schur" else ():
            network = (*place_of(block), int(seed))
            for epsilon in block["epsilon"].values:
                at = block.sel(seed=seed, epsilon=epsilon)
                share, ratio = float(at["removed_share"]), ratios[network]
                if np.isfinite([share, ratio]).all():
                    own = {"epsilon": float(epsilon), "removed": share, "ratio": ratio}
                    said = {"task": network[0], "N": network[1], "start": init_name(network[2]), "seed": network[3]}
                    points.append(own | said | {"verified": "yes" if at["verified"] == 1 else "no"})
    tasks, starts = (list(dict.fromkeys(point[name] for point in points)) for name in ("task", "start"))
    colour = alt.Color(
        "task:N",
        scale=alt.Scale(domain=tasks, range=[style.CATEGORIES[i % len(style.CATEGORIES)] for i in range(len(tasks))]),
    )
    shape = alt.Shape("start:N", scale=alt.Scale(domain=starts), title="start")
    fill = alt.FillOpacity(
        "verified:N", scale=alt.Scale(domain=["yes", "no"], range=[0.8, 0]), title="at or below epsilon"
    )
    ends = [point["ratio"] for point in points] or [1]
    x = alt.X(
        "ratio:Q",
        title="participation ratio of the states",
        scale=alt.Scale(type="log", domain=[min(ends) / 1.1, 1.1 * max(ends)], nice=False),
    )
    y = alt.Y("removed:Q", title="share of N removed", scale=alt.Scale(domain=[0, 1]))
    panels = []
    for epsilon in dict.fromkeys(point["epsilon"] for point in points):
        own = [point for point in points if point["epsilon"] == epsilon]
        dots = alt.Chart(style.inline(own)).mark_point(size=45, strokeWidth=1).encode(
            x=x, y=y, color=colour, fill=colour, shape=shape, fillOpacity=fill,
            tooltip=["task:N", "N:Q", "start:N", "seed:Q", "ratio:Q", "removed:Q"],
        )  # fmt: skip
        head = alt.TitleParams(f"ε = {epsilon:g}", subtitle=f"n = {len(own)}", fontSize=12)
        panels.append(dots.properties(width=210, height=210, title=head))
    return alt.hconcat(*panels, spacing=20)
