"""How sure it is: fragile cuts, other cuts, the order of blocks, random changes of equal size, in one sentence."""

import pandas as pd

from schurscope.reports.analyses.controls import LEVEL, P_VALUES
from schurscope.reports.front.may_go import MANY, tally, verdict
from schurscope.reports.front.wording import Said, few, listed
from schurscope.reports.reading import short
from schurscope.schur.form import SECTORS


def how_sure(tables: dict, found: pd.DataFrame, alpha: float, near: float) -> Said:
    """What rests on the cut, on the order of blocks, and what random changes of equal size cost."""
    table = tables[alpha]
    head, solved = "How sure", table[table["solved"] == 1]
    if not len(solved):
        return Said(head, f"Not decidable at α = {alpha:g}: no network is solved.")
    networks = solved.drop_duplicates(["task", "width", "init", "seed"])
    tasks = [(task, own["fragile"]) for task, own in networks.groupby("task", sort=False)]
    fragile = [f"{task} {int(of.sum())} of {len(of)}" for task, of in tasks if of.sum()]
    text = f"At α = {alpha:g}, the cut is fragile (n_R changes with α ± {near:g}) in"
    text += f" {int(networks['fragile'].sum())} of {len(networks)} solved networks"
    text += f" ({few(fragile, MANY)}): there, what is said of sectors rests on the cut" if fragile else ""
    order, controls = (found[found["diagnostic"] == name] for name in ("order", "controls"))
    text += f"; {_order(order)}; {_controls(controls)}."
    count = networks.groupby("task", sort=False).size()
    span = f"{count.min()}" if count.min() == count.max() else f"{count.min()} to {count.max()}"
    evidence = _at_other_cuts(tables, alpha)
    evidence += [f"Few networks: {span} solved ones a task; one more can turn a count."] if count.min() < 10 else []
    return Said(head, text, tuple(evidence))


def _at_other_cuts(tables: dict, alpha: float) -> list[str]:
    """What most solved networks of a task say of a sector at the config's other alphas, where it is not the same."""
    lines = []
    here = {task: tally(task, own) for task, own in tables[alpha].groupby("task", sort=False)}
    for other in sorted(set(tables) - {alpha}):
        there = {task: tally(task, own) for task, own in tables[other].groupby("task", sort=False)}
        moved = []
        for task, now in there.items():
            for sector in SECTORS:
                kinds = verdict(here[task], sector), verdict(now, sector)
                if kinds[0] != kinds[1]:
                    n, may = len(now["effects"][sector]), now["may"][sector]
                    counts = f", {may} of {n} may" if n else ""
                    moved.append(f"{task} T_{sector} ({kinds[0]} → {kinds[1]}{counts})")
        said = f"another verdict on {few(moved, MANY)}" if moved else "the same verdict on every sector"
        lines.append(f"Cut at α = {other:g} instead, {said}.")
    return lines


def _order(rows: pd.DataFrame) -> str:
    if not len(rows):
        return "whether the order of blocks matters was not measured"
    said = []
    for sector, own in rows.groupby("sector", sort=False):
        said.append(f"−{sector} in {int(own['order_dependent'].sum())} of {int(own['n'].sum())}")
    return f"the cost depends on the order of blocks inside a sector for {listed(said)}"


def _controls(rows: pd.DataFrame) -> str:
    if not len(rows):
        return "random changes of equal size were not tried"
    column = f"{P_VALUES['direction in T']}_within_limit"
    said = []
    for sector, own in rows.groupby("sector", sort=False):
        said.append(f"−{sector} in {int(own[column].sum())} of {int(own['n'].sum())}")
    chance = f"by chance {short(rows['expected_by_chance'].sum())} of {int(rows['n'].sum())} in all"
    return (
        f"a removal costs more than at least {100 - 100 * LEVEL:g} % of {int(rows['draws'].iloc[0])} random changes of"
        f" T of equal size for {listed(said)} ({chance})"
    )
