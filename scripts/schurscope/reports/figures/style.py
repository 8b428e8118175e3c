"""What all figures share: colours and shapes that survive grey print and colour blindness, labels, marks, files.

Blue, red and yellow are sectors and nothing else; whatever else has a colour is purple, green or grey.
"""

import math
import os
from pathlib import Path

import altair as alt
import vl_convert

from schurscope.reports.figures import paper_size
from schurscope.reports.figures.web_page import web_page
from schurscope.store.files import replacing, write_text

FONT = "Helvetica, Arial, sans-serif"
SECTOR_COLOURS = {"RR": "#004488", "CR": "#BB5566", "CC": "#DDAA33"}  # dark, middle, light: Tol's high-contrast set
SECTOR_SHAPES = {"RR": "circle", "CR": "square", "CC": "triangle-up"}
INK, GREY = "#222222", "#888888"
DARK, LIGHT = "#762A83", "#5AAE61"  # of a pair, also in grey: purple and green
CATEGORIES = (DARK, LIGHT, INK, "#C2A5CF", "#1B7837", "#A6A6A6", "#9970AB", "#A6DBA0")  # ColorBrewer's PRGn, and greys
CATEGORY_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke")
FLAGS = ("solved", "fragile cut", "not solved")  # what a single network's point says about itself
FLAG_SHAPES = ("circle", "diamond", "cross")
FLAG_COLOURS = ("#444444", "#FFFFFF", "#FFFFFF")
PNG_SCALE = 3


def categories(names, field: str, title: str | None = None, legend=alt.Undefined):
    """Colour and shape of what is neither a sector nor a number, with one legend."""

    def scale(values):
        return alt.Scale(domain=list(names), range=[values[i % len(values)] for i in range(len(names))])

    colour = alt.Color(f"{field}:N", scale=scale(CATEGORIES), title=title, legend=legend)
    return colour, alt.Shape(f"{field}:N", scale=scale(CATEGORY_SHAPES), title=title, legend=legend)


def inline(records: list[dict]) -> alt.InlineData:
    """Records as a chart's data; what is not finite becomes null."""
    return alt.InlineData(values=[{name: _plain(value) for name, value in record.items()} for record in records])


def _plain(value):
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def flag(network) -> str:
    """What to say of one network (a summary at one width, init, seed and alpha)."""
    if network["solved"] != 1:
        return "not solved"
    return "fragile cut" if network["fragile"] == 1 else "solved"


def count(n, of: int) -> str:
    """What to say of a mean over ``n`` of ``of`` networks, where the others have nothing to remove."""
    return "" if n == of else f"n = {int(n)}" if n else "empty"


def counts(means: list[dict], align: str = "center", **channels):
    """The words of ``count`` beside the means (their field ``count``), where they say something."""
    shown = alt.Chart(inline([mean for mean in means if mean["count"]]))
    text = shown.mark_text(fontSize=10, color="#444444", align=align)
    return text.encode(text="count:N", **channels)


def chosen(summary, alpha: float, **where):
    """A summary at one alpha (and width, init); its dimensions that are left keep their order."""
    return summary.sel(alpha=alpha, method="nearest", tolerance=1e-9).sel(where)


def networks_of(profile):
    """The networks of a profile (a summary at one width, init and alpha) that did not diverge, one by one."""
    return [profile.sel(seed=seed) for seed in profile["seed"].values if profile["status"].sel(seed=seed) == "ok"]


def remarks(profile) -> list[str]:
    """Lines for the head of a panel: how many networks, which cut, and what to beware of."""
    networks = networks_of(profile)
    flags = [flag(network) for network in networks]
    lines = [f"n = {len(networks)}, n_R = {', '.join(str(int(network['n_R'])) for network in networks)}"]
    warnings = []
    if int(profile["networks_diverged"]):
        warnings.append(f"{int(profile['networks_diverged'])} diverged")
    if int(profile["networks_unordered"]):
        warnings.append(f"{int(profile['networks_unordered'])} without Schur form")
    if "not solved" in flags:
        warnings.append(f"{flags.count('not solved')} of {len(flags)} not solved")
    fragile = sum(bool(network["fragile"] == 1) for network in networks)
    if fragile:
        warnings.append(f"cut fragile in {fragile} of {len(flags)}")
    if len(networks) < 3:
        warnings.append("few networks")
    return [*lines, "; ".join(warnings) or "all solved, cuts sound"]  # as many lines always: panels stand level


def network_shape():
    """Shape of a single network's point, with the legend that explains it."""
    scale = alt.Scale(domain=list(FLAGS), range=list(FLAG_SHAPES))
    return alt.Shape("flag:N", scale=scale, legend=alt.Legend(title="single network"))


def network_fill():
    """Fill of a single network's point: only a solved one with a sound cut is filled."""
    return alt.Fill(
        "flag:N",
        scale=alt.Scale(domain=list(FLAGS), range=list(FLAG_COLOURS)),
        legend=alt.Legend(title="single network"),
    )


def place_axis(labels: list[str], title: str | None = None, angle: float = 0):
    """A numeric x axis with a label at each whole number, so that points can stand beside one another."""
    names = "[" + ",".join(f"'{label}'" for label in labels) + "]"
    return alt.X(
        "place:Q",
        title=title,
        scale=alt.Scale(domain=[-0.5, len(labels) - 0.5], nice=False),
        axis=alt.Axis(
            values=list(range(len(labels))),
            labelExpr=f"{names}[datum.value]",
            grid=False,
            labelAngle=angle,
            labelOverlap=False,
        ),
    )


def beside(position: int, count: int, room: float = 0.3) -> float:
    """Where the position-th of ``count`` points stands beside its place, within +-room/2."""
    return room * (position - (count - 1) / 2) / max(count - 1, 1)


def circle(radius: float, dash: list[int], x, y):
    """A circle about 0 in the complex plane; the channels ``x`` and ``y`` are those of the fields re and im."""
    angles = [2 * math.pi * i / 120 for i in range(121)]
    records = [{"re": radius * math.cos(a), "im": radius * math.sin(a), "step": i} for i, a in enumerate(angles)]
    line = alt.Chart(inline(records)).mark_line(color=GREY, strokeWidth=1, strokeDash=dash)
    return line.encode(x=x, y=y, order="step:Q")


def styled(chart, title: str, subtitle: list[str] | str = ()):
    """The finished chart: title, fonts, sizes. Set in place, because Altair's configure_... copy the whole chart."""
    lines = [subtitle] if isinstance(subtitle, str) else list(subtitle)
    chart.title = alt.TitleParams(title, subtitle=lines, anchor="start", offset=12)
    chart.config = alt.Config(
        font=FONT,
        background="white",
        padding=10,
        axis=alt.AxisConfig(labelFontSize=11, titleFontSize=12, gridColor="#E6E6E6", domainColor="#444444"),
        legend=alt.LegendConfig(
            labelFontSize=11, titleFontSize=11, symbolStrokeWidth=1.5, symbolOpacity=1, labelLimit=300
        ),
        title=alt.TitleConfig(fontSize=14, subtitleFontSize=11, subtitleColor="#444444"),
        header=alt.HeaderConfig(labelFontSize=12, titleFontSize=12),
        view=alt.ViewConfig(stroke="#BBBBBB"),
    )
    return chart


def save(chart, html, svg, png, shared=None, sizes=()) -> None:
    """Write a chart as a page and as pictures.

    ``shared``: the file with Vega that pages take it from (web_page); None: the page holds it. ``sizes``: of
    paper_size.WIDTHS; each is an SVG more, beside ``svg``.
    """
    spec = chart.to_dict()
    drawn = vl_convert.vegalite_to_svg(spec)
    beside = None if shared is None else Path(os.path.relpath(shared, Path(html).parent)).as_posix()
    write_text(html, web_page(spec, chart.title.text, drawn, beside))
    write_text(svg, drawn)
    for size in sizes:
        write_text(Path(svg).with_name(f"{Path(svg).stem}_{size}.svg"), paper_size.drawn(spec, size))
    with replacing(png) as part:
        part.write_bytes(vl_convert.svg_to_png(drawn, scale=PNG_SCALE))
