"""The page "Can this profile be trusted?": the answers first, then each diagnostic with its figure."""

import html

import pandas as pd

from schurscope.foundations import registry
from schurscope.reports.html import number
from schurscope.reports.labels import init_name

STYLE = (
    "body { font-family: sans-serif; max-width: 1250px; margin: 2em auto; line-height: 1.45; }"
    " td, th { padding: 2px 9px; text-align: left; border-bottom: 1px solid #ddd; font-size: 13px; }"
    " td:last-child { min-width: 230px; }"
    " svg { max-width: 100%; height: auto; } li { margin-bottom: 0.5em; }"
)
INTRODUCTION = (
    "A profile says what a network loses without T_RR, T_CR or T_CC, cut at α = {alpha:g}. Whether that means something"
    " depends on choices that the method leaves open. Here they are varied, for {networks} networks"
    " ({solved} of them solved). An effect is lost accuracy or ΔFVU: positive is worse."
)
READING = (
    "n: networks. effect, mass: mean and median over networks whose sector is not empty. range over orders: median over"
    " networks of largest minus smallest effect. percentile: median, among random directions in T of the same norm."
    " candidate: discrepancy and mass within the limits of the config. back with new readout: share of the loss."
    " “needed”: in more than half of the networks the effect is above 0.01; “may go”: between −0.01 and 0.01. “depends"
    " on the order” and “the cut is fragile” if so in more than half. An empty cell was not measured."
)


def page(
    answers: dict, claims: list[str], found: pd.DataFrame, pictures: dict, alpha: float, networks: pd.DataFrame
) -> str:
    """A self-contained HTML page. ``answers``, ``pictures`` (SVG): by diagnostic; ``found``: verdicts.verdicts.

    ``networks``: one row a network, with ``solved``.
    """
    counts = {"networks": len(networks), "solved": int((networks["solved"] == 1).sum())}
    introduction = html.escape(INTRODUCTION.format(alpha=alpha, **counts))
    shown = [name for name in registry.REGISTRY["answer"] if name in answers]
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Can this profile be trusted?</title>',
        f"<style>{STYLE}</style></head>\n<body><h1>Can this profile be trusted?</h1>\n<p>{introduction}</p>",
        _list(answers[name] for name in shown),
        f"<h2>What the paper says, and these networks</h2>\n{_list(claims)}" if claims else "",
        f"<h2>Every sector at a glance</h2>\n{_table(found)}\n<p>{html.escape(READING)}</p>",
    ]
    for name in shown:
        parts.append(
            f"<h2>{html.escape(registry.load('answer', name).QUESTION)}</h2>\n<p>{html.escape(answers[name])}</p>"
        )
        parts.append(_inline(pictures[name]))
    return "\n".join([*filter(None, parts), "</body></html>\n"])


def _list(sentences) -> str:
    items = "".join(f"<li>{html.escape(sentence)}</li>\n" for sentence in sentences)
    return f"<ul>\n{items}</ul>"


def _table(found: pd.DataFrame) -> str:
    shown = found.assign(init=[init_name(init) for init in found["init"]], sector=[f"−{s}" for s in found["sector"]])
    rows = [[number(v) if isinstance(v, float) else str(v) for v in row] for row in shown.itertuples(index=False)]
    body = "".join(f"<tr><td>{'</td><td>'.join(map(html.escape, row))}</td></tr>\n" for row in rows)
    return f"<table><tr><th>{'</th><th>'.join(map(html.escape, shown.columns))}</th></tr>\n{body}</table>"


def _inline(svg: str) -> str:
    """A picture's SVG without its XML head."""
    return svg[svg.index("<svg") :]
