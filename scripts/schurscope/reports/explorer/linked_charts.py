"""The explorer's charts: Vega-Lite whose data and signals the page's script fills; what they show is said there."""

import altair as alt

from schurscope.reports.figures import style

INK, PALE, OTHERS, CHANGED = "#1D2330", "#B4BAC4", "#AEB6C1", "#00806F"  # chosen; target; others; after the removal
SERIES = {"target": PALE, "intact": INK, "ablated": CHANGED}


def specs() -> dict[str, dict]:
    """Name -> specification."""
    return {"spectrum": _spectrum(), "curve": _curve(), "traces": _traces()}


def _spectrum() -> dict:
    """Modes in the complex plane and the cut. Data: modes (re, im, modulus, name), places (re, im, count).

    Signals: ``cut`` (radius), ``rho``.
    """
    reach = _scale("-1.13 * rho", "1.13 * rho")
    axis = {"scale": reach, "axis": alt.Axis(tickCount=5, grid=False)}
    x, y = alt.X("re:Q", title="real part", **axis), alt.Y("im:Q", title="imaginary part", **axis)
    turn = alt.Chart(alt.SequenceGenerator({"start": 0, "stop": 6.2832, "step": 0.0523, "as": "angle"}))

    def ring(radius: str, **mark):
        ends = {"re": f"{radius} * cos(datum.angle)", "im": f"{radius} * sin(datum.angle)"}
        return turn.transform_calculate(**ends).mark_line(**mark).encode(x=x, y=y, order="angle:Q")

    inside = "datum.modulus >= cut * (1 - 1e-9)"
    points = (
        alt.Chart(alt.NamedData("modes"))
        .transform_calculate(part=f"{inside} ? 'R' : 'C'")
        .mark_circle(size=42, strokeWidth=1.2, opacity=1)
        .encode(
            x=x,
            y=y,
            stroke=alt.value(INK),
            fill=alt.condition(inside, alt.value(INK), alt.value("white")),
            tooltip=[alt.Tooltip("name:N", title="mode"), alt.Tooltip("modulus:Q", format=".4f"), "part:N"],
        )
    )
    counts = alt.Chart(alt.NamedData("places")).encode(x=x, y=y, text="count:Q")
    text = {"dx": 9, "dy": -9, "fontSize": 12, "fontWeight": "bold"}
    numbers = counts.mark_text(stroke="white", strokeWidth=3, **text) + counts.mark_text(color=INK, **text)
    cut = ring("cut", color=INK, strokeWidth=2.5)
    chart = ring("rho", color=PALE, strokeWidth=1, strokeDash=[3, 3]) + cut + points + numbers
    return _spec(chart.add_params(alt.param("cut", value=0.9), alt.param("rho", value=1)), width=300, height=300)


def _curve() -> dict:
    """Cost against the cut. Data: others, own (at, cost, who), controls (at, low, high, place, kind), now (at, cost).

    Signals: ``low`` and ``high`` (of the axis), ``floor`` and ``top`` (of the cost), ``at``, ``called``, ``costs``,
    ``hue``.
    """
    x_scale = _scale("low", "high")
    y_scale = _scale("floor", "top")
    x = alt.X("at:Q", scale=x_scale, title=None, axis=alt.Axis(tickCount=5, grid=False, labelFlush=True))
    y = alt.Y("cost:Q", scale=y_scale, title=None, axis=alt.Axis(tickCount=5))
    step = {"interpolate": "step-before", "clip": True}
    tooltip = [
        alt.Tooltip("who:N", title="network"),
        alt.Tooltip("said:N", title="cut"),
        alt.Tooltip("cost:Q", format=".3g"),
    ]
    others = alt.Chart(alt.NamedData("others")).mark_line(color=OTHERS, strokeWidth=1.4, **step)
    others = others.encode(x=x, y=y, detail="who:N", tooltip=tooltip, order="at:Q")
    own = alt.Chart(alt.NamedData("own")).encode(x=x, y=y, order="at:Q")
    line = own.mark_line(strokeWidth=3, color=alt.ExprRef("hue"), **step)
    steps = own.mark_point(size=90, opacity=0).encode(tooltip=tooltip)
    random = alt.Chart(alt.NamedData("controls")).encode(x=x, y=alt.Y("low:Q", scale=y_scale))
    bars = random.mark_bar(
        width=5, xOffset=alt.ExprRef("7 * datum.place"), color="#5F6875", opacity=0.65, clip=True
    ).encode(
        y2="high:Q",
        tooltip=[
            alt.Tooltip("kind:N", title="random"),
            alt.Tooltip("low:Q", format=".3g"),
            alt.Tooltip("high:Q", format=".3g"),
        ],
    )
    now = alt.Chart(alt.NamedData("now")).encode(x=x)
    rule = now.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 3])
    here = now.mark_circle(size=110, color=alt.ExprRef("hue"), opacity=1, stroke="white", strokeWidth=1.5).encode(y=y)
    zero = alt.Chart(style.inline([{"cost": 0}])).mark_rule(color=INK, strokeWidth=0.6).encode(y=y)
    start = {"low": 0, "high": 1, "floor": -0.05, "top": 1, "hue": INK}
    chart = zero + others + bars + line + steps + rule + here
    return _spec(chart.add_params(*(alt.param(n, value=v) for n, v in start.items())), width=300, height=300)


def _traces() -> dict:
    """Outputs of one trial, a channel above the other. Data: target, intact, ablated (step, channel, level), scored.

    ``level``: minus the place of the channel, plus the output in spans. Signals: ``channels``, ``middle``, ``span``,
    ``room`` (spans over the range of the targets), ``steps``.
    """
    x_scale = _scale("0", "steps")
    y_scale = _scale("0.4 - channels", "0.6")
    label = "channels > 1 ? format(1 - datum.value, 'd') : format(middle + datum.value * span, '.2~f')"
    ticks = alt.ExprRef("channels > 1 ? sequence(0, -channels, -1) : [-0.5 / room, 0, 0.5 / room]")
    x = alt.X("step:Q", scale=x_scale, title="step", axis=alt.Axis(tickCount=5, grid=False))
    y = alt.Y(
        "level:Q",
        scale=y_scale,
        title="output",
        axis=alt.Axis(values=ticks, labelExpr=label, grid=False, titlePadding=9),
    )
    scored = (
        alt.Chart(alt.NamedData("scored"))
        .mark_rect(color="#F1F3F6")
        .encode(x=alt.X("from:Q", scale=x_scale), x2="to:Q")
    )
    widths = {"target": 3.2, "intact": 1.1, "ablated": 1.5}
    lines = [
        alt.Chart(alt.NamedData(name))
        .mark_line(color=colour, strokeWidth=widths[name], clip=True, interpolate="linear")
        .encode(x=x, y=y, detail="channel:N", order="step:Q")
        for name, colour in SERIES.items()
    ]
    chart = alt.layer(scored, *lines)
    start = {"channels": 1, "middle": 0, "span": 1, "room": 1, "steps": 10}
    return _spec(chart.add_params(*(alt.param(n, value=v) for n, v in start.items())), width=300, height=160)


def _scale(low: str, high: str):
    """A scale from signals; what lies outside is drawn at its ends."""
    return alt.Scale(domain=alt.ExprRef(f"[{low}, {high}]"), nice=False, zero=False, clamp=True)


def _spec(chart, width: int, height: int) -> dict:
    chart = style.styled(chart.properties(width=width, height=height), "")
    chart.title = alt.Undefined
    chart.config.padding = 4
    return chart.to_dict()
