"""Training loss over updates, one line a network, with its end: solved, not solved, diverged."""

import json
import math

import altair as alt
import numpy as np

from schurscope.metrics import make_metric
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.tasks import make_task

SHOWS = "trained"
MADE_FROM = ("networks",)
CATEGORY = "Training"
CALLED = "training curves"
CAPTION = (
    "Training loss of every network of task {task} (median in bins of updates). The point at the end says whether the"
    " network was solved on its validation trials; dashed: the loss at which validation FVU is at its limit, where that"
    " is how a network is solved."
)
BINS = 150  # a line is the median loss in each of so many bins of updates
ENDS = {"solved": "circle", "not solved": "diamond", "diverged": "triangle-down"}
FILLS = (style.INK, "#FFFFFF", style.LIGHT)


def draw(datasets, settings):
    """A row a width, a column a construction."""
    blocks = datasets["networks"]
    rows = {}
    for block in blocks:
        rows.setdefault(int(block["width"]), {}).setdefault(block["init"].item(), []).append(block)
    limit, said = _threshold(blocks[0])
    longest = max(int(block["updates"].max()) for block in blocks)
    least = min(float(block["loss"].min()) for block in blocks)
    top = 2.0 if np.nanmedian(np.concatenate([block["loss"].values[:, 0] for block in blocks])) < 2 else 10.0
    least = min(least, limit or least)
    decades = list(range(math.floor(math.log10(least)) if least > 0 else -6, 1 + (top == 10)))
    panels = [
        alt.hconcat(*[_panel(p, longest, decades, top, limit) for p in row.values()], spacing=15)
        for row in rows.values()
    ]
    subtitle = ["Median loss in bins of updates; the point at the end of a line says how the training ended.", said]
    return style.styled(alt.vconcat(*panels, spacing=20), f"Training, task {blocks[0]['task'].item()}", subtitle)


def _threshold(block) -> tuple[float | None, str]:
    """The mean squared error at which a network's FVU is at the limit that solves it, if that is how; and words."""
    task, training = (
        make_task(json.loads(block.attrs["task_settings"])),
        json.loads(block.attrs["settings"])["training"],
    )
    limit = training["solved"]
    if task.metric != "fvu" or training.get("loss", "mse") != "mse":
        sign = "at least" if make_metric(task.metric).higher_is_better else "at most"
        return None, f"Solved: validation {make_metric(task.metric).label} {sign} {limit:g}."
    trials = task.validation(training["validation_trials"])
    y, mask = trials.targets, trials.mask
    mean = np.mean(y, axis=(0, 1), where=mask, keepdims=True)
    return limit * float(
        np.mean((y - mean) ** 2, where=mask)
    ), f"Dashed: validation FVU {limit:g}, below which a network is solved."


def _panel(parts, longest, decades, top, limit):
    lines, ends = [], []
    for block in parts:
        for network in (block.sel(seed=seed) for seed in block["seed"].values):
            seed, updates = str(int(network["seed"])), int(network["updates"])
            loss = network["loss"].values[:updates]
            edges = np.unique(np.linspace(0, updates, BINS + 1).astype(int))
            for low, high in zip(edges[:-1], edges[1:], strict=True):
                lines.append({"seed": seed, "update": (low + high) / 2, "loss": np.median(loss[low:high])})
            end = "diverged" if network["status"] != "ok" else "solved" if network["solved"] == 1 else "not solved"
            finite = loss[np.isfinite(loss)]
            if len(finite):
                ends.append(
                    {"seed": seed, "update": updates, "loss": np.median(finite[-max(updates // BINS, 1) :]), "end": end}
                )
    x_scale = alt.Scale(domain=[0, longest], nice=False, padding=6)
    x = alt.X("update:Q", title="update", scale=x_scale, axis=alt.Axis(tickCount=4, format="~s"))
    y_scale = alt.Scale(type="log", domain=[10.0 ** decades[0], top], clamp=True)
    y_axis = alt.Axis(format="~g", values=[10.0**decade for decade in decades])
    y = alt.Y("loss:Q", title="training loss", scale=y_scale, axis=y_axis)
    curve = (
        alt.Chart(style.inline(lines))
        .mark_line(strokeWidth=1.2, color="#444444", opacity=0.8)
        .encode(x=x, y=y, detail="seed:N")
    )
    shape = alt.Shape("end:N", scale=alt.Scale(domain=list(ENDS), range=list(ENDS.values())), title="end of training")
    fill = alt.Fill("end:N", scale=alt.Scale(domain=list(ENDS), range=list(FILLS)), title="end of training")
    points = (
        alt.Chart(style.inline(ends))
        .mark_point(size=45, stroke=style.INK, opacity=1)
        .encode(x=x, y=y, shape=shape, fill=fill, tooltip=["seed:N", "update:Q", "end:N"])
    )
    counts = {end: sum(record["end"] == end for record in ends) for end in ENDS}
    notes = ", ".join(f"{count} {end}" for end, count in counts.items() if count)
    width, init = parts[0]["width"].item(), parts[0]["init"].item()
    head = alt.TitleParams(f"N = {width}, {init_name(init)}", subtitle=notes, fontSize=12)
    rule = alt.Chart(style.inline([{"loss": limit}] if limit else [])).mark_rule(strokeDash=[4, 3], color=style.GREY)
    return (rule.encode(y=y) + curve + points).properties(width=200, height=130, title=head)
