"""Three things to report of a circle cell (Mo 2026, Fig. A6, and the drift): error, exponent, drift."""

import altair as alt

from schurscope.reports import path_tables
from schurscope.reports.figures import style
from schurscope.reports.figures.neutral_task import COLOURS

CATEGORY, CALLED = "Neutral modes", "symmetry of trained cells"
CAPTION = (
    "Equivariance error of a step (192 tests, states and inputs N(0, 1)), group-tangent exponent without input over 16"
    " units of time, angle of the group's tangent to the leading direction after 64 steps, and drift of the phase"
    " without input. A zero exponent is not memory: the free cell drifts."
)
LEAST = 1e-17
MEASURES = {
    "error in float32": (lambda one: one["error_step"].sel(precision="float32"), [1e-17, 1]),
    "error in float64": (lambda one: one["error_step"].sel(precision="float64"), [1e-17, 1]),
    "|group exponent|": (lambda one: abs(one["group_exponent"].sel(input="zero")), [1e-17, 1]),
    "angle (degrees)": (lambda one: one["angle"].sel(input="zero"), [1e-15, 100]),
    "drift (rad / time)": (lambda one: one["drift_largest"], [1e-17, 1]),
}


def draw(datasets, settings):
    """A panel a measure, a row a model, every network a point; less than 1e-17 is drawn there."""
    cells = datasets["neutral_cells"][0]
    shown = [path_tables.CALLED[model] for model in cells["model"].values]
    colour = alt.Color("model:N", scale=alt.Scale(domain=shown, range=[COLOURS[name] for name in shown]), legend=None)
    panels = []
    for place, (title, (measure, domain)) in enumerate(MEASURES.items()):
        records = [
            {
                "model": path_tables.CALLED[model],
                "seed": str(int(seed)),
                "value": max(float(measure(cells.sel(model=model, seed=seed))), domain[0]),
            }
            for model in cells["model"].values
            for seed in cells["seed"].values
        ]
        axis = alt.Axis(labels=place == 0, ticks=place == 0, labelLimit=200)
        x_axis = alt.Axis(format=".0e", values=[1e-15, 1e-10, 1e-5, 1])
        panels.append(
            alt.Chart(style.inline(records))
            .mark_point(filled=True, size=24, opacity=1)
            .encode(
                x=alt.X("value:Q", title=title, scale=alt.Scale(type="log", domain=domain, nice=False), axis=x_axis),
                y=alt.Y("model:N", sort=shown, title=None, axis=axis),
                yOffset=alt.YOffset("seed:N", sort="ascending"),
                color=colour,
                tooltip=["model:N", "seed:N", "value:Q"],
            )
            .properties(width=150, height=45 * len(shown))
        )
    subtitle = [
        f"{cells.sizes['seed']} networks of each model, without input; less than 1e−17 (angle: 1e−15) is drawn there.",
        "Free cells are as equivariant as pinned ones, and drift.",
    ]
    return style.styled(alt.hconcat(*panels, spacing=12), "Symmetry, exponent, drift", subtitle)
