"""Training loss on circle_path (Mo 2026, Fig. A1): the equivariant cell is nearly right before training."""

import altair as alt
import numpy as np

from schurscope.reports import path_tables
from schurscope.reports.figures import style
from schurscope.reports.figures.neutral_task import COLOURS

CATEGORY, CALLED = "Neutral modes", "training on circle path"
CAPTION = (
    "Training loss (mean squared error between unit vectors), full phase; lines: median over networks, bands: least to"
    " largest. Random answers cost 1."
)


def draw(datasets, settings):
    """A panel a length of training trials."""
    every = [paths for paths in datasets["neutral_paths"] if path_tables.condition_of(paths) == path_tables.FULL]
    panels = []
    for steps in sorted({paths.attrs["trained_steps"] for paths in every}):
        here = [paths for paths in every if paths.attrs["trained_steps"] == steps]
        lines = []
        for paths in here:
            loss = paths["loss"].values
            for update in range(loss.shape[1]):
                row = {"model": path_tables.CALLED[paths.attrs["model"]], "update": update}
                row |= {"loss": np.median(loss[:, update]), "low": loss[:, update].min(), "high": loss[:, update].max()}
                lines.append(row)
        shown = [name for name in COLOURS if name in {line["model"] for line in lines}]
        scale = alt.Scale(domain=shown, range=[COLOURS[name] for name in shown])
        base = alt.Chart(style.inline(lines)).encode(
            x=alt.X("update:Q", scale=alt.Scale(nice=False)), color=alt.Color("model:N", scale=scale, title="model")
        )
        log = alt.Scale(type="log", domain=[1e-6, 3], nice=False, clamp=True)
        axis = alt.Axis(format="~g", values=[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1])
        y = alt.Y("loss:Q", title="training loss", scale=log, axis=axis)
        layers = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", scale=log), y2="high:Q")
        layers += base.mark_line(strokeWidth=1.4).encode(y=y)
        panels.append(layers.properties(width=280, height=230, title=f"T = {steps}"))
    counts = ", ".join(
        f"{path_tables.CALLED[paths.attrs['model']]} {paths.sizes['seed']}"
        for paths in every
        if paths.attrs["trained_steps"] == every[0].attrs["trained_steps"]
    )
    subtitle = [f"Lines: median over networks; bands: least to largest. Networks at each T: {counts}."]
    return style.styled(alt.hconcat(*panels, spacing=20), "Training on the circle", subtitle)
