"""What the paper says of its networks in words (Draeger 2026, sections 3 and 4), tested on each of ours.

A statement is about a task, width and construction of the paper under their names in config.yaml. It is tested on every
solved network in which the removals that it compares are not empty; one that the config does not have is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from schurscope.reports.analyses.shares import SMALL, depends_on_order
from schurscope.reports.effects import effects
from schurscope.reports.labels import removed_name

FEWEST = 2  # networks that can test a statement
PAIRS = (("CC", "none"), ("RR+CC", "RR"), ("CR+CC", "CR"), ("RR+CR+CC", "RR+CR"))  # what differs by T_CC alone
ALONE = ("RR", "CR", "CC")
SETS = (*ALONE, "RR+CC", "CR+CC", "RR+CR", "RR+CR+CC")


@dataclass(frozen=True)
class Claim:
    """``holds(e, S)``: e, effect by removed set; S, normalised sensitivity by removed set. ``needs``: not empty."""

    section: int
    task: str
    width: int
    init: str
    text: str
    needs: tuple[str, ...]
    holds: Callable[[dict, dict], bool]


def _copy(text, needs, holds, init="orthogonal"):
    return Claim(3, "copy", 72, init, text, needs, holds)


def _task(task, text, needs, holds):
    return Claim(4, task, 64, "orthogonal", text, needs, holds)


CLAIMS = (
    _copy("copy keeps its accuracy without T_CC", ("CC",), lambda e, S: abs(e["CC"]) <= SMALL),
    _copy(
        "copy keeps what it has left without T_RR, T_CR or both when T_CC goes as well",
        ("CC",),
        lambda e, S: all(abs(e[more] - e[less]) <= SMALL for more, less in PAIRS[1:]),
    ),
    _copy(
        "copy loses most without T_CR, and less, but something, without T_RR",
        ("RR", "CR"),
        lambda e, S: e["CR"] > e["RR"] > SMALL,
    ),
    _copy(
        "the Cayley network has next to nothing to lose",
        (),
        lambda e, S: all(not abs(e[sector]) > SMALL for sector in ALONE),
        init="cayley",
    ),
    _task("flipflop", "flip-flop loses most without T_CR", ("CR", "CC"), lambda e, S: _most("CR", e)),
    _task("flipflop", "flip-flop loses almost nothing without T_RR", ("RR",), lambda e, S: abs(e["RR"]) <= SMALL),
    _task(
        "sine",
        "sine generation loses most without what is linked to the complement, T_CC and T_CR",
        ALONE,
        lambda e, S: min(e["CC"], e["CR"]) > max(e["RR"], SMALL),
    ),
    _task(
        "sine",
        "sine generation has its largest normalised sensitivity at T_CR",
        ("CR", "CC"),
        lambda e, S: _most("CR", S),
    ),
    _task("sine", "sine generation loses little without T_RR", ("RR",), lambda e, S: abs(e["RR"]) <= SMALL),
    _task(
        "integration",
        "integration loses most without what is linked to the complement, T_CC and T_CR",
        ALONE,
        lambda e, S: min(e["CC"], e["CR"]) > max(e["RR"], SMALL),
    ),
    _task("integration", "integration loses most without T_CC", ("CR", "CC"), lambda e, S: _most("CC", e)),
)
NETWORKS = {(claim.task, claim.width, claim.init) for claim in CLAIMS}  # that the paper speaks of
SAFE = "no single Schur coupling is uniformly safe to remove"


def _most(sector: str, measured: dict) -> bool:
    """Whether a sector has more than a trace, and the largest of all that are not empty."""
    return measured[sector] > SMALL and not any(measured[other] > measured[sector] for other in ALONE)


def claims(summaries, table: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """One row a statement: in how many of the ``testable`` solved networks it ``holds``, and a verdict.

    ``table``: per_network at ``alpha``, which says where an effect depends on the order of blocks. ``verdict``: *holds*
    or *does not hold* where all testable networks agree; *not decidable* where they differ, where the cut is fragile in
    more than half of them, or where fewer than two can test it; ``reason`` says which. ``order_dependent`` names the
    sectors whose effect does in more than half of them.
    """
    names = {"task": [], "section": [], "statement": []}
    found = effects(summaries, [alpha], SETS)
    found["solved"] = found["solved"] == 1
    rows = []
    for claim in CLAIMS:
        own = _of(found, claim)
        if len(own):
            where = {"section": claim.section, "task": claim.task, "width": claim.width, "init": claim.init}
            rows.append(where | {"alpha": alpha, "statement": claim.text} | _tested(claim, own, _of(table, claim)))
    if rows:
        rows.append(_safe(found[found["removed"].isin(ALONE)], alpha))
    return pd.DataFrame(rows, columns=None if rows else list(names))


def in_words(row: dict) -> str:
    """A row as people say it."""
    reason = f" ({row['reason']})" if row["reason"] else ""
    order = f"; the effect of {row['order_dependent']} depends on the order of blocks" if row["order_dependent"] else ""
    text = row["statement"][0].upper() + row["statement"][1:]
    said = f"“{text}”, at α = {row['alpha']:g}: {row['verdict']}{reason}"
    if row["statement"] == SAFE or not row["testable"]:
        return f"{said}{order}."
    if row["testable"] == row["solved"]:
        return f"{said}; true of {row['holds']} of {row['solved']} solved networks{order}."
    able = f"the {row['testable']} that can test it" if row["testable"] > 1 else "the one that can test it"
    return f"{said}; of {row['solved']} solved networks, true of {row['holds']} of {able}{order}."


def for_reading(stated: pd.DataFrame) -> list[dict]:
    """Statements as rows of a table: ``counted``, true of how many; ``beware``, why, and what they rest on."""
    rows = []
    for row in stated.to_dict("records"):
        order = (
            f"the effect of {row['order_dependent']} depends on the order of blocks" if row["order_dependent"] else ""
        )
        testable = row["testable"] if row["statement"] != SAFE else 0
        few = f"{row['testable']} of {row['solved']} can test it" if 0 < testable < row["solved"] else ""
        rows.append(
            {
                "statement": row["statement"],
                "verdict": row["verdict"],
                "counted": f"{row['holds']} of {testable}" if testable else "",
                "beware": "; ".join(filter(None, (row["reason"], few, order))),
            }
        )
    return rows


def _of(table: pd.DataFrame, claim: Claim) -> pd.DataFrame:
    return table[(table["task"] == claim.task) & (table["width"] == claim.width) & (table["init"] == claim.init)]


def _tested(claim: Claim, own: pd.DataFrame, table: pd.DataFrame) -> dict:
    outcomes, fragile, testable, solved = [], [], [], 0
    for seed, network in own[own["solved"]].groupby("seed"):
        solved += 1
        at = network.set_index("removed")
        if at.loc[list(claim.needs), "empty"].any():
            continue
        outcomes.append(bool(claim.holds(at["effect"].to_dict(), at["sensitivity"].to_dict())))
        fragile.append(bool(at["fragile"].iloc[0]))
        testable.append(seed)
    row = {"solved": solved, "testable": len(outcomes), "holds": sum(outcomes), "fragile": sum(fragile)}
    row["verdict"], row["reason"] = _verdict(outcomes, fragile, solved)
    return row | {"order_dependent": _order_dependent(claim, table[table["seed"].isin(testable)])}


def _verdict(outcomes: list[bool], fragile: list[bool], solved: int) -> tuple[str, str]:
    if not solved:
        return "not decidable", "no network is solved"
    if len(outcomes) < FEWEST:
        return "not decidable", "in fewer than two is there something to remove"
    if sum(fragile) > len(fragile) / 2:
        return "not decidable", f"the cut is fragile in {sum(fragile)} of {len(fragile)}"
    if len(set(outcomes)) > 1:
        return "not decidable", "the networks differ"
    return ("holds" if outcomes[0] else "does not hold"), ""


def _order_dependent(claim: Claim, table: pd.DataFrame) -> str:
    if "effect_range_over_orders" not in table:
        return ""
    named = []
    for sector in claim.needs:
        part = table[table["sector"] == sector]
        if depends_on_order(part).sum() > len(part) / 2:
            named.append(removed_name(sector))
    return " and ".join(named)


def _safe(found: pd.DataFrame, alpha: float) -> dict:
    """For each sector, the solved networks of all tasks that need it, of those in which it is not empty."""
    part = found[found["solved"] & (found["empty"] == 0)]
    needed = {sector: part[part["removed"] == sector]["effect"] > SMALL for sector in ALONE}
    holds = all(some.any() for some in needed.values())
    words = [f"{removed_name(sector)} costs {int(some.sum())} of {len(some)}" for sector, some in needed.items()]
    row = {"section": 4, "task": "all", "width": 0, "init": "all", "alpha": alpha, "statement": SAFE}
    counts = {"solved": int(found[found["solved"]].groupby(["task", "width", "init", "seed"]).ngroups)}
    counts |= {"testable": int(part.groupby(["task", "width", "init", "seed"]).ngroups), "fragile": 0}
    verdict = ("holds" if holds else "does not hold") if len(part) else "not decidable"
    reason = f"{', '.join(words)} solved networks more than {SMALL:g}"
    return row | counts | {"holds": int(holds), "verdict": verdict, "reason": reason, "order_dependent": ""}
