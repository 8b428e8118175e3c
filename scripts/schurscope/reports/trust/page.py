"""The page "Can this profile be trusted?": the answers first, then each diagnostic with its figure."""

import html
import math

import pandas as pd

from schurscope.foundations import registry
from schurscope.reports.html import number
from schurscope.reports.labels import init_name
from schurscope.reports.trust import claims as claims_module
from schurscope.reports.trust import sectors

STYLE = (
    "body { font-family: sans-serif; max-width: 1250px; margin: 2em auto; line-height: 1.45; }"
    " td, th { padding: 2px 9px; text-align: left; border-bottom: 1px solid #ddd; font-size: 13px; }"
    " td:last-child { min-width: 230px; }"
    " svg { max-width: 100%; height: auto; } li { margin-bottom: 0.5em; }"
)
INTRODUCTION = (
    "A profile says what a network loses without T_RR, T_CR or T_CC, cut at α = {alpha:g}. Whether that means something"
    " depends on choices that the method leaves open. Here they are varied, for {networks} networks. Every statement is"
    " about the {solved} of them that are solved, and among them about those in which the sector is not empty (n)."
    " An effect is lost accuracy or ΔFVU: positive is worse."
)
NONE_SOLVED = "Not decidable, because no network is solved: "
HEAD = ("task", "N", "start", "removed", "networks", "solved", "empty", "n")
HEAD += ("effect", "removed mass", "above random", "verdict")
READING = (
    "networks: with a Schur form. solved: of these. empty: of the solved ones, those in which less than 1e-5 of the"
    " norm of T would be removed. n: the rest; effect (± SEM) and removed mass are means over these. needed: the effect"
    " is above 0.01; may go: between −0.01 and 0.01; better without: below; the verdict is what holds in more than"
    " half. above random: costs more than at least 97.5 % of random directions in T of the same norm. An empty cell was"
    " not measured."
)


def page(
    answers: dict,
    claims: pd.DataFrame,
    found: pd.DataFrame,
    pictures: dict,
    alpha: float,
    networks: pd.DataFrame,
) -> str:
    """A self-contained HTML page. ``answers``, ``pictures`` (SVG): by diagnostic; ``found``: sectors.sectors.

    ``claims``: claims.claims; ``networks``: one row a network, with ``solved``.
    """
    counts = {"networks": len(networks), "solved": int((networks["solved"] == 1).sum())}
    introduction = html.escape(INTRODUCTION.format(alpha=alpha, **counts))
    shown = [name for name in registry.REGISTRY["report"] if name in answers]
    said = [claims_module.in_words(row) for row in claims.to_dict("records")]
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Can this profile be trusted?</title>',
        f"<style>{STYLE}</style></head>\n<body><h1>Can this profile be trusted?</h1>\n<p>{introduction}</p>",
        _list(answers[name] for name in shown),
        f"<h2>What the paper says, and these networks</h2>\n{_list(said)}" if said else "",
        f"<h2>Every sector at a glance</h2>\n{_table(found)}",
    ]
    for name in shown:
        parts.append(
            f"<h2>{html.escape(registry.load('report', name).QUESTION)}</h2>\n<p>{html.escape(answers[name])}</p>"
        )
        parts.append(_inline(pictures[name]))
    return "\n".join([*filter(None, parts), "</body></html>\n"])


def _list(sentences) -> str:
    items = "".join(f"<li>{html.escape(sentence)}</li>\n" for sentence in sentences)
    return f"<ul>\n{items}</ul>"


def _table(found: pd.DataFrame) -> str:
    """A row a sector of what has solved networks; the rest is named below."""
    rows = []
    for row in found[found["solved"] > 0].to_dict("records"):
        effect = number(row["effect_mean"]) + (f" ± {number(row['effect_sem'])}" if row["n"] > 1 else "")
        above = "" if math.isnan(row["above_random"]) or not row["n"] else f"{row['above_random']:.0f} of {row['n']}"
        names = (row["task"], str(row["width"]), init_name(row["init"]), f"−{row['sector']}")
        counts = (f"{row[name]}" for name in ("networks", "solved", "empty", "n"))
        rows.append((*names, *counts, effect, number(row["removed_mass_mean"]), above, sectors.in_words(row)))
    body = "".join(f"<tr><td>{'</td><td>'.join(map(html.escape, row))}</td></tr>\n" for row in rows)
    head = f"<tr><th>{'</th><th>'.join(HEAD)}</th></tr>"
    table = f"<table>{head}\n{body}</table>\n<p>{html.escape(READING)}</p>" if rows else ""
    unsolved = found[found["solved"] == 0].groupby(["task", "width"], sort=False)["init"].unique()
    left = [f"{task}, N = {width} ({', '.join(map(init_name, inits))})" for (task, width), inits in unsolved.items()]
    return table + (f"\n<p>{html.escape(NONE_SOLVED + '; '.join(left))}.</p>" if left else "")


def _inline(svg: str) -> str:
    """A picture's SVG without its XML head."""
    return svg[svg.index("<svg") :]
