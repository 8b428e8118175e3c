"""The report on nonnormality: measures of the recurrent matrices, and pseudospectra of some of them."""

import altair as alt
import numpy as np
import pandas as pd

from schurscope.reports.analyses import frame
from schurscope.reports.analyses.shares import spread
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.reports.networks import networks

QUESTION = "How nonnormal is the recurrent matrix?"
COLUMNS: dict = {}
MEASURES = {
    "henrici": ("Henrici's departure (relative)", alt.Scale(domain=[0, 1])),
    "commutator": ("commutator norm (relative)", alt.Scale(zero=True)),
    "growth": ("largest norm of a power of W/ρ", alt.Scale(type="log", padding=8)),
}
LEVELS = [-3, -2.5, -2, -1.5, -1, -0.5, 0]
BETWEEN = [-4.0, *(level + 0.25 for level in LEVELS)]  # a value in each of the shades
PANELS = 4  # in a row


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, construction): Henrici's departure over the norm of W, over solved networks of all widths."""
    found: dict[tuple, list] = {}
    for one in networks(datasets):
        if one["solved"] == 1 and np.isfinite(one["henrici"]):
            found.setdefault((one["task"].item(), one["init"].item()), []).append(float(one["henrici"]))
    return pd.DataFrame([{"task": task, "init": init} | spread(values) for (task, init), values in found.items()])


def answer(rows, alpha) -> str:
    words = [
        f"{row['task']}, {init_name(row['init'])} {row['low']:.2g} to {row['high']:.2g} (n = {row['n']})"
        for row in rows.to_dict("records")
    ]
    return (
        "A normal matrix has no couplings to remove. Henrici's departure from normality, over the norm of W (0 for a"
        f" normal matrix, at most 1; no cut enters), ranges in solved networks: {'; '.join(words)}."
    )


def draw(datasets, settings):
    """Above, three measures of every network; below, pseudospectra, one a construction at the largest width."""
    order = frame.order(datasets["diagnostic"])
    records, pictures = [], []
    for row, one in frame.networks(datasets["diagnostic"]):
        records.append({"row": row, "seed": str(int(one["seed"])), **{name: one[name] for name in MEASURES}})
    for dataset in datasets["diagnostic"]:
        for one in networks([dataset.sel(width=[dataset["width"].values.max()])]):
            if one["resolvent"].notnull().any():
                pictures.append(_pseudospectrum(one))
    panels = [
        alt.Chart(style.inline(records))
        .mark_point(size=24, filled=True, color=style.INK, opacity=1)
        .encode(
            x=alt.X(f"{name}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=4)),
            y=frame.y(order, i == 0),
            yOffset=frame.offset(),
            tooltip=["row:N", "seed:N", f"{name}:Q"],
        )
        .properties(width=190, height=frame.ROW * max(len(order), 2))
        for i, (name, (title, scale)) in enumerate(MEASURES.items())
    ]
    below = [alt.concat(*pictures, columns=PANELS, spacing=15)] if pictures else []
    subtitle = [
        "Above: 0, 0 and 1 for a normal matrix. Below: log10 of the smallest singular value of z I − W/ρ, one network",
        "each; dashed circle: modulus ρ. Around a normal matrix's eigenvalues the dark spots are round and small.",
    ]
    chart = alt.vconcat(alt.hconcat(*panels, spacing=15), *below, spacing=20)
    return style.styled(chart, "How nonnormal is it?", subtitle)


def _pseudospectrum(one):
    re, im = one["re"].values, one["im"].values
    step = (re[1] - re[0]) / 2
    records = []
    for y, line in zip(im, np.digitize(one["resolvent"].values, LEVELS), strict=True):
        ends = np.flatnonzero(np.diff(line, prepend=-1, append=-1))
        for first, behind in zip(ends[:-1], ends[1:], strict=True):  # neighbours of one shade in one rectangle
            at = {"re": re[first] - step, "re2": re[behind - 1] + step, "im": y - step, "im2": y + 1.1 * step}
            records.append(at | {"level": BETWEEN[line[first]]})
    reach = float(re[-1]) + step
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    axis = alt.Axis(values=[-1, 0, 1], grid=False)
    colour = alt.Color(
        "level:Q",
        scale=alt.Scale(type="threshold", domain=LEVELS, scheme="greys", reverse=True),
        legend=alt.Legend(title="log10 σ_min"),
    )
    x = alt.X("re:Q", scale=scale, axis=axis, title="Re z / ρ")
    y = alt.Y("im:Q", scale=scale, axis=axis, title="Im z / ρ")
    heat = alt.Chart(style.inline(records)).mark_rect(aria=False).encode(x=x, x2="re2:Q", y=y, y2="im2:Q", color=colour)
    return (heat + style.circle(1.0, [4, 3], x, y)).properties(width=165, height=165, title=_title(one))


def _title(one):
    below = f"N = {one['width'].item()}, {init_name(one['init'].item())}"
    return alt.TitleParams(one["task"].item(), subtitle=[below], fontSize=12)
