"""The Lyapunov spectrum of one network: exponents by rank."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style


def draw(datasets, settings):
    """``datasets``: the spectrum dataset of one network (stages.spectrum)."""
    spectrum = datasets["spectrum"][0]
    steps, trials = int(spectrum.attrs["steps"]), int(spectrum.attrs["trials"])
    off = spectrum["spread" if trials > 1 else "convergence"].values
    records = [
        {"rank": int(rank), "exponent": value, "low": value - around, "high": value + around}
        for rank, value, around in zip(spectrum["rank"].values, spectrum["exponent"].values, off, strict=True)
        if np.isfinite(value)
    ]
    base = alt.Chart(style.inline(records)).encode(
        x=alt.X("rank:Q", title="rank", axis=alt.Axis(grid=False, tickMinStep=1), scale=alt.Scale(zero=False))
    )
    y = alt.Y("exponent:Q", title="Lyapunov exponent (nats a step)")
    points = base.mark_point(filled=True, size=22, opacity=1, color="#222222")
    points = points.encode(y=y, tooltip=["rank:Q", "exponent:Q", "low:Q", "high:Q"])
    bars = base.mark_rule(color=style.GREY).encode(y=alt.Y("low:Q"), y2="high:Q")
    zero = alt.Chart(style.inline([{"zero": 0}])).mark_rule(color=style.GREY, strokeDash=[4, 3]).encode(y="zero:Q")
    lost = spectrum.sizes["rank"] - len(records)
    said = [
        f"Along {trials} trials, {steps} steps of each; bars: standard deviation over trials."
        if spectrum.attrs["driven"]
        else f"The network by itself, {steps:,} steps; bars: how far the first half of them is off.",
        f"{int(round(float(spectrum['near_zero'])))} within 3 / steps of 0."
        + (f" {lost} directions are lost in one step (−inf), and not drawn." if lost else ""),
    ]
    chart = alt.layer(zero, bars, points).properties(width=460, height=300)
    return style.styled(chart, f"Time scales of {spectrum['task'].item()}", said)
