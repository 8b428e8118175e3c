"""What networks that were trained in Schur form made of Theta = D + T: by subdiagonal, angles, gamma and moduli."""

import altair as alt
import numpy as np

from schurscope.analyses.own_schur_form import readings
from schurscope.reports.figures import style
from schurscope.store import netcdf

SHOWS = "trained"
INITS = ("triangular",)
MADE_FROM = ("networks",)
CATEGORY = "Trained in Schur form"
CALLED = "Theta"
CAPTION = (
    "Networks of task {task}, W_hh = P (D + T) P^T. Left: mean absolute entry of each subdiagonal of Theta = D + T and"
    " of T alone, median over networks; bands: from the least to the largest network. Middle: angles of the 2x2 blocks"
    " of D, all networks together. Right: gamma of the blocks and moduli of the eigenvalues, which T moves where it"
    " reaches into a block."
)
BINS = 24
COLOURS = {"Θ": style.DARK, "T": style.LIGHT, "γ": style.LIGHT, "|λ|": style.DARK}


def draw(datasets, settings):
    """A row a width."""
    rows = {}
    for block in datasets["networks"]:
        if block["init"].item() in INITS:
            for seed in block["seed"].values[block["status"].values == "ok"]:
                parts = netcdf.weights_of(block, seed).made_of
                rows.setdefault(int(block["width"]), []).append(readings(parts))
    task = datasets["networks"][0]["task"].item()
    chart = alt.vconcat(*[_row(width, found) for width, found in rows.items()], spacing=20)
    subtitle = [
        "Left: mean |entry| by subdiagonal, median over networks (bands: least to largest).",
        "Middle: angles of the blocks of D. Right: their gamma, and moduli of the eigenvalues; all networks together.",
    ]
    return style.styled(chart, f"Theta = D + T after training, task {task}", subtitle)


def _row(width: int, found: list[dict]):
    of_T = np.array([one["T_share"] for one in found])
    entries = []
    for name, key, first in (("Θ", "theta_by_diagonal", 0), ("T", "T_by_diagonal", 1)):
        every = np.array([one[key] for one in found])
        for k in range(first, width):
            low, middle, high = np.min(every[:, k]), np.median(every[:, k]), np.max(every[:, k])
            entries.append({"part": name, "k": k, "mean": middle, "low": low, "high": high})
    top = 1.05 * max(entry["high"] for entry in entries if entry["k"] > 1)  # of the diagonals that only T has
    x = alt.X("k:Q", title="subdiagonal", scale=alt.Scale(domain=[0, width - 1], nice=False))
    y, low = (
        alt.Y(f"{of}:Q", title="mean |entry|", scale=alt.Scale(domain=[0, top], clamp=True)) for of in ("mean", "low")
    )
    colour = _colour("part", ("Θ", "T"))
    base = alt.Chart(style.inline(entries))
    lines = base.mark_area(opacity=0.2).encode(x=x, y=low, y2="high:Q", color=colour) + base.mark_line(
        strokeWidth=1.2
    ).encode(x=x, y=y, color=colour)
    said = f"|T| / |Θ|: {np.median(of_T):.3g} [{of_T.min():.3g} to {of_T.max():.3g}]"
    left = lines.properties(width=240, height=180, title=_head(f"N = {width}, n = {len(found)}", said))
    angles = np.concatenate([one["angles"] for one in found])
    counts, edges = np.histogram(angles, BINS, (-np.pi, np.pi))
    bars = [{"from": a, "to": b, "count": c} for a, b, c in zip(edges[:-1], edges[1:], counts, strict=True)]
    middle = (
        alt.Chart(style.inline(bars))
        .mark_rect(color="#888888")
        .encode(x=alt.X("from:Q", title="angle"), x2="to:Q", y=alt.Y("count:Q", title="blocks"), y2=alt.value(180))
        .properties(width=180, height=180, title=_head("angles of D", f"{len(angles)} blocks"))
    )
    sizes = {"γ": np.concatenate([one["gamma"] for one in found])}
    sizes["|λ|"] = np.concatenate([one["moduli"] for one in found])
    ends = min(values.min() for values in sizes.values()), max(values.max() for values in sizes.values())
    shares, said = [], f"|λ| {sizes['|λ|'].min():.3g} to {sizes['|λ|'].max():.3g}"
    for name, values in sizes.items():
        counts, edges = np.histogram(values, BINS, ends if ends[0] < ends[1] else (ends[0] - 0.5, ends[0] + 0.5))
        shares += [
            {"of": name, "size": (a + b) / 2, "share": c / len(values)}
            for a, b, c in zip(edges[:-1], edges[1:], counts, strict=True)
        ]
    right = (
        alt.Chart(style.inline(shares))
        .mark_line(interpolate="step", strokeWidth=1.4)
        .encode(
            x=alt.X("size:Q", title="γ, |λ|", scale=alt.Scale(zero=False)),
            y=alt.Y("share:Q", title="share"),
            color=_colour("of", ("γ", "|λ|")),
        )
        .properties(width=180, height=180, title=_head("gamma and moduli", said))
    )
    return alt.hconcat(left, middle, right, spacing=20).resolve_scale(color="independent")


def _colour(field, names):
    scale = alt.Scale(domain=list(names), range=[COLOURS[name] for name in names])
    return alt.Color(f"{field}:N", scale=scale, title=None)


def _head(text, subtitle):
    return alt.TitleParams(text, subtitle=subtitle, fontSize=12)
