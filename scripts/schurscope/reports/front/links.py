"""Where the front page leads: pages, tables, figures and data of the same results, as relative addresses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """``name``: as a config's pages are called; ``called`` and ``what``: for people."""

    name: str
    called: str
    what: str


PAGES = (  # a page more is a line more; those that a config does not make are left out
    Link("census", "Census", "what all these networks say, question by question"),
    Link("explorer", "Explorer", "move the cut, remove couplings, watch one network"),
    Link("trust", "Can this profile be trusted?", "order, cut, controls, dose, readouts: every answer with its figure"),
    Link("paper_vs_here", "Paper and here", "every number of the paper beside ours"),
    Link("networks", "Every network", "scores, cuts and masses"),
)


def pages(there: dict[str, str]) -> list[dict]:
    """The pages that there are: ``there``, name -> address."""
    return [{"called": p.called, "what": p.what, "href": there[p.name]} for p in PAGES if p.name in there]


def by_category(figures: list[dict]) -> dict[str, list[dict]]:
    """Figures (category, called, task, href) under their category, in their order."""
    found: dict[str, list[dict]] = {}
    for figure in figures:
        found.setdefault(figure["category"], []).append(figure)
    return found
