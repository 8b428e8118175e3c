"""What an ablation costs with the old readout and with a new one."""

import altair as alt

from schurscope.analyses.ablation import LEAST_MASS
from schurscope.reports.figures import style
from schurscope.reports.figures.analyses import rows
from schurscope.schur.form import SECTORS

READOUTS = ("old readout", "new readout")


def draw(datasets, settings):
    """Two points a network and sector, joined: the loss with the old and with a new readout."""
    records = []
    for row, one in rows.networks(datasets["diagnostic"]):
        for sector in SECTORS:
            at = one.sel(sector=sector)
            if not at["removed_mass"] >= LEAST_MASS:
                continue
            both = {"lost": float(at["lost"]), "refit": float(at["lost_refit"]), "recovered": at["recovered"]}
            records.append({"row": row, "sector": sector, "seed": str(int(one["seed"])), **both})

    def panel(part, y):
        base = alt.Chart(style.inline(part)).encode(y=y, yOffset=rows.offset())
        x = alt.X("lost:Q", scale=rows.EFFECT, axis=rows.EFFECT_AXIS, title="lost accuracy or ΔFVU")
        lines = base.mark_rule(color=style.GREY).encode(x=x, x2="refit:Q")
        fill = alt.Scale(domain=list(READOUTS), range=["#FFFFFF", "#004488"])
        tooltip = ["row:N", "seed:N", "lost:Q", "refit:Q", "recovered:Q"]
        points = [
            base.transform_calculate(readout=f"'{name}'")
            .mark_point(size=26, stroke="#004488", opacity=1, strokeWidth=1.2)
            .encode(
                x=alt.X(f"{field}:Q", scale=rows.EFFECT),
                fill=alt.Fill("readout:N", scale=fill, title=None),
                tooltip=tooltip,
            )
            for name, field in zip(READOUTS, ("lost", "refit"), strict=True)
        ]
        return lines + points[0] + points[1]

    subtitle = [
        f"α = {settings['alpha']:g}; new readouts: ridge regression on half of the trials, scored on the other half,",
        "beside a new readout of the intact network. Far apart: the information is only moved; together: it is gone.",
        "No points: the sector is empty.",
    ]
    chart = rows.by_sector(records, rows.order(datasets["diagnostic"]), panel)
    return style.styled(chart, "Is the information gone, or only moved?", subtitle)
