"""The frame of a diagnostic's figure: a row a (task, width, construction), a panel a sector."""

import altair as alt

from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports import networks as every
from schurscope.reports.figures import style
from schurscope.reports.figures.effect_axis import effect_axis
from schurscope.reports.labels import init_name
from schurscope.schur.form import SECTORS

ROW, WIDTH = 22, 230  # pixels


def networks(datasets):
    """(row, dataset of one network) for every network with a Schur form."""
    for one in every.networks(datasets):
        yield f"{one['task'].item()}, N = {one['width'].item()}, {init_name(one['init'].item())}", one


def sectors(datasets):
    """({row, sector, seed, metric}, dataset of one network and sector) for every sector in which something is removed.

    The metric is the task's, which names the unit of an effect.
    """
    for row, one in networks(datasets):
        for sector in SECTORS:
            at = one.sel(sector=sector)
            if at["removed_mass"] >= LEAST_MASS:
                key = {"row": row, "sector": sector, "seed": str(int(one["seed"]))}
                yield key | {"metric": one.attrs["metric"]}, at


def order(datasets) -> list[str]:
    """The rows, in the order of the config."""
    return list(dict.fromkeys(row for row, _ in networks(datasets)))


def y(rows: list[str], labels: bool = True, grid: bool = True, field: str = "row"):
    axis = alt.Axis(labelLimit=320, grid=grid, labels=labels, ticks=labels)
    return alt.Y(f"{field}:N", sort=rows, title=None, axis=axis, scale=alt.Scale(domain=rows))  # rows stand level


def offset():
    """Networks of a row stand above one another."""
    return alt.YOffset("seed:N", sort="ascending")


def by_effect(records: list[dict], datasets, fields: tuple[str, ...], panel):
    """Tasks of one metric together: a panel a sector, made by ``panel(records, y, x)``, with one axis of the effect.

    ``fields``: of a record that stand on that axis; ``x(field)`` is the channel of one.
    """
    blocks = []
    for metric in dict.fromkeys(dataset.attrs["metric"] for dataset in datasets):
        here = [record for record in records if record["metric"] == metric]
        rows = order([dataset for dataset in datasets if dataset.attrs["metric"] == metric])
        x = effect_axis([record[field] for record in here for field in fields], metric)
        blocks.append(by_sector(here, rows, lambda part, y, x=x: panel(part, y, x)))
    return alt.vconcat(*blocks, spacing=20)


def by_sector(records: list[dict], rows: list[str], panel):
    """A panel a sector, made by ``panel(records, y)``, side by side with one set of row labels.

    A row without a record is said to be empty.
    """
    panels = []
    for i, sector in enumerate(SECTORS):
        here, axis = [r for r in records if r["sector"] == sector], y(rows, i == 0)
        filled = {record["row"] for record in here}
        empty = alt.Chart(style.inline([{"row": row} for row in rows if row not in filled]))
        words = empty.mark_text(fontSize=10, color="#444444", align="left").encode(
            y=axis, x=alt.value(6), text=alt.value("empty")
        )
        size = {"width": WIDTH, "height": ROW * max(len(rows), 2), "title": f"−{sector}"}
        panels.append((panel(here, axis) + words).properties(**size))
    return alt.hconcat(*panels, spacing=15)
