"""What circuits cost against how many numbers they leave, in every basis that was tried."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style
from schurscope.reports.labels import BASES, init_name
from schurscope.store.netcdf import basis_of

SHOWS = "circuits"
MADE_FROM = ("circuit",)
CATEGORY = "Circuits"
CALLED = "numbers left"
CAPTION = (
    "Held-out discrepancy of the smallest circuits found against the numbers that they leave in the recurrent matrix,"
    " for each epsilon (dashed lines) and basis. Points: single networks (open: above epsilon on held-out trials);"
    " lines: through the means over networks. The same search, trials and effort in each basis; the basis itself has"
    " n(n - 1)/2 numbers, but for the neurons' own. Schur forms always keep the blocks on their diagonal."
)
LOOKS = {  # colour, shape
    "schur": (style.DARK, "circle"),
    "schur_shuffled": ("#C2A5CF", "circle"),
    "schur_reversed": ("#C2A5CF", "triangle-down"),
    "schur_rotated": ("#C2A5CF", "square"),
    "principal_components": (style.LIGHT, "triangle-up"),
    "neurons": (style.INK, "square"),
    "random_orthogonal": ("#A6A6A6", "diamond"),
}


def draw(datasets, settings):
    """A panel a (task, width, construction): numbers left and held-out discrepancy, both on logarithmic axes."""
    subtitle = [
        "Points: networks (open: held-out discrepancy above epsilon); lines: through means; dashed: epsilon.",
        "Same search, trials and effort in every basis. A basis has n(n − 1)/2 numbers of its own, the neurons' none.",
        "Schur forms (ordered, shuffled, reversed, turned) always keep their diagonal blocks; elsewhere all may go.",
    ]
    return style.styled(chart(datasets["circuit"]), "How few numbers keep the function?", subtitle)


def chart(blocks):
    """The panels."""
    panels: dict[tuple, list] = {}
    for block in blocks:
        key = (block["task"].item(), int(block["width"]), block["init"].item())
        panels.setdefault(key, []).append(block)
    there = {basis_of(block) for block in blocks}
    shown = [(BASES[name], *look) for name, look in LOOKS.items() if name in there]
    names, colours, shapes = zip(*shown, strict=True)
    colour = alt.Color("basis:N", scale=alt.Scale(domain=list(names), range=list(colours)), title="basis")
    shape = alt.Shape("basis:N", scale=alt.Scale(domain=list(names), range=list(shapes)), title="basis")
    left = [int(n) for block in blocks for n in block["numbers_left"].values.ravel() if np.isfinite(n)]
    x = alt.X(
        "left:Q",
        title="numbers left in the matrix",
        scale=alt.Scale(type="log", domain=[0.9 * min(left, default=1), 1.1 * max(left, default=10)], nice=False),
        axis=alt.Axis(tickCount=4, format="~s"),
    )
    charts = [_panel(*key, own, x, colour, shape) for key, own in panels.items()]
    return alt.concat(*charts, columns=min(3, len(charts)), spacing=20)


def _panel(task, width, init, blocks, x, colour, shape):
    points, seeds = [], {int(seed) for block in blocks for seed in block["seed"].values}
    means: dict[tuple, list] = {}
    for block in blocks:
        basis = BASES[basis_of(block)]
        for seed in block["seed"].values:
            for epsilon in block["epsilon"].values:
                at = block.sel(seed=seed, epsilon=epsilon)
                left, discrepancy = float(at["numbers_left"]), float(at["discrepancy"])
                if not np.isfinite([left, discrepancy]).all() or min(left, discrepancy) <= 0:
                    continue
                verified = "yes" if at["verified"] == 1 else "no"
                own = {"basis": basis, "left": left, "discrepancy": discrepancy, "epsilon": float(epsilon)}
                points.append(own | {"seed": int(seed), "verified": verified})
                means.setdefault((basis, float(epsilon)), []).append((left, discrepancy))
    lines = [
        {"basis": basis, "epsilon": epsilon, **dict(zip(("left", "discrepancy"), np.mean(found, axis=0), strict=True))}
        for (basis, epsilon), found in means.items()
    ]
    limits = [float(epsilon) for epsilon in blocks[0]["epsilon"].values]
    seen = [*limits, *(point["discrepancy"] for point in points)]
    scale = alt.Scale(type="log", domain=[min(seen) / 1.5, 1.5 * max(seen)], nice=False)
    y = alt.Y("discrepancy:Q", title="held-out discrepancy", scale=scale, axis=alt.Axis(values=limits, format="~g"))
    fill = alt.FillOpacity(
        "verified:N", scale=alt.Scale(domain=["yes", "no"], range=[0.8, 0]), title="at or below epsilon"
    )
    dots = alt.Chart(style.inline(points)).mark_point(size=30, strokeWidth=1).encode(
        x=x, y=y, color=colour, fill=colour, shape=shape, fillOpacity=fill,
        tooltip=["basis:N", "seed:Q", "epsilon:Q", "left:Q", "discrepancy:Q"],
    )  # fmt: skip
    line = alt.Chart(style.inline(lines)).mark_line(strokeWidth=1.5, opacity=0.7).encode(
        x=x, y=y, color=colour, order="epsilon:Q"
    )  # fmt: skip
    rules = (
        alt.Chart(style.inline([{"discrepancy": limit} for limit in limits]))
        .mark_rule(strokeDash=[3, 3], color="#AAAAAA")
        .encode(y=y)
    )
    head = alt.TitleParams(f"{task}, N = {width}, {init_name(init)}", subtitle=f"n = {len(seeds)}", fontSize=12)
    return (rules + line + dots).properties(width=230, height=200, title=head)
