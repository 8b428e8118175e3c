"""A sector's effect among the effects of random changes of the same size."""

import altair as alt
import numpy as np

from schurscope.analyses.ablation import LEAST_MASS
from schurscope.reports.figures import style
from schurscope.reports.figures.analyses import rows
from schurscope.schur.form import SECTORS

COLOURS, SHAPES = ("#004488", "#BB5566", "#DDAA33"), ("circle", "square", "triangle-up")


def draw(datasets, settings):
    """Percentile of each sector's effect among the draws of each control."""
    controls = [str(control) for control in datasets["diagnostic"][0]["control"].values]
    records = []
    for row, one in rows.networks(datasets["diagnostic"]):
        for sector in SECTORS:
            at = one.sel(sector=sector)
            if not at["removed_mass"] >= LEAST_MASS:
                continue
            for control in controls:
                drawn = at["control_effect"].sel(control=control).values
                values = {"percentile": at["percentile"].sel(control=control), "effect": at["effect"]}
                median = np.median(drawn[np.isfinite(drawn)]) if np.isfinite(drawn).any() else np.nan
                seed = str(int(one["seed"]))
                records.append(
                    {"row": row, "sector": sector, "seed": seed, "control": control, "median": median, **values}
                )
    colour = alt.Color(
        "control:N", sort=controls, scale=alt.Scale(domain=controls, range=COLOURS), title="same norm, as"
    )
    shape = alt.Shape("control:N", sort=controls, scale=alt.Scale(domain=controls, range=SHAPES), title="same norm, as")

    def panel(part, y):
        x = alt.X("percentile:Q", scale=alt.Scale(domain=[-4, 104], nice=False), title="percentile of the effect")
        x.axis = alt.Axis(values=[0, 25, 50, 75, 100])
        return (
            alt.Chart(style.inline(part))
            .mark_point(size=26, strokeWidth=1.3, opacity=1)
            .encode(
                x=x,
                y=y,
                yOffset=rows.offset(),
                color=colour,
                shape=shape,
                tooltip=["row:N", "seed:N", "control:N", "percentile:Q", "effect:Q", "median:Q"],
            )
        )

    draws = datasets["diagnostic"][0].sizes["draw"]
    subtitle = [
        f"α = {settings['alpha']:g}; {draws} draws of each control. 100: the sector costs more than every draw of its",
        "size; 0: less than every draw. No point: the sector is empty.",
    ]
    chart = rows.by_sector(records, rows.order(datasets["diagnostic"]), panel)
    return style.styled(chart, "Is a sector's effect more than what any removal of that size does?", subtitle)
