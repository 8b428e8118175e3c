"""States in the plane of the intact network's first two principal components, intact and without each sector."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style
from schurscope.reports.figures.shown_networks import shown

SHOWS = "trained"
MADE_FROM = ("networks", "schur")
CATEGORY = "Profiles"
CALLED = "trajectories"
CAPTION = (
    "Hidden states of networks of task {task} on held-out trials, in the plane of the first two principal components of"
    " the intact network's states: the intact network grey, without one sector in colour; points: where trials end."
)
TRIALS, STEPS, OF = 4, 96, 32  # drawn; trials that the components are made from


def draw(datasets, settings):
    """A row a network, a panel a sector; the panels of a row share their axes."""
    networks = shown(datasets["networks"], datasets["schur"], settings["alpha"], OF)
    task = datasets["networks"][0]["task"].item()
    rows = [_row(one) for one in networks]
    chart = alt.vconcat(*rows, spacing=25) if rows else alt.Chart(style.inline([])).mark_point()
    subtitle = [
        f"Principal components of the intact network's states on {OF} held-out trials, of which {TRIALS} are"
        f" drawn, {STEPS} steps at most; cut at α = {settings['alpha']:g}.",
        "Grey: intact; colour: without one sector; points: last steps.",
    ]
    return style.styled(chart, f"Trajectories before and after an ablation, task {task}", subtitle)


def _row(one):
    states = one.states(one.weights.W_hh)
    flat = states.reshape(-1, states.shape[-1])
    mean = flat.mean(axis=0)
    _, sizes, axes = np.linalg.svd(flat - mean, full_matrices=False)
    axes = axes[:2] * np.sign(axes[:2].sum(axis=1, keepdims=True))  # the sign of a component is free
    share = (sizes**2 / np.sum(sizes**2))[:2]

    def drawn(found, sector=None):
        of = f"−{sector}" if sector else "intact"
        points = ((found[:TRIALS, :STEPS] - mean) @ axes.T).round(4)
        return [
            {"of": of, "sector": sector, "trial": trial, "step": step, "pc1": x, "pc2": y}
            for trial, path in enumerate(points.tolist())
            for step, (x, y) in enumerate(path)
        ]

    intact = drawn(states)
    changed = {s: [] if W is None else drawn(one.states(W), s) for s, W in one.changed().items()}
    ends = [abs(row[name]) for own in (intact, *changed.values()) for row in own for name in ("pc1", "pc2")]
    scale = alt.Scale(domain=[-1.05 * max(ends), 1.05 * max(ends)], nice=False)
    panels = []
    for i, (sector, own) in enumerate(changed.items()):
        axis = alt.Axis(tickCount=4, grid=False)
        x = alt.X("pc1:Q", title=f"component 1 ({share[0]:.0%})", scale=scale, axis=axis)
        title = f"component 2 ({share[1]:.0%})" if i == 0 else None
        y_axis = alt.Axis(tickCount=4, grid=False, labels=i == 0, ticks=i == 0)
        y = alt.Y("pc2:Q", title=title, scale=scale, axis=y_axis)
        layers = []
        for records, colour, opacity in ((intact, "#AAAAAA", 0.9), (own, style.SECTOR_COLOURS[sector], 0.8)):
            last = max((row["step"] for row in records), default=0)
            line = alt.Chart(style.inline(records)).mark_line(color=colour, strokeWidth=1, opacity=opacity)
            ended = alt.Chart(style.inline([row for row in records if row["step"] == last]))
            ended = ended.mark_point(filled=True, color=colour, size=30, opacity=1)
            layers.append(line.encode(x=x, y=y, detail="trial:N", order="step:Q"))
            layers.append(ended.encode(x=x, y=y, tooltip=["of:N", "trial:N", "step:Q"]))
        note = "empty: nothing is removed" if not own else one.called if i == 0 else " "
        head = alt.TitleParams(f"−{sector}", subtitle=note, fontSize=12)
        panels.append(alt.layer(*layers).properties(width=220, height=220, title=head))
    return alt.hconcat(*panels, spacing=20)
