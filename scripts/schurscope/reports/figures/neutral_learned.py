"""Trained circle cells once their symmetry is broken (Mo 2026, Fig. A7): gap and lifetime over the strength."""

import altair as alt
import numpy as np

from schurscope.reports import path_tables
from schurscope.reports.figures import style
from schurscope.reports.figures.neutral_task import COLOURS

CATEGORY, CALLED = "Neutral modes", "breaking of trained cells"
CAPTION = (
    "eps diag(1, -1) z is added to trained circle cells. Left: time until a phase that begins 0.35 rad from the axis"
    " has moved by 0.2 rad without input; line: closed form; circles: as published, read off the vector figure. Right:"
    " measured over predicted, by the paper's predictor and by the closed form."
)
PAPER = {3e-4: 1470, 1e-3: 440.9, 3e-3: 147.0, 1e-2: 44.1, 3e-2: 14.7, 6e-2: 7.4}
LONGEST = 1500.0


def draw(datasets, settings):
    """Every network a point; what did not end by 1,500 is drawn there, as a triangle."""
    cells = datasets["neutral_cells"][0]
    points, ratios = [], []
    for model in [model for model in cells["model"].values if model != "broken"]:
        for seed in cells["seed"].values:
            one = cells.sel(model=model, seed=seed)
            for strength in cells["strength"].values:
                at = one.sel(strength=strength)
                time, closed = float(at["lifetime"]), float(at["lifetime_closed"])
                key = {"model": path_tables.CALLED[model], "seed": str(int(seed)), "strength": strength}
                ended = np.isfinite(time)
                points.append(key | {"time": time if ended else LONGEST, "end": "moved" if ended else "not by 1,500"})
                if ended and model == "equivariant":
                    for name, other in (("paper's", float(at["lifetime_predicted"])), ("closed form", closed)):
                        ratios.append(key | {"predictor": name, "ratio": time / other})
    line = [{"strength": float(s), "time": float(t)} for s, t in cells["lifetime_closed"].to_series().items()]
    paper = [{"strength": strength, "time": time} for strength, time in PAPER.items()]
    shown = [name for name in COLOURS if name in {point["model"] for point in points}]
    colour = alt.Color("model:N", scale=alt.Scale(domain=shown, range=[COLOURS[name] for name in shown]), title="model")
    shape = alt.Shape("end:N", scale=alt.Scale(domain=["moved", "not by 1,500"], range=["circle", "triangle-up"]))
    x = alt.X(
        "strength:Q",
        title="strength ε",
        scale=alt.Scale(type="log", domain=[7e-5, 0.1], nice=False),
        axis=alt.Axis(format="~g", values=[1e-4, 1e-3, 1e-2, 0.1]),
    )
    y = alt.Y("time:Q", title="lifetime (time units)", scale=alt.Scale(type="log", domain=[3, 6000], nice=False))
    left = alt.layer(
        alt.Chart(style.inline(line)).mark_line(color="#222222", strokeWidth=1).encode(x=x, y=y),
        alt.Chart(style.inline(points))
        .mark_point(filled=True, size=26, opacity=1)
        .encode(x=x, y=y, color=colour, shape=shape),
        alt.Chart(style.inline(paper)).mark_point(size=90, strokeWidth=1.2, color="#444444").encode(x=x, y=y),
    ).properties(width=330, height=260, title="How long a phase stays")
    predictors = alt.Color(
        "predictor:N", scale=alt.Scale(domain=["paper's", "closed form"], range=[style.LIGHT, style.INK])
    )
    right = (
        alt.Chart(style.inline(ratios))
        .mark_point(filled=True, size=26, opacity=1)
        .encode(
            x=x,
            y=alt.Y("ratio:Q", title="measured / predicted", scale=alt.Scale(domain=[0.7, 1.1], nice=False)),
            color=predictors,
        )
        .properties(width=240, height=260, title="Pinned cells: which predictor holds")
    )
    subtitle = [
        f"{cells.sizes['seed']} networks of each model. Line: closed form, log(tan φ0 / tan(φ0 − θ)) / 2ε. Circles: as"
        " published.",
        "Free cells drift without any breaking: no law holds for them, and some are pinned by it.",
    ]
    chart = alt.hconcat(left, right, spacing=20).resolve_scale(color="independent", shape="independent")
    return style.styled(chart, "What breaking the symmetry of a trained cell costs", subtitle)
