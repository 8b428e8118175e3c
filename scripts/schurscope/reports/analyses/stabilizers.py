"""The report on epsilon-stabilizers and candidate functional invariances: share of networks."""

import altair as alt
import numpy as np
import pandas as pd

from schurscope.analyses.ablation import NONE
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.analyses import frame
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name, removed_name
from schurscope.reports.networks import networks

QUESTION = "What may go?"
COLUMNS = {"candidate_invariance": lambda d: d["candidate"]}
NAMES = ("small", "candidate")


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, width, construction, alpha, removed set): candidates among n solved networks that it is not empty
    in; at every alpha, not only the shown one."""
    found: dict[tuple, list] = {}
    for one in networks(datasets):
        if one["solved"] != 1:
            continue
        for at_alpha in one["alpha"].values:
            for removed in one["removed"].values:
                at = one.sel(alpha=at_alpha, removed=removed)
                if removed != NONE and at["removed_mass"] >= LEAST_MASS:
                    key = (*(one[name].item() for name in ("task", "width", "init")), float(at_alpha), str(removed))
                    found.setdefault(key, []).append(int(at["candidate"]))
    limits = {name: datasets[0].attrs[name] for name in ("epsilon", "mass")}
    names = ("task", "width", "init", "alpha", "removed")
    return pd.DataFrame(
        [dict(zip(names, key, strict=True)) | {"n": len(v), "candidates": sum(v)} | limits for key, v in found.items()]
    )


def answer(rows, alpha) -> str:
    words = []
    for at, part in rows.groupby("alpha"):
        some = [
            f"{removed_name(r['removed'])} in {r['task']}, N = {r['width']}, {init_name(r['init'])}"
            f" ({r['candidates']} of {r['n']})"
            for r in part[part["candidates"] > 0].to_dict("records")
        ]
        words.append(f"at α = {at:g} {', '.join(some) or 'none'}")
    limits = rows.iloc[0]
    return (
        "Candidate approximate functional invariances, as the paper defines them (discrepancy at most"
        f" {limits['epsilon']:g}, removed mass at least {limits['mass']:g}), among solved networks in which something"
        f" is removed: {'; '.join(words)}."
    )


def draw(datasets, settings):
    """A cell a (row, removed set): networks for which it holds, of all."""
    order = frame.order(datasets["diagnostic"])
    removed = [str(r) for r in datasets["diagnostic"][0]["removed"].values if r != NONE]
    found: dict[tuple, list] = {}
    for row, one in frame.networks(datasets["diagnostic"]):
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
    return style.styled(alt.hconcat(*panels, spacing=20), QUESTION, subtitle)


def _panel(records, order, removed, name, title, labels):
    names = [removed_name(label) for label in removed]
    x = alt.X("removed:N", sort=names, title=None, axis=alt.Axis(labelAngle=-40))
    base = alt.Chart(style.inline(records)).encode(x=x, y=frame.y(order, labels, grid=False))
    cells = (
        base.transform_filter(f"datum.{name}_text != 'empty'")
        .mark_rect(stroke="white")
        .encode(
            color=alt.Color(f"{name}:Q", scale=alt.Scale(scheme="blues", domain=[0, 1.3]), legend=None),
            tooltip=["row:N", "removed:N", f"{name}_text:N"],
        )
    )
    text = base.mark_text(fontSize=10).encode(text=f"{name}_text:N")
    return (cells + text).properties(width=44 * len(removed), height=frame.ROW * max(len(order), 2), title=title)
