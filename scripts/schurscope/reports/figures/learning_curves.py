"""Learning curves of several models in one panel, as in Fig. 2 of Kerg et al. 2019, with the published ones."""

import json
import math

import altair as alt
import numpy as np

from schurscope.reports import curves
from schurscope.reports.figures import style

SHOWS = "chosen"
MADE_FROM = ("networks",)
CATEGORY = "Training"
CALLED = "learning curves"
CAPTION = (
    f"Training loss: median over {curves.WINDOW} updates about each, then over networks (lines), from the least to the"
    " largest network (bands). Circles: the published curves, where they can be read"
    f" ({curves.SOURCE}). Dashed: the least loss without memory."
)
POINTS = 160  # of a line


def draw(datasets, settings):
    """One panel."""
    models = curves.by_model(settings["learning_curves"]["tasks"], datasets["networks"])
    lines, paper, counts = [], [], []
    for model, blocks in models.items():
        every = [curves.running(loss) for loss in curves.losses(blocks).values()]
        longest = max(map(len, every))
        spread = np.full((len(every), longest), np.nan)
        for row, own in zip(spread, every, strict=True):
            row[: len(own)] = np.minimum(own, 1e3)
        counts.append(f"{model} {len(every)}")
        for update in np.unique(np.geomspace(1, longest, POINTS).round().astype(int)):
            at = spread[:, update - 1]
            lines.append({"model": model, "update": update, "loss": np.nanmedian(at), "low": np.nanmin(at)})
            lines[-1]["high"] = np.nanmax(at)
        for update, loss in curves.PAPER.get(model, {}).items():
            paper.append({"model": model, "update": update, "loss": loss})
    ends = [value for line in lines for value in (line["low"], line["high"]) if value > 0]
    domain = [10 ** math.floor(math.log10(min(ends))), min(10.0, 1.1 * max(ends))]
    y_axis = alt.Axis(format="~g", values=[10.0**k for k in range(round(math.log10(domain[0])), 2)])
    y_scale = alt.Scale(type="log", domain=domain, clamp=True, nice=False)
    y, low = (
        alt.Y(f"{of}:Q", title="training loss (nats a step)", scale=y_scale, axis=y_axis) for of in ("loss", "low")
    )
    longest = max(line["update"] for line in lines)
    x = alt.X("update:Q", title="update", scale=alt.Scale(domain=[0, longest], nice=False))
    shown = list(models)
    scale = alt.Scale(domain=shown, range=[style.CATEGORIES[i % len(style.CATEGORIES)] for i in range(len(shown))])
    colour = alt.Color("model:N", scale=scale, title="model")
    band = alt.Chart(style.inline(lines)).mark_area(opacity=0.15).encode(x=x, y=low, y2="high:Q", color=colour)
    line = alt.Chart(style.inline(lines)).mark_line(strokeWidth=1.5).encode(x=x, y=y, color=colour)
    dots = alt.Chart(style.inline(paper)).mark_point(size=35, strokeWidth=1.4).encode(x=x, y=y, color=colour)
    parts = [band, line, dots]
    if least := _without_memory(datasets["networks"][0]):
        rule = alt.Chart(style.inline([{"loss": least}])).mark_rule(strokeDash=[4, 3], color="#666666")
        parts.append(rule.encode(y=y))
    subtitle = [
        f"Lines: median over {curves.WINDOW} updates, then over networks; bands: least to largest network. Circles: as"
        " published.",
        f"Networks: {', '.join(counts)}. Dashed: the least loss without memory.",
    ]
    return style.styled(alt.layer(*parts).properties(width=520, height=330), "Learning curves", subtitle)


def _without_memory(block) -> float | None:
    """Of copy memory: symbols ln(alphabet) / (delay + 2 symbols)."""
    task = json.loads(block.attrs["task_settings"])
    if task["task"] != "copy_memory":
        return None
    return task["symbols"] * math.log(task["alphabet"]) / (task["delay"] + 2 * task["symbols"])
