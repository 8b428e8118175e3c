"""Which sectors may go: counted over the solved networks of each task, and said in one sentence."""

import numpy as np
import pandas as pd

from schurscope.metrics import make_metric
from schurscope.reports.analyses.shares import SMALL
from schurscope.reports.front.wording import Said, few, listed, spread
from schurscope.schur.form import SECTORS

MANY = 6  # tasks from which on a sentence counts tasks and does not name each


def what_may_go(table: pd.DataFrame, metrics: dict, alpha: float) -> Said:
    """Which sectors most solved networks of a task can lose at no more than SMALL, and which not."""
    head, tasks = "What may go", [tally(task, own) for task, own in table.groupby("task", sort=False)]
    decided = [task for task in tasks if task["solved"]]
    if not decided:
        return Said(head, f"{_not_at_all(table)}, so that nothing can be said of them at α = {alpha:g}.")
    words = [_clause(task) for task in decided] if len(decided) <= MANY else _counted(decided)
    unsolved = [f"{task['task']} ({task['networks']})" for task in tasks if not task["solved"]]
    last = f" No network is solved of {few(unsolved)}: not decidable." if unsolved else ""
    evidence = [_evidence(task, make_metric(metrics[task["task"]]).lost_label) for task in decided]
    how = f"Cut at α = {alpha:g} (in brackets, in how many of the solved networks that have the sector): "
    return Said(head, f"{how}{'; '.join(words)}.{last}", tuple(evidence))


def tally(task: str, own: pd.DataFrame) -> dict:
    """A task's solved networks: how many, with fragile cuts, and the effects of each sector that is not empty."""
    solved = own[own["solved"] == 1]
    networks = solved.drop_duplicates(["width", "init", "seed"])
    there = solved[solved["empty"] == 0]
    effects = {sector: there[there["sector"] == sector]["effect"].to_numpy(dtype=float) for sector in SECTORS}
    return {
        "task": task,
        "networks": len(own.drop_duplicates(["width", "init", "seed"])),
        "solved": len(networks),
        "fragile": int(networks["fragile"].sum()),
        "effects": effects,
        "may": {sector: int(np.sum(effect <= SMALL)) for sector, effect in effects.items()},
    }


def verdict(task: dict, sector: str) -> str:
    """What most networks say of a sector: may go, needed, or the networks differ; empty where nothing is there."""
    n, may = len(task["effects"][sector]), task["may"][sector]
    if not n:
        return "empty"
    return "may go" if may > n / 2 else "needed" if may < n / 2 else "differ"


def _rests_on_the_cut(task: dict) -> bool:
    return task["fragile"] > task["solved"] / 2


def _clause(task: dict) -> str:
    """A task's part of the sentence; in brackets, in how many of its networks it is so."""
    if _rests_on_the_cut(task):
        return f"{task['task']} is not decidable, because its cut is fragile in {task['fragile']} of {task['solved']}"
    by = {kind: [s for s in SECTORS if verdict(task, s) == kind] for kind in ("may go", "needed", "differ", "empty")}
    if len(by["empty"]) == len(SECTORS):
        return f"{task['task']} has nothing to lose, all sectors are empty ({task['solved']} of {task['solved']})"

    def names(kind):
        return listed([_counts(task, sector, kind) for sector in by[kind]])

    parts = [f"can lose {names('may go')}"] if by["may go"] else []
    parts += [f"needs {names('needed')}"] if by["needed"] else []
    text = f"{task['task']} {' but '.join(parts)}" if parts else f"{task['task']}:"
    differ = f"{',' if parts else ''} its networks differ on {names('differ')}" if by["differ"] else ""
    return text + differ


def _counts(task: dict, sector: str, kind: str) -> str:
    n, may = len(task["effects"][sector]), task["may"][sector]
    return f"T_{sector} ({n - may if kind == 'needed' else may} of {n})"


def _counted(tasks: list[dict]) -> list[str]:
    """Sector by sector, where there are many tasks."""
    words = []
    for sector in SECTORS:
        able = [task for task in tasks if len(task["effects"][sector]) and not _rests_on_the_cut(task)]
        may = [task["task"] for task in able if verdict(task, sector) == "may go"]
        n, k = (sum(counts) for counts in ([len(t["effects"][sector]) for t in able], [t["may"][sector] for t in able]))
        words.append(
            f"T_{sector} may go in most networks of {len(may)} of {len(able)} tasks{f' ({few(may)})' if may else ''},"
            f" in {k} of {n} networks in all"
        )
    fragile = [task["task"] for task in tasks if _rests_on_the_cut(task)]
    return words + ([f"not decidable for {few(fragile)}, whose cuts are mostly fragile"] if fragile else [])


def _evidence(task: dict, unit: str) -> str:
    """What each sector costs."""
    costs = [f"−{s} {spread(effect) if len(effect) else 'empty'}" for s, effect in task["effects"].items()]
    return f"{task['task']}: {unit} {', '.join(costs)}"


def _not_at_all(table: pd.DataFrame) -> str:
    n = len(table.drop_duplicates(["task", "width", "init", "seed"]))
    return f"None of the {n} networks with a Schur form is solved" if n else "There is no network with a Schur form"
