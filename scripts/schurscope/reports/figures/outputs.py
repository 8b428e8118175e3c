"""What a network puts out before and after an ablation, on held-out trials: inverted replay, drifting phases."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style
from schurscope.reports.figures.shown_networks import shown

SHOWS = "trained"
MADE_FROM = ("networks", "schur")
CATEGORY = "Profiles"
CALLED = "outputs"
CAPTION = (
    "First output of networks of task {task} on held-out trials: target, intact network, and the network without one"
    " sector. The first solved network of each construction at the largest width, if one of its sectors is not empty;"
    " where there is one such network, two trials."
)
STEPS = 64  # shown at most
TARGET, INTACT = "target", "intact"


def draw(datasets, settings):
    """A column a network (or trial), a row a sector; all panels share their axes."""
    networks = shown(datasets["networks"], datasets["schur"], settings["alpha"], 2)
    columns = (
        [(one, 0) for one in networks] if len(networks) > 1 else [(one, trial) for one in networks for trial in (0, 1)]
    )
    task = datasets["networks"][0]["task"].item()
    found = [(one, trial, *_lines(one, trial)) for one, trial in columns]
    values = [line["value"] for _, _, lines, _ in found for line in lines if np.isfinite(line["value"])]
    y = alt.Scale(domain=[min(values), max(values)] if values else [-1, 1], nice=True, padding=4)
    charts = [_column(*each, y) for each in found]
    chart = alt.concat(*charts, columns=2, spacing=25) if charts else alt.Chart(style.inline([])).mark_point()
    subtitle = [
        f"First output channel, held-out trials, at most {STEPS} steps; cut at α = {settings['alpha']:g}.",
        "Wide grey: target; dashed: the intact network; colour: without one sector.",
    ]
    return style.styled(chart, f"Outputs before and after an ablation, task {task}", subtitle)


def _lines(one, trial: int):
    """Records (sector, of, step, value), and the sectors in which nothing is removed."""
    scored = np.flatnonzero(one.trials.mask[trial].any(axis=-1))
    last = min(one.trials.targets.shape[1], max(STEPS, scored[0] + 8))
    target = np.where(one.trials.mask[trial, :last, 0], one.trials.targets[trial, :last, 0], np.nan)
    intact = one.outputs(one.weights.W_hh)[trial, :last, 0]
    records, empty = [], []
    for sector, W_hh in one.changed().items():
        if W_hh is None:
            empty.append(sector)
            continue
        curves = {TARGET: target, INTACT: intact, f"−{sector}": one.outputs(W_hh)[trial, :last, 0]}
        records += [
            {"sector": sector, "of": name, "step": step, "value": float(value)}
            for name, values in curves.items()
            for step, value in enumerate(values)
        ]
    return records, empty


def _column(one, trial, records, empty, y_scale):
    panels = []
    for sector, colour in style.SECTOR_COLOURS.items():
        names = [TARGET, INTACT, f"−{sector}"]
        looks = zip(names, ("#BBBBBB", style.INK, colour), (4, 1, 1.6), ([1, 0], [3, 2], [1, 0]), strict=True)
        y = alt.Y("value:Q", title=f"−{sector}", scale=y_scale, axis=alt.Axis(tickCount=3))
        x = alt.X("step:Q", title="step", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=5))
        layers = [
            alt.Chart(style.inline([r for r in records if r["sector"] == sector and r["of"] == name]))
            .mark_line(color=shade, strokeWidth=width, strokeDash=dash)
            .encode(x=x, y=y, tooltip=["of:N", "step:Q", "value:Q"])
            for name, shade, width, dash in looks
        ]
        said = [{"said": "empty: nothing is removed"}] if sector in empty else []
        words = alt.Chart(style.inline(said)).mark_text(color="#444444", align="left").encode(
            text="said:N", x=alt.value(8), y=alt.value(14)
        )  # fmt: skip
        head = {"title": alt.TitleParams(one.called, subtitle=f"trial {trial}", fontSize=12)} if not panels else {}
        panels.append(alt.layer(*layers, words).properties(width=330, height=90, **head))
    return alt.vconcat(*panels, spacing=6)
