"""What the rows of a census say, question by question; each names its n, its interval and the networks."""

import pandas as pd

from schurscope.reports.census import costs, likeness, properties, sizes, slow_modes, starts, statements, variance
from schurscope.reports.census.asked import CROSSED
from schurscope.reports.labels import init_name

NAMES = {"n_R": "n_R", "henrici": "Henrici's departure", "kept": "kept couplings", "removed_share": "removed share"}
OPEN = "not decidable, solved and all networks differ"


def said(solved: pd.DataFrame, every: pd.DataFrame, alpha: float, epsilon: float) -> dict[str, list]:
    """Question -> (what the lines are about, lines). ``solved``, ``every``: the rows of asked.asked."""
    return {
        costs.QUESTION: [_best(solved, every, side) for side in costs.SIDES],
        statements.QUESTION: [_statements(solved, alpha)],
        sizes.QUESTION: [_sizes(solved, epsilon), _growth(solved, every)],
        starts.QUESTION: [_starts(solved, every)],
        variance.QUESTION: [_variance(every, alpha)],
        properties.QUESTION: [_properties(solved, every)],
        likeness.QUESTION: [_likeness(solved, every)],
        slow_modes.QUESTION: [_slow(solved, every, alpha)],
    }


def interval(row: dict) -> str:
    """0.42 [0.40, 0.44]."""
    if pd.isna(row["value"]) or pd.isna(row["low"]):
        return "no number"
    return f"{row['value']:.3g} [{row['low']:.3g}, {row['high']:.3g}]"


def of(rows: pd.DataFrame, question: str, **where) -> pd.DataFrame:
    """The rows of one question, and of a task, start or quantity."""
    own = rows[rows["question"] == question]
    for name, value in where.items():
        own = own[own[name] == value]
    return own


def agreed(one, other):
    """An answer over solved networks that is that over all of them."""
    return one if one == other else OPEN


def _best(solved, every, side) -> tuple[str, list[str]]:
    found = []
    for task in dict.fromkeys(of(solved, f"a {side}")["task"]):
        own = of(solved, f"a {side}", task=task)
        answers = [costs.best(rows, task, side) for rows in (solved, every)]
        said = [f"{costs.CALLED[best]} is the best" if best else "none is the best" for best in answers]
        numbers = ", ".join(
            f"{costs.CALLED[row['quantity'].removeprefix('rho_')]} {interval(row)}"
            for row in own.to_dict("records")
            if row["quantity"].startswith("rho_")
        )
        found.append(f"{task} (n = {own['n'].iloc[0]}): {agreed(*said)}. {_capital(numbers)}.")
    over = "over the couplings of a network" if side == "within" else "over networks and sectors of a group"
    return f"Rank correlation of each measure with the effect, {over}, mean over groups:", found


def _statements(solved, alpha) -> tuple[str, list[str]]:
    found = []
    for row in of(solved, "b").to_dict("records"):
        if statements.of_the_paper(row):
            share = f"true of {round(row['value'] * row['n'])} of {row['n']}" if row["n"] else "none can test it"
            between = f", {row['low']:.2f} to {row['high']:.2f}" if row["n"] else ""
            fragile = f"; the cut is fragile in {row['fragile']:.0f} of them" if row["fragile"] else ""
            found.append(f"“{_capital(row['quantity'])}”: {statements.verdict(row)} ({share}{between}{fragile}).")
    return f"In the paper's own groups, at α = {alpha:g}, solved networks that can test it:", found


def _sizes(solved, epsilon) -> tuple[str, list[str]]:
    found = [
        f"{row['task']}: {interval(row)}, standard deviation over networks {row['spread']:.2g} (n = {row['n']})."
        for row in of(solved, "c", quantity="removed_share", init="").to_dict("records")
    ]
    return f"Share of N that goes together at ε = {epsilon:g}, mean over groups:", found


def _growth(solved, every) -> tuple[str, list[str]]:
    found = []
    for row in of(solved, "c growth", quantity="growth of kept").to_dict("records"):
        other = of(every, "c growth", quantity="growth of kept", task=row["task"], init=row["init"]).iloc[0]
        answer = agreed(sizes.grows(row), sizes.grows(other.to_dict()))
        found.append(f"{row['task']}, {init_name(row['init'])}: {answer}. {interval(row)} (n = {row['n']}).")
    return "The power of the width that the number of kept couplings grows with:", found


def _starts(solved, every) -> tuple[str, list[str]]:
    marks, others = starts.marks(solved), starts.marks(every)
    found = [
        f"{task}, {init_name(init)}: {'more' if sign > 0 else 'less'} {NAMES[of_]}."
        for task, init, of_, sign in marks
        if (task, init, of_, sign) in others
    ]
    more = len({*marks, *others}) - len(found)
    found += [f"{more} more: {OPEN}."] if more else []
    return "Beside the orthogonal start, paired by seed, at each width:", found or ["No mark is found."]


def _variance(every, alpha) -> tuple[str, list[str]]:
    own, found = of(every, "e"), []
    for sector in dict.fromkeys(quantity.split(": ")[0] for quantity in own["quantity"]):
        part = own[own["quantity"].str.startswith(f"{sector}: ")]
        numbers = [
            f"{variance.CALLED[row['quantity'].split(': ')[1]]} {interval(row)}" for row in part.to_dict("records")
        ]
        found.append(f"−{sector} ({part['n'].iloc[0]} seeds): {', '.join(numbers)}.")
    about = f"Shares of the sum of squares of log10 effect at α = {alpha:g} (cut: within networks, over the alphas):"
    return about, found or ["Not decidable: too few seeds have all their networks."]


def _properties(solved, every) -> tuple[str, list[str]]:
    names = [properties.predicting(rows, CROSSED) for rows in (solved, every)]
    both = [properties.CALLED[name] for name in names[0] if name in names[1]]
    numbers = [
        f"{row['task']}, {properties.CALLED[row['quantity']]}: {interval(row)} (n = {row['n']})."
        for row in of(solved, "f").to_dict("records")
    ]
    best = " and ".join(both) or "none of the three"
    return f"Predicts the removed share: {best}. Rank correlations within groups, their mean:", numbers


def _likeness(solved, every) -> tuple[str, list[str]]:
    found = []
    for task in dict.fromkeys(of(solved, "g")["task"]):
        own = of(solved, "g", task=task).set_index("quantity")
        answer = agreed(*(likeness.alike(of(rows, "g", task=task)) for rows in (solved, every)))
        numbers = f"Overlap {interval(own.loc['overlap'])}, over chance {interval(own.loc['overlap - by chance'])}"
        found.append(f"{task} (n = {own['n'].iloc[0]}): {answer}. {numbers}.")
    return "Circuits of two seeds of a group:", found


def _slow(solved, every, alpha) -> tuple[str, list[str]]:
    found = []
    for task in dict.fromkeys(of(solved, "h")["task"]):
        own = of(solved, "h", task=task).set_index("quantity")
        shares = [of(rows, "h", task=task, quantity="share within 1")["value"].iloc[0] for rows in (solved, every)]
        answer = agreed(*("it is" if share >= slow_modes.SHARE else "it is not" for share in shares))
        numbers = ", ".join(f"{name} {interval(own.loc[name])}" for name in slow_modes.NAMES)
        found.append(f"{task} (n = {own['n'].iloc[0]}): {answer}. {_capital(numbers)}.")
    return f"The number of Lyapunov exponents above log {alpha:g}, and n_R:", found


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
