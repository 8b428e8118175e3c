"""Exponents at 0 of systems with a symmetry (Mo 2026, Fig. 1): as many as its group moves the state in directions."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style

CATEGORY, CALLED = "Neutral modes", "exponents at 0"
CAPTION = (
    "A: exponents expected at 0, q = dim(G/H), and those found there; on the grey lines both are equal. B: spectra of"
    " the largest system of each family and of the two that the paper gives. Rates and radii are random; the paper's"
    " counts (Mo 2026, arXiv 2605.03338, Fig. 1) are q throughout."
)
FAMILIES = {  # in the dataset -> what it is called, its mark and its colour: dark to light
    "torus": ("tori", "circle", style.CATEGORIES[0]),
    "sphere": ("spheres in R^n", "square", style.CATEGORIES[1]),
    "complex sphere": ("spheres in C^m", "triangle-up", style.CATEGORIES[3]),
    "product": ("torus × sphere", "diamond", "#888888"),
    "given": ("given by the paper", "cross", "#222222"),
}
ROOM = 0.9  # of the place of one q, over which families stand side by side
WIDTH = 320


def draw(datasets, settings):
    """Two panels, one below the other."""
    systems = datasets["neutral_systems"][0]
    counts = {family: int((systems["family"] == family).sum()) for family in FAMILIES}
    at, every = systems.attrs, systems.sizes["system"]
    found = int((systems["near_zero"] == systems["neutral"]).sum())
    words = [f"{name} {counts[family]}" for family, (name, _, _) in FAMILIES.items() if counts[family]]
    subtitle = [
        f"{every} systems: {', '.join(words[:3])},",
        f"{', '.join(words[3:])}. As many at 0 as expected: {found} of {every}.",
        f"Means over {at['time']:g} units of time after {at['settle']:g}; RK4, steps of {at['dt']:g}.",
        f"Within {at['tolerance']:.2g} of 0 counts as 0.",
    ]
    chart = alt.vconcat(_counts(systems), _spectra(systems), spacing=16)
    return style.styled(chart.resolve_scale(color="shared", shape="shared"), "Symmetry holds exponents at 0", subtitle)


def _family():
    """Colour and shape, with one legend for both."""
    names, shapes, colours = zip(*FAMILIES.values(), strict=True)
    legend = alt.Legend(title=None, orient="bottom", columns=3)
    return (
        alt.Color("family:N", scale=alt.Scale(domain=list(names), range=list(colours)), legend=legend),
        alt.Shape("family:N", scale=alt.Scale(domain=list(names), range=list(shapes)), legend=legend),
    )


def _counts(systems):
    order = list(FAMILIES)
    expected, counted = systems["neutral"].values, systems["near_zero"].values
    points = []
    for family, q, near, name in zip(
        systems["family"].values, expected, counted, systems["system"].values, strict=True
    ):
        place = q + style.beside(order.index(family), len(order), ROOM)
        row = {"family": FAMILIES[family][0], "place": place, "expected": q, "counted": near, "system": name}
        points.append(row)
    most = int(max(expected.max(), counted.max()))
    ticks = [{"from": q - 0.48, "to": q + 0.48, "q": q} for q in range(1, int(expected.max()) + 1)]
    domain = [0.4, expected.max() + 0.6]
    x = alt.X(
        "place:Q",
        title="exponents expected at 0, q = dim(G/H)",
        scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(values=[tick["q"] for tick in ticks], format="d", tickCount=len(ticks), grid=False),
    )
    y = alt.Y(
        "counted:Q",
        title="exponents at 0",
        scale=alt.Scale(domain=[0, most + 1], nice=False),
        axis=alt.Axis(values=list(range(0, most + 1, 2)), format="d", tickCount=most, grid=False),
    )
    rules = alt.Chart(style.inline(ticks)).mark_rule(color="#BBBBBB")
    rules = rules.encode(x=alt.X("from:Q"), x2="to:Q", y="q:Q")
    colour, shape = _family()
    marks = alt.Chart(style.inline(points)).mark_point(filled=True, size=22, opacity=1)
    marks = marks.encode(x=x, y=y, color=colour, shape=shape, tooltip=["system:N", "expected:Q", "counted:Q"])
    return alt.layer(rules, marks).properties(width=WIDTH, height=190, title="A. Expected and counted")


def _shown(systems) -> list[int]:
    """The largest of each family, by its zeros, and what is given."""
    family, neutral = systems["family"].values, systems["neutral"].values
    places = [np.flatnonzero(family == name) for name in FAMILIES if name != "given"]
    largest = [int(own[np.argmax(neutral[own])]) for own in places if len(own)]
    return largest + [int(place) for place in np.flatnonzero(family == "given")]


def _spectra(systems):
    records, zeros = [], []
    for place in _shown(systems):
        one = systems.isel(system=place)
        name, family = one["system"].item(), FAMILIES[one["family"].item()][0]
        values = one["exponent"].values
        for value in values[np.isfinite(values)]:
            records.append({"system": name, "family": family, "exponent": value})
        zeros.append({"system": name, "count": f"{int(one['near_zero'])} at 0", "exponent": 0.0})
    names = [zero["system"] for zero in zeros]
    least = min(record["exponent"] for record in records)
    y = alt.Y("system:N", sort=names, title=None, axis=alt.Axis(grid=False, labelLimit=150))
    x = alt.X(
        "exponent:Q",
        title="Lyapunov exponents (per unit time)",
        scale=alt.Scale(domain=[1.08 * least, -0.22 * least], nice=False),
        axis=alt.Axis(values=[float(value) for value in range(int(np.floor(least)), 1)], format="~g", grid=False),
    )
    colour, shape = _family()
    marks = alt.Chart(style.inline(records)).mark_point(filled=True, size=34, opacity=1)
    marks = marks.encode(x=x, y=y, color=colour, shape=shape, tooltip=["system:N", "exponent:Q"])
    text = alt.Chart(style.inline(zeros)).mark_text(align="left", dx=8, fontSize=11, color="#222222")
    text = text.encode(x=x, y=y, text="count:N")
    rule = alt.Chart(style.inline([{"exponent": 0}])).mark_rule(color="#BBBBBB").encode(x="exponent:Q")
    chart = alt.layer(rule, marks, text)
    return chart.properties(width=WIDTH, height=26 * len(names), title="B. Spectra, largest of each family")
