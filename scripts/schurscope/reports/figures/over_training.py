"""The profile of several networks of one size, over training where their files say the step."""

import math

import altair as alt

from schurscope.metrics import make_metric
from schurscope.reports.figures import style
from schurscope.reports.labels import removed_name
from schurscope.stages.flags import without_empty

SHOWN = ("none", "RR", "CR", "CC")
COLOURS = ("#000000", *style.SECTOR_COLOURS.values())
SHAPES = ("diamond", *style.SECTOR_SHAPES.values())
LEAST = 1e-8  # a smaller FVU or mass is drawn as this


def draw(profiles, settings):
    """Left, the metric of the intact network and without each sector; right, the sectors' share of the norm of T.

    ``profiles``: one_network.together; ``settings``: alpha.
    """
    at = without_empty(profiles.sel(alpha=settings["alpha"]))
    metric = make_metric(profiles.attrs["metric"])
    over = (
        [int(step) for step in profiles["step"].values]
        if "step" in profiles.coords
        else list(range(at.sizes["network"]))
    )
    effects, masses = [], []
    for place, name in zip(over, at["network"].values, strict=True):
        one = at.sel(network=name)
        common = {"place": place, "network": str(name), "n_R": one["n_R"]}
        for removed in SHOWN:
            value = float(one[metric.name].sel(removed=removed))
            value = value if metric.higher_is_better or not math.isfinite(value) else max(value, LEAST)
            effects.append(common | {"removed": removed_name(removed), "value": value})
        for sector in SHOWN[1:]:
            share = max(float(one["mass"].sel(sector=sector)), LEAST)
            masses.append(common | {"removed": removed_name(sector), "value": share})
    scale = alt.Scale(zero=False) if metric.higher_is_better else alt.Scale(type="log")
    title = metric.label if metric.higher_is_better else f"{metric.label} (log scale)"
    axis = "step of training" if "step" in profiles.coords else "network, in the order of the files"
    left, right = (
        _panel(effects, axis, title, scale),
        _panel(masses, axis, "share of the norm of T", alt.Scale(zero=True)),
    )
    subtitle = (
        f"{len(over)} networks; cut at α = {settings['alpha']:g}. −RR: without T_RR. No point: nothing is removed."
    )
    lines = [f"Warning: {profiles.attrs['warning']}."] if "warning" in profiles.attrs else []
    return style.styled(left | right, "What is lost without each sector, network by network", [*lines, subtitle])


def _panel(records, axis, title, scale):
    names = [removed_name(removed) for removed in SHOWN]
    colour = alt.Color("removed:N", scale=alt.Scale(domain=names, range=list(COLOURS)), title="removed")
    shape = alt.Shape("removed:N", scale=alt.Scale(domain=names, range=list(SHAPES)), title="removed")
    x = alt.X("place:Q", title=axis, axis=alt.Axis(tickCount=6, format="~s", tickMinStep=1))
    base = alt.Chart(style.inline(records)).encode(
        x=x,
        y=alt.Y("value:Q", title=title, scale=scale),
        color=colour,
        tooltip=["network:N", "removed:N", "value:Q", "n_R:Q"],
    )
    return (
        base.mark_line(strokeWidth=1) + base.mark_point(size=22, filled=True, opacity=1).encode(shape=shape)
    ).properties(width=340, height=260)
