"""Fisher memory curves of one network: linear, along its trajectories, and the most that its norm allows."""

import altair as alt

from schurscope.reports.figures import style

LEAST = 1e-6  # less is not drawn
LINEAR, ALONG, MOST = "linear network", "along trajectories", "delay line of the same gain"
COLOURS = {LINEAR: style.DARK, ALONG: style.LIGHT, MOST: style.GREY}
DASHES = {LINEAR: [1, 0], ALONG: [6, 3], MOST: [2, 2]}
CURVES, TOTALS = {"memory": LINEAR, "along": ALONG}, {"memory": "total", "along": "along_total"}


def draw(datasets, settings):
    """Information over steps since the signal; ``datasets``: the fisher_memory dataset of one network."""
    memory = datasets["fisher_memory"][0].isel(seed=0)
    records, single, totals = [], [], []
    for name, curve in CURVES.items():
        if name in memory and memory[name].notnull().any():
            records += _points(memory[name], {"curve": curve})
            totals.append(f"J_tot {float(memory[TOTALS[name]]):.3g} ({curve})")
    last = max((record["lag"] for record in records), default=0)
    records += _points(memory["optimum"].sel(lag=slice(0, last)), {"curve": MOST})
    if "along_trial" in memory:
        for trial, one in enumerate(memory["along_trial"]):
            single += _points(one, {"curve": ALONG, "trial": trial})
    shown = [curve for curve in COLOURS if any(record["curve"] == curve for record in records)]
    x = alt.X("lag:Q", title="steps since the signal", axis=alt.Axis(grid=False, tickMinStep=1))
    y = alt.Y(
        "value:Q",
        title="Fisher memory J (log scale)",
        scale=alt.Scale(type="log"),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    ranges = ([which[curve] for curve in shown] for which in (COLOURS, DASHES))
    colours, dashes = (alt.Scale(domain=shown, range=values) for values in ranges)
    means = alt.Chart(style.inline(records)).mark_line(strokeWidth=2)
    means = means.encode(
        x=x,
        y=y,
        color=alt.Color("curve:N", scale=colours, title=None),
        strokeDash=alt.StrokeDash("curve:N", scale=dashes, title=None),
        tooltip=["curve:N", "lag:Q", "value:Q"],
    )
    layers = [means]
    if single:
        trials = alt.Chart(style.inline(single)).mark_line(strokeWidth=0.7, opacity=0.35, color=COLOURS[ALONG])
        layers.insert(0, trials.encode(x=x, y=y, detail="trial:N"))
    said = [f"{'; '.join(totals)}; at most {memory.attrs['units']}." if totals else "No curve converges."]
    if memory["memory"].isnull().all():
        radius = float(memory["spectral_radius"])
        said.append(f"No curve of the linear network: its spectral radius is {radius:.4g}, and must be below 1.")
    if single:
        said.append(f"Thin: each of {memory.attrs['trials']} trials, at its last step; thick: their mean.")
    said.append("Signals enter along each column of W_xh, scaled to norm 1 (mean). Less than 1e-6 is not drawn.")
    chart = alt.layer(*layers).properties(width=460, height=300)
    return style.styled(chart, f"What {memory['task'].item()} knows of its past", said)


def _points(curve, more: dict) -> list[dict]:
    pairs = zip(curve["lag"].values.tolist(), curve.values.tolist(), strict=True)
    return [more | {"lag": lag, "value": value} for lag, value in pairs if value >= LEAST]
