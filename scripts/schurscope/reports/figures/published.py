"""The paper's own values in a figure: open marks with a legend."""

import altair as alt

from schurscope.reports.figures import style

PAPER = "Draeger 2026"
SAME = 1e-9  # of two alphas


def published(values, **where) -> list[dict]:
    """The paper's numbers (report/paper_values.csv, as records) that are about this; ``alpha`` among it."""
    alpha = where.pop("alpha")
    return [
        row | {"by": PAPER}
        for row in values
        if row["value"] == row["value"]
        and abs(row["alpha"] - alpha) < SAME
        and all(row[name] == value for name, value in where.items())
    ]


def marks(records: list[dict], x, y, **more):
    """An open mark a value (fields ``place`` and ``value``), a thin line for its SEM where the paper gives one."""
    legend = alt.Legend(title="the paper")
    stroke = alt.Stroke("by:N", scale=alt.Scale(domain=[PAPER], range=[style.DARK]), legend=legend)
    spread = [
        r | {"low": r["value"] - r["sem"], "high": r["value"] + r["sem"]} for r in records if r["sem"] == r["sem"]
    ]
    lines = (
        alt.Chart(style.inline(spread))
        .mark_rule(strokeWidth=1.2, color=style.DARK)
        .encode(x=x, y=y("low"), y2="high:Q")
    )
    points = alt.Chart(style.inline(records)).mark_point(
        size=120, strokeWidth=1.8, opacity=1, shape="square", fill="white"
    )
    return lines + points.encode(
        x=x, y=y("value"), stroke=stroke, tooltip=["by:N", "source:N", "value:Q", "sem:Q", "networks:Q"]
    )
