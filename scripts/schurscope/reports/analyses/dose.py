"""The report on dose and response: the effect of removing a share of a sector."""

import altair as alt
import numpy as np
import pandas as pd

from schurscope.metrics import make_metric
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.analyses.shares import SMALL, by_task, percent, solved, spread
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.reports.networks import networks
from schurscope.schur.form import SECTORS

QUESTION = "What does a part of a coupling cost?"
COLUMNS = {
    "effect_of_half_dose": lambda d: np.interp(0.5, d["dose"].values, d["effect"].values),
    "effect_of_whole_dose": lambda d: d["effect"].isel(dose=-1),
    "fvu_slope_at_dose_0": lambda d: d["slope"],
}
NOTHING = f"no solved network loses more than {SMALL:g} with a sector"
DASHES = {0: [1, 0], 1: [6, 3], 2: [2, 2], 3: [8, 2, 2, 2]}
FLAT = 0.1  # the least end of an axis: ten times what counts as a loss


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, sector): what half of it costs of what the whole costs, over networks that lose something."""
    part = solved(table)
    part = part[part["effect_of_whole_dose"] > SMALL]
    rows = []
    for (task, sector), own in part.groupby(["task", "sector"], sort=False):
        rows.append({"task": task, "sector": sector} | spread(own["effect_of_half_dose"] / own["effect_of_whole_dose"]))
    return pd.DataFrame(rows)


def answer(rows, alpha) -> str:
    return (
        f"Halving every coupling of a sector costs so much of what removing them costs, at α = {alpha:g} (median and"
        f" range over solved networks that lose more than {SMALL:g}): {by_task(rows, percent)}. 50 % would be"
        " proportional; less means that the first half is the cheaper one."
    )


def draw(datasets, settings):
    """A row a task, a panel a sector; each network of the largest width a line. A row has one axis, down to FLAT."""
    names = list(dict.fromkeys(init_name(i) for d in datasets["diagnostic"] for i in d["init"].values))
    legend = "construction"
    colour, _ = style.categories(names, "init", legend)
    dash = alt.StrokeDash(
        "init:N", scale=alt.Scale(domain=names, range=[DASHES[i % 4] for i in range(len(names))]), title=legend
    )
    charts = []
    for dataset in datasets["diagnostic"]:
        widest = dataset.sel(width=[dataset["width"].values.max()])
        records = [
            {
                "sector": sector,
                "network": f"{one['init'].item()} {int(one['seed'])}",
                "init": init_name(one["init"].item()),
                "dose": at,
                "effect": float(effect),
            }
            for one in networks([widest])
            for sector in SECTORS
            if one["removed_mass"].sel(sector=sector).isel(dose=-1) >= LEAST_MASS
            for at, effect in zip(one["dose"].values, one["effect"].sel(sector=sector).values, strict=True)
        ]
        effects = [record["effect"] for record in records if np.isfinite(record["effect"])]
        scale = alt.Scale(domain=[min([0.0, *effects]), max([FLAT, *effects])], nice=False, padding=4)
        head = f"{dataset['task'].item()}, N = {widest['width'].values[0]}"
        panels = []
        for i, sector in enumerate(SECTORS):
            title = [head, make_metric(dataset.attrs["metric"]).lost_label] if i == 0 else None
            axis = alt.Axis(tickCount=4, labels=i == 0, ticks=i == 0)
            lines = alt.Chart(style.inline([r for r in records if r["sector"] == sector])).mark_line(strokeWidth=1.3)
            panels.append(
                lines.encode(
                    x=alt.X("dose:Q", title=f"share of T_{sector} removed", axis=alt.Axis(values=[0, 0.5, 1])),
                    y=alt.Y("effect:Q", title=title, axis=axis, scale=scale),
                    color=colour,
                    strokeDash=dash,
                    detail="network:N",
                    tooltip=["network:N", "dose:Q", "effect:Q"],
                ).properties(width=220, height=120, title=f"−{sector}")
            )
        charts.append(alt.hconcat(*panels, spacing=15))
    subtitle = [
        f"T − s T_S for s from 0 to 1, cut at α = {settings['alpha']:g}; one line a network of the largest width (none:"
        " the sector is empty).",
        f"Panels of a task share their axis, which goes to {FLAT:g} at least: what stays flat costs nothing.",
    ]
    return style.styled(alt.vconcat(*charts, spacing=15), "Dose and response", subtitle)
