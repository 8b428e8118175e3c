"""The answer to each question of a census in one sentence, as the plan says what counts as one (docs/census.md)."""

import pandas as pd

from schurscope.reports.census import costs, likeness, properties, sizes, slow_modes, starts, statements, variance
from schurscope.reports.census.asked import CROSSED
from schurscope.reports.census.sentences import agreed, interval, of

UNSETTLED = "not decidable"  # where solved networks and all of them say different things


def in_short(solved: pd.DataFrame, every: pd.DataFrame) -> dict[str, str]:
    """Question -> one sentence. ``solved``, ``every``: the rows of asked.asked."""
    return {
        costs.QUESTION: _costs(solved, every),
        statements.QUESTION: _statements(solved),
        sizes.QUESTION: _sizes(solved),
        starts.QUESTION: _starts(solved, every),
        variance.QUESTION: _variance(every),
        properties.QUESTION: _properties(solved, every),
        likeness.QUESTION: _likeness(solved, every),
        slow_modes.QUESTION: _slow(solved, every),
    }


def by_answer(answers: dict[str, str]) -> str:
    """task -> answer, as "answer in a and b; other in c"."""
    tasks: dict[str, list[str]] = {}
    for task, answer in answers.items():
        tasks.setdefault(answer, []).append(task)
    return "; ".join(f"{answer} in {listed(own)}" for answer, own in tasks.items())


def listed(words: list[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _costs(solved, every) -> str:
    parts = []
    for side, where in (("within", "Within a network"), ("between", "Between networks and sectors")):
        best = {}
        for task in dict.fromkeys(of(solved, f"a {side}")["task"]):
            one, other = (costs.best(rows, task, side) for rows in (solved, every))
            best[task] = (costs.CALLED[one] if one else "none of the three") if one == other else UNSETTLED
        if best:
            parts.append(f"{where}: {by_answer(best)}.")
    return " ".join(parts) or "No task has networks enough."


def _statements(solved) -> str:
    rows = [row for row in of(solved, "b").to_dict("records") if statements.of_the_paper(row)]
    counts = {said: 0 for said in ("holds", "does not hold", "not decidable")}
    for row in rows:
        counts[statements.verdict(row)] += 1
    return (
        f"Of {len(rows)} statements that these networks can test, {counts['holds']} hold in more than half of the"
        f" networks, {counts['does not hold']} do not, {counts['not decidable']} are not decidable."
    )


def _sizes(solved) -> str:
    rows = of(solved, "c", quantity="removed_share", init="").to_dict("records")
    return _sentence("of N, in the mean, " + "; ".join(f"{interval(row)} in {row['task']}" for row in rows))


def _starts(solved, every) -> str:
    marks, others = set(starts.marks(solved)), set(starts.marks(every))
    tests = len(of(solved, "d").drop_duplicates(["task", "init", "quantity"]))
    tasks = list(
        dict.fromkeys(row for row in of(solved, "d")["task"] if any(mark[0] == row for mark in marks & others))
    )
    where = f", in {listed(tasks)}" if tasks else ""
    return f"In {len(marks & others)} of {tests} comparisons (task, start and measure){where}."


def _variance(every) -> str:
    own, found = of(every, "e"), []
    for sector in dict.fromkeys(quantity.split(": ")[0] for quantity in own["quantity"]):
        part = own[own["quantity"].str.startswith(f"{sector}: ") & ~own["quantity"].str.endswith("cut")]
        largest = part.loc[part["value"].idxmax()].to_dict()
        found.append(f"of −{sector} to {variance.CALLED[largest['quantity'].split(': ')[1]]}, {interval(largest)}")
    return _sentence(f"the largest share belongs, {'; '.join(found)}") if found else "Not decidable."


def _properties(solved, every) -> str:
    one, other = (properties.predicting(rows, CROSSED) for rows in (solved, every))
    if one != other:
        return "Not decidable: solved and all networks differ."
    return _sentence(listed([properties.CALLED[name] for name in one]) if one else "none of the three does")


def _likeness(solved, every) -> str:
    tasks = dict.fromkeys(of(solved, "g")["task"])
    answers = {
        task: _short(agreed(*(likeness.alike(of(rows, "g", task=task)) for rows in (solved, every)))) for task in tasks
    }
    return _sentence(by_answer(answers)) if answers else "No task has circuits enough."


def _slow(solved, every) -> str:
    answers = {}
    for task in dict.fromkeys(of(solved, "h")["task"]):
        shares = [of(rows, "h", task=task, quantity="share within 1")["value"].iloc[0] for rows in (solved, every)]
        answers[task] = _short(agreed(*("it is" if share >= slow_modes.SHARE else "it is not" for share in shares)))
    return _sentence(by_answer(answers)) if answers else "No task has spectra enough."


def _short(answer: str) -> str:
    return UNSETTLED if answer.startswith(UNSETTLED) else answer


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
