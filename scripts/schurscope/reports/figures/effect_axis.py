"""One axis for what removals cost, shared by all panels that show it: one unit, zero in one place, and it says so where
it is not linear."""

import math

import altair as alt

from schurscope.metrics import make_metric

LINEAR = 0.01  # of ΔFVU: below it the axis is linear, above it logarithmic
NOTHING = 1e-3  # a value closer to 0 below it gets no negative axis
TICKS = (-10, -1, -0.1, -0.01, 0, 0.01, 0.1, 1, 10, 100)


def effect_axis(values, metric: str):
    """field -> X channel. ``values``: all that stands on the axis; ``metric``: of the tasks that it is about."""
    metric = make_metric(metric)
    there = [float(value) for value in values if math.isfinite(value)]
    low = min(there, default=0.0)
    low, high = (low if low < -NOTHING else 0.0), max([*there, 10 * NOTHING])
    if metric.higher_is_better:
        title, kind = metric.lost_label, {}
        axis = alt.Axis(tickCount=4, format="~g")
    else:
        title, kind = f"{metric.lost_label} (logarithmic above {LINEAR:g})", {"type": "symlog", "constant": LINEAR}
        shown = [tick for tick in TICKS if low <= tick <= high]
        axis = alt.Axis(
            values=shown if len(shown) < 6 else [tick for tick in shown if abs(tick) != LINEAR], format="~g"
        )
    scale = alt.Scale(domain=[low, high], nice=False, padding=8, zero=False, **kind)
    return lambda field, **more: alt.X(f"{field}:Q", scale=scale, axis=axis, title=title, **more)
