"""The front page and the first page of the report, from what the other modules of this room found."""

from pathlib import Path

import pandas as pd

from schurscope.reports.analyses.controls import LEVEL
from schurscope.reports.analyses.shares import SMALL
from schurscope.reports.figures.style import SECTOR_COLOURS
from schurscope.reports.front import at_a_glance, dumbbell, links
from schurscope.reports.front.drawing import drawing
from schurscope.reports.front.may_go import what_may_go
from schurscope.reports.front.sureness import how_sure
from schurscope.reports.front.together import together
from schurscope.reports.reading import render
from schurscope.reports.trust import claims

PAGE = Path(__file__).with_name("front_page.html.jinja")
REPORT = Path(__file__).with_name("front_page.rst.jinja")
RST = str.maketrans({c: f"\\{c}" for c in "\\*`_|<>"} | {"{": "(", "}": ")"})  # Snakemake fills in what is in braces


def sentences(tables: dict, metrics: dict, circuits: list, found: pd.DataFrame, alpha: float, near: float):
    """The three; ``tables``: alpha -> trust.per_network, of every alpha; ``metrics``: task -> name of its metric.

    ``circuits``: circuit summaries; ``found``: rows of trust/answers.csv, or none.
    """
    return [what_may_go(tables[alpha], metrics, alpha), together(circuits), how_sure(tables, found, alpha, near)]


def page(
    said: list,
    table: pd.DataFrame,
    networks: pd.DataFrame,
    stated: pd.DataFrame,
    compared: pd.DataFrame,
    picture: str,
    versions: list,
    settings: dict,
) -> str:
    """A self-contained HTML page, to be opened from disk.

    ``said``: sentences; ``table``: trust.per_network; ``networks``: tables.networks, its rows at the page's
    alpha; ``stated``: claims.claims; ``compared``: paper.paper_vs_here; ``picture``: a figure's SVG, or "";
    ``versions``: made_with.made_with; ``settings``: of rule index.
    """
    kinds = at_a_glance.kinds(table, networks)
    return render(
        PAGE,
        said=said,
        kinds=[row for row in kinds if row["solved"]],
        undecided=at_a_glance.undecided(kinds),
        networks=at_a_glance.single(table, networks),
        counted={"networks": len(networks), "solved": int((networks["solved"] == 1).sum())},
        claims=claims.for_reading(stated),
        paper=dumbbell.groups(compared),
        counts=dumbbell.counts(compared),
        drawing=drawing(),
        picture=picture[picture.find("<svg") :] if picture else "",
        pages=links.pages(settings["pages"]),
        figures=links.by_category(settings["figures"]),
        versions=versions,
        colours=SECTOR_COLOURS,
        small=SMALL,
        level=100 - 100 * LEVEL,
        **{name: settings[name] for name in ("alpha", "near", "tables", "data", "config")},
    )


def report(said: list, near: float) -> str:
    """The sentences as reStructuredText, and how to go on from there."""
    return render(REPORT, said=[(plain(one.head), plain(one.sentence)) for one in said], near=near)


def plain(text: str) -> str:
    """Text that reStructuredText takes as it stands."""
    return text.translate(RST)
