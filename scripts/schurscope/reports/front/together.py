"""How large a share of all couplings can go at once, in one sentence."""

import numpy as np

from schurscope.reports.front.wording import Said, few, listed
from schurscope.reports.labels import init_name
from schurscope.reports.reading import short

EPSILON = 0.01  # of the circuits that are told
MOST = 6  # kinds of networks that are named


def together(circuits: list) -> Said:
    """How large a share of all couplings can go at once, checked on held-out trials."""
    head = "How much can go together"
    if not circuits:
        return Said(head, "Not asked: this config looks for no circuits, at no ε.")
    epsilons = circuits[0]["epsilon"].values
    epsilon = float(epsilons[np.argmin(np.abs(np.log(epsilons / EPSILON)))])
    rows = [row for one in circuits for row in _shares(one, epsilon)]
    said = [row for row in rows if len(row["shares"])]
    if not said:
        return Said(head, f"Not decidable at ε = {epsilon:g}: no solved network has couplings to lose.")
    told = {row["named"]: row["shares"] for row in said} if len(said) <= MOST else _by_task(said)
    shares = listed([f"{named} {_percent(own)}" for named, own in told.items()])
    off = np.concatenate([row["off"] for row in said])
    held, of = sum(row["verified"] for row in said), len(off)
    check = f"; on held-out trials, which chose nothing, the change stays below ε in {held} of {of} networks"
    check += f" and is at most {short(off.max() / epsilon, 3)} ε"
    without = [row["named"] for row in rows if not len(row["shares"])]
    last = f" Nothing to say of {few(without)}: no solved network with couplings." if without else ""
    text = f"If the outputs may change by ε = {epsilon:g} of their variance, so many of all couplings between blocks"
    text += f" can go at once (median [least to most] of n solved networks): {shares}{check}.{last}"
    where = f"Looked for in networks of {few([row['place'] for row in said], MOST)}, in ordered Schur coordinates."
    return Said(head, text, (where,))


def _shares(summary, epsilon: float) -> list[dict]:
    """What can go in the solved networks of each width and construction of a task, in Schur coordinates."""
    at = summary.sel(basis="schur").sel(epsilon=epsilon)
    parts = [at.sel(width=width, init=init) for width in at["width"].values for init in at["init"].values]
    parts = [part for part in parts if part["status"].notnull().any()]
    rows = []
    for part in parts:
        one = part.sel(seed=((part["solved"] == 1) & part["circuit_removed_share"].notnull()).values)
        task, place = part["task"].item(), f"N = {part['width'].item()}, {init_name(part['init'].item())}"
        values = {name: one[f"circuit_{name}"].values for name in ("removed_share", "discrepancy", "verified")}
        named = f"{task} ({place})" if len(parts) > 1 else task
        rows.append({"task": task, "named": named, "place": f"{task} ({place})", "shares": values["removed_share"]})
        rows[-1] |= {"off": values["discrepancy"], "verified": int(values["verified"].sum())}
    return rows


def _by_task(rows: list[dict]) -> dict[str, np.ndarray]:
    """The shares of all networks of a task, where there are too many kinds to name each."""
    tasks = dict.fromkeys(row["task"] for row in rows)
    return {task: np.concatenate([row["shares"] for row in rows if row["task"] == task]) for task in tasks}


def _percent(shares) -> str:
    low, middle, high = (f"{100 * value:.0f}" for value in (shares.min(), np.median(shares), shares.max()))
    span = "" if low == high else f" [{low} to {high}]"
    return f"{middle} %{span} (n = {len(shares)})"
