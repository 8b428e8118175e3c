"""What every single coupling does, beside how large it is: two maps of N."""

import altair as alt
import numpy as np

from schurscope.reports.circuit_tables import block_of, place_of
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.store.netcdf import basis_of

SHOWS = "circuits"
MADE_FROM = ("atlas", "circuit")
CATEGORY = "Circuits"
CALLED = "every coupling"
CAPTION = (
    "One network a task (the first block's first seed with a circuit). Left: size of each coupling, |T| over its"
    " largest entry. Right: discrepancy when this coupling alone is removed; dots: couplings that the circuit at the"
    " middle epsilon keeps or, where these are most, those that it removes. Both logarithmic; what is smaller than the"
    " legend's end is drawn as its end."
)
SIZES, EFFECTS = (-4.0, 0.0), (-8.0, -1.0)  # log10


def draw(datasets, settings):
    """A row a task, size and effect side by side."""
    circuits = {block_of(circuit): circuit for circuit in datasets["circuit"] if basis_of(circuit) == "schur"}
    rows = {}
    for atlas in datasets["atlas"]:
        task = atlas["task"].item()
        known = [seed for seed in atlas["seed"].values if atlas["effect"].sel(seed=seed).notnull().any()]
        if task not in rows and known and atlas["status"].sel(seed=known[0]) == "ok":
            rows[task] = row(atlas.sel(seed=known[0]), circuits[block_of(atlas)].sel(seed=known[0]))
    subtitle = [
        "Left: |T_ij| over its largest entry. Right: discrepancy when this coupling alone is removed; dots: what the",
        "circuit keeps or removes, whichever is less. Modes by nonincreasing modulus; logarithms to base 10.",
    ]
    chart = alt.vconcat(*rows.values(), spacing=25) if rows else alt.Chart(style.inline([])).mark_point()
    return style.styled(chart, "Size and effect of every coupling", subtitle)


def row(atlas, circuit):
    """One network: an atlas and a circuit dataset at one seed."""
    epsilon = circuit["epsilon"].values[circuit.sizes["epsilon"] // 2]
    share, effect = atlas["share"].values, atlas["effect"].values
    there = np.isfinite(effect)
    kept = circuit["kept"].sel(epsilon=epsilon).values.astype(bool) & there
    with np.errstate(divide="ignore"):
        size, level = 0.5 * np.log10(share / np.nanmax(share)), np.log10(effect)
    said, fewer = min(("kept", kept), ("removed", there & ~kept), key=lambda one: one[1].sum())
    dots = [{"row": i + 0.5, "column": j + 0.5} for i, j in zip(*np.nonzero(fewer), strict=True)]
    n, task, width, init = len(share), *place_of(atlas)
    x, y = _axis("column:Q", "mode (from)", [0, n]), _axis("row:Q", "mode (to)", [n, 0])
    marks = alt.Chart(style.inline(dots)).mark_point(filled=True, size=7, color="#1B7837", opacity=1).encode(
        x=alt.X(**x), y=alt.Y(**y)
    )  # fmt: skip
    head = f"{task}, N = {width}, {init_name(init)}, seed {int(atlas['seed'])}"
    maps = (
        _map(size, there, x, y, SIZES, "greys", "log10 |T| / max"),
        _map(level, there, x, y, EFFECTS, "purples", "log10 discrepancy"),
    )
    size_of = {"width": 300, "height": 300}
    left = maps[0].properties(**size_of, title=alt.TitleParams(head, subtitle="size", fontSize=12))
    said = f"effect, and the {len(dots)} couplings {said} at ε = {epsilon:g}"
    right = (maps[1] + marks).properties(**size_of, title=alt.TitleParams(head, subtitle=said, fontSize=12))
    return alt.hconcat(left, right, spacing=25).resolve_scale(color="independent")


def _map(values, there, x, y, ends, scheme, title):
    levels = np.clip(values, *ends)
    records = [
        {"row": i, "column": j, "r2": i + 1, "c2": j + 1, "level": round(levels[i, j], 2)}
        for i, j in zip(*np.nonzero(there & (values > ends[0])), strict=True)
    ]
    colour = alt.Color("level:Q", scale=alt.Scale(scheme=scheme, domain=list(ends)), title=title)
    rects = alt.Chart(style.inline(records)).mark_rect(aria=False)
    return rects.encode(x=alt.X(**x), x2="c2:Q", y=alt.Y(**y), y2="r2:Q", color=colour)


def _axis(field: str, title: str, domain: list) -> dict:
    return {
        "shorthand": field,
        "title": title,
        "scale": alt.Scale(domain=domain, nice=False),
        "axis": alt.Axis(grid=False),
    }
