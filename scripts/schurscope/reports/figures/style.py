"""What all figures share: colours and shapes that survive grey print and colour blindness, labels, marks, files."""

import math

import altair as alt
import vl_convert

from schurscope.reports.figures.web_page import web_page
from schurscope.store.files import replacing, write_text

FONT = "Helvetica, Arial, sans-serif"
SECTOR_COLOURS = {"RR": "#004488", "CR": "#BB5566", "CC": "#DDAA33"}  # dark, middle, light: Tol's high-contrast set
SECTOR_SHAPES = {"RR": "circle", "CR": "square", "CC": "triangle-up"}
GREY = "#888888"
FLAGS = ("solved", "fragile cut", "not solved")  # what a single network's point says about itself
FLAG_SHAPES = ("circle", "diamond", "cross")
FLAG_COLOURS = ("#444444", "#FFFFFF", "#FFFFFF")
PNG_SCALE = 3


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


def counts(means: list[dict], **channels):
    """The words of ``count`` beside the means (their field ``count``), where they say something."""
    text = alt.Chart(inline([mean for mean in means if mean["count"]])).mark_text(fontSize=10, color="#444444")
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


def save(chart, html: str, svg: str, png: str) -> None:
    """Write a chart as a self-contained page and as pictures."""
    spec = chart.to_dict()
    drawn = vl_convert.vegalite_to_svg(spec)
    write_text(html, web_page(spec, chart.title.text))
    write_text(svg, drawn)
    with replacing(png) as part:
        part.write_bytes(vl_convert.svg_to_png(drawn, scale=PNG_SCALE))
