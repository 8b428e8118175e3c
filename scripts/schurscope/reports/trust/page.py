"""The page "Can this profile be trusted?": the paper's networks, all others, each analysis with its figure."""

from pathlib import Path

import pandas as pd

from schurscope.foundations import registry
from schurscope.reports.analyses.shares import BY_TASK
from schurscope.reports.labels import init_name
from schurscope.reports.reading import render, short
from schurscope.reports.trust import circuits, sectors
from schurscope.reports.trust import claims as claims_module

PAGE = Path(__file__).with_name("page.html.jinja")


def page(
    answers: dict,
    claims: pd.DataFrame,
    found: pd.DataFrame,
    pictures: dict,
    alpha: float,
    networks: pd.DataFrame,
) -> str:
    """A self-contained HTML page. ``answers``, ``pictures`` (SVG): by diagnostic, and of "circuits".

    ``found``: sectors.sectors; ``claims``: claims.claims; ``networks``: one row a network, with ``solved``. Sectors are
    listed of what has solved networks, those of the paper's networks first; the rest is named below.
    """
    unsolved = found[found["solved"] == 0].groupby(["task", "width"], sort=False)["init"].unique()
    rows = [row | {"said": sectors.in_words(row)} for row in found[found["solved"] > 0].to_dict("records")]
    papers = [row for row in rows if (row["task"], row["width"], row["init"]) in claims_module.NETWORKS]
    return render(
        PAGE,
        alpha=alpha,
        networks=len(networks),
        solved=int((networks["solved"] == 1).sum()),
        reports=[
            {
                "name": name,
                "question": circuits.QUESTION if name == "circuits" else registry.load("report", name).QUESTION,
                "answer": answers[name].partition(BY_TASK)[0],
                "by_task": answers[name].partition(BY_TASK)[2],
                "picture": _inline(pictures[name]),
            }
            for name in (*registry.REGISTRY["report"], "circuits")
            if name in answers
        ],
        claims=claims_module.for_reading(claims),
        papers=papers,
        others=[row for row in rows if row not in papers],
        unsolved=[
            {"task": task, "width": width, "inits": ", ".join(map(init_name, inits))}
            for (task, width), inits in unsolved.items()
        ],
        init_name=init_name,
        short=short,
    )


def _inline(svg: str) -> str:
    """A picture's SVG without its XML head."""
    return svg[svg.index("<svg") :]
