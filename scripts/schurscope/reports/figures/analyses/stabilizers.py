"""Which removed sets are epsilon-stabilizers, and which are candidate functional invariances: share of networks."""

import altair as alt
import numpy as np

from schurscope.analyses.ablation import LEAST_MASS, NONE
from schurscope.reports.figures import style
from schurscope.reports.figures.analyses import rows
from schurscope.reports.labels import removed_name

NAMES = ("small", "candidate")


def draw(datasets, settings):
    """A cell a (row, removed set): networks for which it holds, of all."""
    order = rows.order(datasets["diagnostic"])
    removed = [str(r) for r in datasets["diagnostic"][0]["removed"].values if r != NONE]
    found: dict[tuple, list] = {}
    for row, one in rows.networks(datasets["diagnostic"]):
        one = style.chosen(one, settings["alpha"])
        for label in removed:
            at = one.sel(removed=label)
            small = float(at["discrepancy"]) <= one.attrs["epsilon"]
            own = found.setdefault((row, label), [])
            if at["removed_mass"] >= LEAST_MASS:
                own.append((small, bool(at["candidate"] == 1)))
    records = [
        {
            "row": row,
            "removed": removed_name(label),
            **{name: np.mean([v[i] for v in values]) if values else 0.0 for i, name in enumerate(NAMES)},
            **{
                f"{name}_text": f"{sum(v[i] for v in values)}/{len(values)}" if values else "empty"
                for i, name in enumerate(NAMES)
            },
        }
        for (row, label), values in found.items()
    ]
    epsilon, mass = (datasets["diagnostic"][0].attrs[name] for name in ("epsilon", "mass"))
    panels = [
        _panel(records, order, removed, "small", f"ε-stabilizer (discrepancy at most {epsilon:g})", True),
        _panel(
            records, order, removed, "candidate", f"candidate invariance (and removed mass at least {mass:g})", False
        ),
    ]
    subtitle = "Networks for which the removed set may go, of those (solved or not) in which something is removed; α ="
    subtitle += f" {settings['alpha']:g}."
    return style.styled(alt.hconcat(*panels, spacing=20), "What may go?", subtitle)


def _panel(records, order, removed, name, title, labels):
    names = [removed_name(label) for label in removed]
    x = alt.X("removed:N", sort=names, title=None, axis=alt.Axis(labelAngle=-40))
    base = alt.Chart(style.inline(records)).encode(x=x, y=rows.y(order, labels, grid=False))
    cells = (
        base.transform_filter(f"datum.{name}_text != 'empty'")
        .mark_rect(stroke="white")
        .encode(
            color=alt.Color(f"{name}:Q", scale=alt.Scale(scheme="blues", domain=[0, 1.3]), legend=None),
            tooltip=["row:N", "removed:N", f"{name}_text:N"],
        )
    )
    text = base.mark_text(fontSize=10).encode(text=f"{name}_text:N")
    return (cells + text).properties(width=44 * len(removed), height=rows.ROW * max(len(order), 2), title=title)
