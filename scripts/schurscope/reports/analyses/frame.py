"""The frame of a diagnostic's figure: a row a (task, width, construction), a panel a sector."""

import altair as alt

from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports import networks as every
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.schur.form import SECTORS

ROW, WIDTH = 22, 230  # pixels
EFFECT = alt.Scale(type="symlog", constant=0.01, padding=8)
EFFECT_AXIS = alt.Axis(values=[-1, -0.1, 0, 0.1, 1, 10], format="~g")


def networks(datasets):
    """(row, dataset of one network) for every network with a Schur form."""
    for one in every.networks(datasets):
        yield f"{one['task'].item()}, N = {one['width'].item()}, {init_name(one['init'].item())}", one


def sectors(datasets):
    """({row, sector, seed}, dataset of one network and sector) for every sector in which something is removed."""
    for row, one in networks(datasets):
        for sector in SECTORS:
            at = one.sel(sector=sector)
            if at["removed_mass"] >= LEAST_MASS:
                yield {"row": row, "sector": sector, "seed": str(int(one["seed"]))}, at


def order(datasets) -> list[str]:
    """The rows, in the order of the config."""
    return list(dict.fromkeys(row for row, _ in networks(datasets)))


def y(rows: list[str], labels: bool = True, grid: bool = True):
    axis = alt.Axis(labelLimit=320, grid=grid, labels=labels, ticks=labels)
    return alt.Y("row:N", sort=rows, title=None, axis=axis, scale=alt.Scale(domain=rows))  # rows stand level


def offset():
    """Networks of a row stand above one another."""
    return alt.YOffset("seed:N", sort="ascending")


def by_sector(records: list[dict], rows: list[str], panel):
    """A panel a sector, made by ``panel(records, y)``, side by side with one set of row labels.

    A row without a record is said to be empty.
    """
    panels = []
    for i, sector in enumerate(SECTORS):
        here, axis = [r for r in records if r["sector"] == sector], y(rows, i == 0)
        filled = {record["row"] for record in here}
        empty = alt.Chart(style.inline([{"row": row} for row in rows if row not in filled]))
        words = empty.mark_text(fontSize=10, color="#444444").encode(y=axis, x=alt.value(20), text=alt.value("empty"))
        size = {"width": WIDTH, "height": ROW * max(len(rows), 2), "title": f"−{sector}"}
        panels.append((panel(here, axis) + words).properties(**size))
    return alt.hconcat(*panels, spacing=15)
