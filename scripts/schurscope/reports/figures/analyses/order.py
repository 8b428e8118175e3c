"""The effect of removing a sector, and how far it moves with the order of blocks inside R and C."""

import altair as alt
import numpy as np

from schurscope.analyses.ablation import LEAST_MASS
from schurscope.reports.figures import style
from schurscope.reports.figures.analyses import rows
from schurscope.schur.form import SECTORS


def draw(datasets, settings):
    """Bars: smallest to largest effect over random orders; points: the effect in order of modulus."""
    records = []
    for row, one in rows.networks(datasets["diagnostic"]):
        one = style.chosen(one, settings["alpha"])
        for sector in SECTORS:
            if not one["removed_mass"].sel(sector=sector) >= LEAST_MASS:
                continue
            spread = one["reordered_effect"].sel(sector=sector).values
            spread = spread[np.isfinite(spread)] if np.isfinite(spread).any() else [np.nan]
            values = {"effect": one["effect"].sel(sector=sector), "low": min(spread), "high": max(spread)}
            records.append({"row": row, "sector": sector, "seed": str(int(one["seed"])), **values})

    def panel(part, y):
        base = alt.Chart(style.inline(part)).encode(y=y, yOffset=rows.offset())
        bars = base.mark_rule(strokeWidth=5, color="#BBBBBB").encode(
            x=alt.X("low:Q", scale=rows.EFFECT, axis=rows.EFFECT_AXIS, title="lost accuracy or ΔFVU"), x2="high:Q"
        )
        colour = style.SECTOR_COLOURS[part[0]["sector"]] if part else "black"
        points = base.mark_point(size=22, filled=True, color=colour, opacity=1).encode(
            x="effect:Q", tooltip=["row:N", "seed:N", "effect:Q", "low:Q", "high:Q"]
        )
        return bars + points

    draws = datasets["diagnostic"][0].sizes["draw"]
    subtitle = (
        f"α = {settings['alpha']:g}; points: blocks in order of modulus; grey: range over {draws} random orders."
        " No point: the sector is empty."
    )
    chart = rows.by_sector(records, rows.order(datasets["diagnostic"]), panel)
    return style.styled(chart, "Does the effect depend on the order of blocks within a sector?", subtitle)
