"""How long a phase lasts on a circle whose symmetry is broken (Mo 2026, Fig. 4): measured and in closed form."""

import altair as alt
import numpy as np

from schurscope.reports import neutral_tables
from schurscope.reports.figures import style

CATEGORY, CALLED = "Neutral modes", "lifetimes of a phase"
CAPTION = (
    "A: time until a phase has moved to the mark, over the strength of what breaks the symmetry; points: measured,"
    " lines: closed form, circles: as published (Mo 2026, arXiv 2605.03338, Fig. 4A). B: measured lifetime over that of"
    " the paper's predictor and over the closed form; the dashed line is the one ratio over the other. C: rate at which"
    " the group's direction shrinks at the pinned phase, for random matrices; on the line, measured and expected are"
    " equal."
)
LOOKS = {  # matrix -> colour and mark: dark to light
    "weak_axis": (style.CATEGORIES[0], "circle"),
    "unit_axis": (style.CATEGORIES[1], "square"),
    "rotated_strong": (style.CATEGORIES[3], "triangle-up"),
}
PREDICTED, CLOSED = "the paper's predictor", "closed form"
POWERS = "datum.value < 0.01 ? format(datum.value, '.0e') : format(datum.value, '~g')"
WIDTH = 330


def draw(datasets, settings):
    """Three panels, one below another."""
    breaking = datasets["neutral_breaking"][0]
    at, lost = breaking.attrs, int(np.isinf(breaking["lifetime"]).sum())
    matrices, strengths = breaking.sizes["drawn"], breaking.sizes["ensemble_strength"]
    off = float(np.abs(breaking["measured"] - breaking["expected"]).max())
    subtitle = [
        f"{breaking['lifetime'].size} lifetimes, {breaking.sizes['matrix']} matrices × {breaking.sizes['strength']}"
        f" strengths: from {at['start_phase']:g} rad off the pinned",
        f"phase until {at['moved']:g} rad have gone; RK4, steps of {at['dt']:g}"
        + (f"; {lost} over {at['longest']:g} not shown." if lost else "."),
        f"C: {matrices} random matrices × {strengths} strengths; measured and expected",
        f"differ by at most {off:.0e}.",
    ]
    panels = alt.vconcat(_lifetimes(breaking), _ratios(breaking), _ensemble(breaking), spacing=16)
    return style.styled(panels, "What a broken symmetry costs", subtitle)


def _named(matrix: str) -> str:
    return matrix.replace("_", " ")


def _looks(matrices):
    """Colour and shape, with one legend for both."""
    names, (colours, shapes) = (
        [_named(name) for name in matrices],
        zip(*(LOOKS[name] for name in matrices), strict=True),
    )
    legend = alt.Legend(title="matrix", orient="right")
    return (
        alt.Color("matrix:N", scale=alt.Scale(domain=names, range=list(colours)), legend=legend),
        alt.Shape("matrix:N", scale=alt.Scale(domain=names, range=list(shapes)), legend=legend),
    )


def _strength(least: float, most: float):
    return alt.X(
        "strength:Q",
        title="strength ε of the breaking (per unit time)",
        scale=alt.Scale(type="log", domain=[least / 1.3, most * 1.3], nice=False),
        axis=alt.Axis(values=[0.001, 0.003, 0.01, 0.03, 0.1], format="~g"),
    )


def _lifetimes(breaking):
    strengths = breaking["strength"].values
    lines, points, published = [], [], []
    for matrix in breaking["matrix"].values:
        own = breaking.sel(matrix=matrix)
        for strength in strengths:
            here = own.sel(strength=strength)
            row = {"matrix": _named(matrix), "strength": strength}
            lines.append(row | {"time": here["lifetime_closed"].item()})
            points.append(row | {"time": here["lifetime"].item()})
            published.append(row | {"time": neutral_tables.LIFETIMES[matrix].get(strength, np.nan)})
    points = [point for point in points if np.isfinite(point["time"])]
    colour, shape = _looks(breaking["matrix"].values)
    colour.legend = shape.legend = alt.Legend(title=None, orient="top-right", offset=6)
    y = alt.Y(
        "time:Q",
        title="lifetime (units of time)",
        scale=alt.Scale(type="log", domain=[3, 3000], nice=False),
        axis=alt.Axis(values=[10, 100, 1000], format=","),
    )
    x = _strength(strengths.min(), strengths.max())
    line, dots, circles = (
        alt.Chart(style.inline(part)).encode(x=x, y=y, color=colour) for part in (lines, points, published)
    )
    dots = dots.mark_point(filled=True, size=26, opacity=1)
    chart = alt.layer(
        line.mark_line(strokeWidth=1.2),
        dots.encode(shape=shape, tooltip=["matrix:N", "strength:Q", "time:Q"]),
        circles.mark_point(size=110, strokeWidth=1.1, shape="circle", filled=False, opacity=1),
    )
    return chart.properties(width=WIDTH, height=190, title="A. Lifetime (lines: closed form; circles: published)")


def _ratios(breaking):
    matrices = list(breaking["matrix"].values)
    strengths = breaking["strength"].values
    records = []
    for over, variable in ((PREDICTED, "lifetime_predicted"), (CLOSED, "lifetime_closed")):
        ratio = (breaking["lifetime"] / breaking[variable]).where(np.isfinite(breaking["lifetime"]))
        for place, matrix in enumerate(matrices):
            aside = 10 ** style.beside(place, len(matrices), 0.1)  # on a log axis
            for strength in strengths:
                value = ratio.sel(matrix=matrix, strength=strength).item()
                row = {"matrix": _named(matrix), "over": over, "strength": strength * aside, "ratio": value}
                records.append(row)
    records = [record for record in records if np.isfinite(record["ratio"])]
    tangent = float((breaking["lifetime_closed"] / breaking["lifetime_predicted"]).mean())
    colour, shape = _looks(matrices)
    colour.legend = shape.legend = None
    x = _strength(strengths.min(), strengths.max())
    found = [record["ratio"] for record in records]
    domain = [min(0.997, min(found) - 0.001), max(1.019, max(found) + 0.003)]
    y = alt.Y(
        "ratio:Q",
        title="ratio of lifetimes",
        scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    rules = alt.Chart(style.inline([{"ratio": 1.0}, {"ratio": tangent}])).mark_rule(strokeDash=[4, 3], color="#666666")
    marks = alt.Chart(style.inline(records)).mark_point(filled=True, size=30, opacity=1)
    marks = marks.encode(x=x, y=y, color=colour, shape=shape, tooltip=["matrix:N", "over:N", "ratio:Q"])
    said = [
        {
            "strength": strengths.min() / 1.2,
            "ratio": tangent + 0.0022,
            "text": f"measured / {PREDICTED} (dashed: {tangent:.5f})",
        },
        {"strength": strengths.min() / 1.2, "ratio": 1.0028, "text": f"measured / {CLOSED} (dashed: 1)"},
    ]
    text = alt.Chart(style.inline(said)).mark_text(align="left", fontSize=11, color="#222222")
    chart = alt.layer(rules.encode(y=y), marks, text.encode(x=x, y=y, text="text:N"))
    return chart.properties(width=WIDTH, height=150, title="B. Ratio of lifetimes (matrices side by side)")


def _ensemble(breaking):
    expected, measured = -breaking["expected"].values.ravel(), -breaking["measured"].values.ravel()
    records = [{"expected": x, "measured": y} for x, y in zip(expected, measured, strict=True)]
    ends = [10.0 ** np.floor(np.log10(expected.min())), 10.0 ** np.ceil(np.log10(expected.max()))]
    scale = alt.Scale(type="log", domain=ends, nice=False)
    values = [10.0**power for power in range(round(np.log10(ends[0])), round(np.log10(ends[1])) + 1)]
    x = alt.X("expected:Q", title="expected rate ε (μ1 − μ2) (per unit time)", scale=scale)
    y = alt.Y("measured:Q", title="measured (per unit time)", scale=scale)
    x.axis, y.axis = alt.Axis(values=values, labelExpr=POWERS), alt.Axis(values=values, labelExpr=POWERS)
    line = alt.Chart(style.inline([{"expected": end, "measured": end} for end in ends]))
    marks = alt.Chart(style.inline(records)).mark_point(size=12, strokeWidth=0.8, opacity=0.6, color="#222222")
    chart = alt.layer(marks.encode(x=x, y=y), line.mark_line(color=style.DARK, strokeWidth=1).encode(x=x, y=y))
    return chart.properties(width=WIDTH, height=190, title="C. Rate at which the group's direction shrinks")
