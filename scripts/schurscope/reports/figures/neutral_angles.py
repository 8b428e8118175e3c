"""How far the longest-lived directions are from the group's (Mo 2026, Fig. 2A): angle over window."""

import altair as alt
import numpy as np

from schurscope.reports import neutral_tables
from schurscope.reports.figures import style

CATEGORY, CALLED = "Neutral modes", "angle to the group's directions"
CAPTION = (
    "Largest principal angle between the group's tangent and the q leading left singular vectors of the product of the"
    " steps' derivatives, over the window; mean over random starts. Open marks: the same from cosines by arccos,"
    " which makes angles of rounding. Grey band: the range of the angles that the paper plots (Mo 2026, arXiv"
    " 2605.03338, Fig. 2A; which subspace it means is not stated). In the broken circle, the angle is that to where the"
    " group's tangent was."
)
LOOKS = {
    "S1": (style.CATEGORIES[0], "circle"),
    "T2": (style.CATEGORIES[1], "square"),
    "SO(3)/SO(2)": (style.CATEGORIES[3], "triangle-up"),
}
BROKEN = ("#222222", "diamond")
FLOOR = 1e-16  # what is less stands here: 0, as arccos gives it, has no logarithm
EXACT, ARCCOS = "by sines and cosines", "by arccos alone"


def draw(datasets, settings):
    """One panel."""
    systems = datasets["neutral_systems"][0]
    names = list(systems["aligned"].values)
    records = []
    for how, variable in ((EXACT, "angle"), (ARCCOS, "angle_arccos")):
        means = systems[variable].mean("start")
        for name in names if how == EXACT else neutral_tables.SYMMETRIC:
            for window in systems["window"].values:
                angle = float(means.sel(aligned=name, window=window))
                records.append({"system": name, "how": how, "window": int(window), "angle": max(angle, FLOOR)})
    looks = [LOOKS.get(name, BROKEN) for name in names]
    legend = alt.Legend(title="system", orient="bottom", columns=2)
    colour = alt.Color("system:N", scale=alt.Scale(domain=names, range=[look[0] for look in looks]), legend=legend)
    shape = alt.Shape("system:N", scale=alt.Scale(domain=names, range=[look[1] for look in looks]), legend=legend)
    windows = [int(window) for window in systems["window"].values]
    x = alt.X(
        "window:Q",
        title=f"window (steps of {systems.attrs['dt']:g} units of time)",
        scale=alt.Scale(type="log", domain=[0.8 * windows[0], 1.25 * windows[-1]], nice=False),
        axis=alt.Axis(values=windows, format="d", grid=False),
    )
    powers = range(round(np.log10(FLOOR)), 3, 2)
    labels = (
        f"datum.value < {2 * FLOOR:g} ? '≤ {FLOOR:g}' : datum.value < 0.001 ? format(datum.value, '.0e') : datum.label"
    )
    y = alt.Y(
        "angle:Q",
        title="largest principal angle (degrees)",
        scale=alt.Scale(type="log", domain=[FLOOR, 100], nice=False),
        axis=alt.Axis(values=[10.0**power for power in powers], labelExpr=labels, format="~g"),
    )
    published = [{"low": neutral_tables.ANGLES["least"], "high": neutral_tables.ANGLES["largest"]}]
    band = alt.Chart(style.inline(published)).mark_rect(color="#CCCCCC").encode(y=alt.Y("low:Q"), y2="high:Q")
    base = alt.Chart(style.inline(records)).encode(x=x, y=y, color=colour)
    dash = alt.StrokeDash("how:N", scale=alt.Scale(domain=[EXACT, ARCCOS], range=[[1, 0], [4, 3]]))
    dash.legend = alt.Legend(title="angle", orient="bottom", columns=1)
    lines = base.mark_line(strokeWidth=1.4).encode(strokeDash=dash)
    tooltip = ["system:N", "how:N", "window:Q", "angle:Q"]
    filled = base.transform_filter(alt.datum.how == EXACT).mark_point(filled=True, size=45, opacity=1)
    hollow = base.transform_filter(alt.datum.how == ARCCOS).mark_point(
        filled=False, size=45, strokeWidth=1.4, opacity=1
    )
    chart = alt.layer(band, lines, *(marks.encode(shape=shape, tooltip=tooltip) for marks in (filled, hollow)))
    q = [f"{int(value)} ({name})" for name, value in zip(names, systems["aligned_neutral"].values, strict=True)]
    subtitle = [
        f"Mean over {systems.sizes['start']} random starts; q = {', '.join(q)}.",
        "Grey band: where the paper plots its angles. With the symmetry intact,",
        f"angles are rounding; without it (diag(1, −1), ε = {systems.attrs['broken']:g}), they are degrees.",
    ]
    return style.styled(chart.properties(width=340, height=270), "Directions that last are the group's", subtitle)
