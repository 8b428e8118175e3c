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
from schurscope.schur.form import SECTORS

QUESTION = "What may go?"
COLUMNS = {"candidate_invariance": lambda d: d["candidate"]}
ENDS, SEVERAL = (1e-5, 10.0), "several"  # of what is drawn, both axes; sets of more than one sector
NAMES, EMPTY = ("small", "candidate"), "–"


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
        "The paper calls a removal a candidate approximate functional invariance where the outputs hardly change"
        f" (discrepancy at most {limits['epsilon']:g}) although much is removed (at least {limits['mass']:g} of the"
        f" norm of T). Among solved networks in which something is removed we find: {'; '.join(words)}."
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
                f"{name}_text": f"{sum(v[i] for v in values)}/{len(values)}" if values else EMPTY
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
    subtitle = [
        "Above: every network and removed set (open: not solved); in the shaded corner, at or below ε and from the"
        " least mass on, are candidates. What is beyond an axis is drawn at its end.",
    ]
    subtitle.append(
        "Below: networks for which the removed set may go, of those (solved or not) in which something is removed."
        f" {EMPTY}: nothing is removed in any. α = {settings['alpha']:g}."
    )
    near = _near_misses(datasets["diagnostic"], settings["alpha"], epsilon, mass)
    chart = alt.vconcat(near, alt.hconcat(*panels, spacing=20), spacing=25).resolve_scale(
        color="independent", shape="independent"
    )
    return style.styled(chart, QUESTION, subtitle)


def _near_misses(datasets, alpha, epsilon, mass):
    """A panel a task: discrepancy against removed mass, with both limits."""
    names = {**dict(zip(SECTORS, style.SECTOR_COLOURS.values(), strict=True)), SEVERAL: style.GREY}
    shapes = [*style.SECTOR_SHAPES.values(), "diamond"]
    colour, shape = (
        alt.Color("sector:N", scale=alt.Scale(domain=list(names), range=list(names.values())), title="removed"),
        alt.Shape("sector:N", scale=alt.Scale(domain=list(names), range=shapes), title="removed"),
    )
    points: dict[str, list] = {}
    for one in networks(datasets):
        at_alpha = style.chosen(one, alpha)
        key = {"network": f"{at_alpha['width'].item()} {init_name(at_alpha['init'].item())} {int(at_alpha['seed'])}"}
        key |= {"solved": "solved" if at_alpha["solved"] == 1 else "not solved"}
        for label in (str(label) for label in at_alpha["removed"].values if label != NONE):
            at = at_alpha.sel(removed=label)
            if at["removed_mass"] >= LEAST_MASS:
                values = {"mass": max(float(at["removed_mass"]), ENDS[0])}
                values["discrepancy"] = min(max(float(at["discrepancy"]), ENDS[0]), ENDS[1])
                group = {"sector": label if label in SECTORS else SEVERAL, "removed": removed_name(label)}
                points.setdefault(at_alpha["task"].item(), []).append(key | group | values)
    up = alt.Scale(type="log", domain=list(ENDS), nice=False)
    x = alt.X("mass:Q", title="removed mass / norm of T", scale=alt.Scale(type="log", domain=[ENDS[0], 1], nice=False))
    y = alt.Y("discrepancy:Q", title="discrepancy", scale=up)
    x.axis, y.axis = (alt.Axis(values=[10.0**k for k in range(-5, 2, 2)], format="~g", grid=False) for _ in range(2))
    tooltip = ["network:N", "removed:N", "solved:N", "mass:Q", "discrepancy:Q"]
    corner = [{"mass": mass, "mass2": 1, "discrepancy": ENDS[0], "discrepancy2": epsilon}]
    panels = []
    for task, own in points.items():
        shade = (
            alt.Chart(style.inline(corner)).mark_rect(color="#E9DDF0").encode(x=x, x2="mass2", y=y, y2="discrepancy2")
        )
        limits = alt.Chart(style.inline(corner)).mark_rule(strokeDash=[4, 3], color=style.INK)
        dots = [
            alt.Chart(style.inline([point for point in own if point["solved"] == solved]))
            .mark_point(size=26, strokeWidth=1.2, opacity=0.85, filled=solved == "solved")
            .encode(x=x, y=y, color=colour, shape=shape, tooltip=tooltip)
            for solved in ("solved", "not solved")
        ]
        rules = limits.encode(x=x) + limits.encode(y=alt.Y("discrepancy2:Q", scale=up))
        panels.append(alt.layer(shade, rules, *dots).properties(width=200, height=180, title=task))
    return alt.concat(*panels, columns=4, spacing=20)


def _panel(records, order, removed, name, title, labels):
    names = [removed_name(label) for label in removed]
    x = alt.X("removed:N", sort=names, title=None, axis=alt.Axis(labelAngle=-40))
    base = alt.Chart(style.inline(records)).encode(x=x, y=frame.y(order, labels, grid=False))
    cells = (
        base.transform_filter(f"datum.{name}_text != '{EMPTY}'")
        .mark_rect(stroke="white")
        .encode(
            color=alt.Color(f"{name}:Q", scale=alt.Scale(scheme="purples", domain=[0, 1.3]), legend=None),
            tooltip=["row:N", "removed:N", f"{name}_text:N"],
        )
    )
    text = base.mark_text(fontSize=10).encode(text=f"{name}_text:N")
    return (cells + text).properties(width=44 * len(removed), height=frame.ROW * max(len(order), 2), title=title)
