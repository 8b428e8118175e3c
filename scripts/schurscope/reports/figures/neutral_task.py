"""Path integration on the circle (Mo 2026, Fig. 5): error over horizon and speed, full and restricted phase."""

import altair as alt
import numpy as np

from schurscope.reports import path_tables
from schurscope.reports.figures import style

CATEGORY, CALLED = "Neutral modes", "circle path"
CAPTION = (
    "Circular RMSE on test trials over the whole circle; lines: mean over networks, bars: SEM. Circles: as published"
    f" ({path_tables.SOURCE}). Its equivariant cells are not public; ours are of the same size. Dashed: chance, π/√3."
)
COLOURS = dict(zip(path_tables.CALLED.values(), style.CATEGORIES, strict=False))
CHANCE = np.pi / np.sqrt(3)


def draw(datasets, settings):
    """Left: over the horizon at speed 0.8; middle: over the speed at the longest; right: trained on a quarter."""
    table = path_tables.averaged(path_tables.networks(datasets["neutral_paths"]))
    table["called"] = table["model"].map(path_tables.CALLED)
    longest = int(table["steps"].max())
    full = table[table["condition"] == path_tables.FULL]
    at = full["speed"] == 0.8
    restricted = table[(table["condition"] == path_tables.RESTRICTED) & (table["speed"] == 0.8)]
    panels = [
        _panel(full[at], "steps", "steps", "Full phase, speed 0.8", _paper(path_tables.FULL, 0.8)),
        _panel(full[full["steps"] == longest], "speed", "speed (rad per unit time)", f"Full phase, T = {longest}", []),
    ]
    if len(restricted):
        words = "Trained on ±π/4, tested everywhere"
        panels.append(_panel(restricted, "steps", "steps", words, _paper(path_tables.RESTRICTED, 0.8)))
    counts = full[at & (full["steps"] == longest)]
    said = "; ".join(f"{row['called']}: {row['n']}" for row in counts.to_dict("records"))
    subtitle = [
        f"Networks: {said}. Bars: SEM. Circles: as published. Dashed: chance, π/√3.",
        "The published equivariant cells are not public: theirs and ours are of one size, not of one make.",
    ]
    chart = alt.hconcat(*panels, spacing=18)
    return style.styled(chart, "Integrating a velocity on the circle", subtitle)


def _paper(condition, speed) -> list[dict]:
    models = path_tables.PAPER[condition, speed]
    return [
        {"called": path_tables.CALLED[model], "steps": steps, "mean": value}
        for model, horizons in models.items()
        for steps, (value, _) in horizons.items()
    ]


def _panel(part, axis, title, words, paper):
    shown = [name for name in COLOURS if name in set(part["called"])]
    scale = alt.Scale(domain=shown, range=[COLOURS[name] for name in shown])
    colour = alt.Color("called:N", scale=scale, title="model")
    values = sorted(part[axis].unique())
    around = [0.85 * min(values), 1.15 * max(values)]
    scale_x = alt.Scale(type="log" if axis == "steps" else "linear", domain=around, nice=False)
    x = alt.X(f"{axis}:Q", title=title, scale=scale_x, axis=alt.Axis(values=values, format="~g"))
    y = alt.Y(
        "mean:Q",
        title="circular RMSE (rad)",
        scale=alt.Scale(type="log", domain=[0.001, 3], nice=False),
        axis=alt.Axis(format="~g", values=[0.001, 0.01, 0.1, 1]),
    )
    records = part.assign(low=np.maximum(part["mean"] - part["sem"], 0.001), high=part["mean"] + part["sem"])
    base = alt.Chart(style.inline(records.to_dict("records"))).encode(x=x, color=colour)
    layers = [
        alt.Chart(style.inline([{"chance": CHANCE}]))
        .mark_rule(strokeDash=[4, 3], color="#666666")
        .encode(y="chance:Q"),
        base.mark_line(strokeWidth=1.5).encode(y=y),
        base.mark_rule(strokeWidth=1.2).encode(y="low:Q", y2="high:Q"),
        base.mark_point(filled=True, size=18, opacity=1).encode(
            y=y, tooltip=["called:N", f"{axis}:Q", "mean:Q", "sem:Q", "n:Q"]
        ),
    ]
    if paper:
        published = alt.Chart(style.inline(paper)).mark_point(size=55, strokeWidth=1.4)
        layers.append(published.encode(x=x, y=y, color=colour))
    return alt.layer(*layers).properties(width=220, height=240, title=words)
