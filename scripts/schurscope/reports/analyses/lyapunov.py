"""The report on time scales: n_R beside slow exponents, and what removals do to the spectrum beside the output."""

import altair as alt
import numpy as np
import pandas as pd

from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.analyses.shares import spread
from schurscope.reports.figures import style
from schurscope.reports.networks import key_of, networks
from schurscope.schur.form import SECTORS

QUESTION = "Do Schur modes set the time scales of the dynamics?"
COLUMNS = {"exponents_moved": lambda d: d["moved"]}
REMOVED = [f"−{sector}" for sector in SECTORS]
SECTOR = alt.Color(
    "sector:N", scale=alt.Scale(domain=REMOVED, range=list(style.SECTOR_COLOURS.values())), title="removed"
)
LEAST = 1e-6  # what is drawn at the edge: less is rounding


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a task and quantity, over its solved networks: median, low, high, n."""
    found: dict[tuple, list] = {}
    for one in networks(datasets):
        if one["solved"] != 1 or not np.isfinite(one["slow"].sel(removed="none")):
            continue
        task, intact = one["task"].item(), one["exponent"].sel(removed="none").values
        n_R, slow = float(one["n_R"]), float(one["slow"].sel(removed="none"))
        values = {"n_R": n_R, "slow": slow, "difference": abs(slow - n_R), "first": intact[0]}
        values["correlation"] = _correlation(one["log_modulus"].values, intact)
        for sector in SECTORS:
            moved, lost = (float(one[name].sel(removed=sector)) for name in ("moved", "discrepancy"))
            if one["removed_mass"].sel(removed=sector) >= LEAST_MASS:
                values |= {f"moved {sector}": moved, f"lost {sector}": lost}
        for quantity, value in values.items():
            if np.isfinite(value):
                found.setdefault((task, quantity), []).append(value)
    return pd.DataFrame([{"task": task, "quantity": name} | spread(values) for (task, name), values in found.items()])


def answer(rows, alpha) -> str:
    tasks = list(dict.fromkeys(rows["task"]))
    at = rows.set_index(["task", "quantity"])

    def said(task, quantity, digits=2):
        row = at.loc[(task, quantity)]
        if row["n"] == 1:
            return f"{row['median']:.{digits}g}"
        return f"{row['median']:.{digits}g} [{row['low']:.{digits}g} to {row['high']:.{digits}g}]".replace("-", "−")

    def of_each(words):
        return "; ".join(f"{task} (n = {int(at.loc[(task, 'n_R'), 'n'])}) {words(task)}" for task in tasks)

    def removals(task):
        there = [sector for sector in SECTORS if (task, f"moved {sector}") in at.index]
        return ", ".join(f"−{s} {said(task, f'moved {s}')} at {said(task, f'lost {s}')}" for s in there) or "none"

    def related(task):
        return said(task, "correlation") if (task, "correlation") in at.index else "not defined"

    return " ".join(
        [
            f"At α = {alpha:g}, in solved networks, median [least to most]: rows of R, and exponents above log α along"
            f" the held-out trials: {of_each(lambda t: said(t, 'n_R', 3) + ' and ' + said(t, 'slow', 3))}.",
            "Largest change of one of the first n_R exponents (nats a step) when a sector goes, at the discrepancy of"
            f" the outputs: {of_each(removals)}.",
            f"Correlation within a network of log moduli, ordered, with exponents along trials: {of_each(related)}.",
        ]
    )


def _correlation(moduli, exponents) -> float:
    there = np.isfinite(moduli) & np.isfinite(exponents)
    if there.sum() < 3 or np.ptp(moduli[there]) < 1e-9 or np.ptp(exponents[there]) < 1e-9:
        return np.nan
    return float(np.corrcoef(moduli[there], exponents[there])[0, 1])


def draw(datasets, settings):
    """Counts against counts, change of the spectrum against change of the output, moduli against exponents."""
    every = [one for one in networks(datasets["diagnostic"]) if np.isfinite(one["slow"].sel(removed="none"))]
    tasks = list(dict.fromkeys(one["task"].item() for one in every))
    shape = alt.Shape("task:N", sort=tasks, title="task")
    first: dict[str, int] = {}  # seed of each task
    for one in every:
        first[one["task"].item()] = min(one["seed"].item(), first.get(one["task"].item(), one["seed"].item()))
    counts, moves, moduli = [], [], []
    for one in every:
        key = {name: str(value) for name, value in key_of(one).items()}
        counts.append(key | {"n_R": float(one["n_R"]), "slow": float(one["slow"].sel(removed="none"))})
        for sector in SECTORS:
            moved, lost = (float(one[name].sel(removed=sector)) for name in ("moved", "discrepancy"))
            if np.isfinite(moved) and one["removed_mass"].sel(removed=sector) >= LEAST_MASS:
                at = {"moved": max(moved, LEAST), "lost": max(lost, LEAST)}
                moves.append(key | {"sector": f"−{sector}"} | at)
        pairs = zip(one["log_modulus"].values, one["exponent"].sel(removed="none").values, strict=True)
        if one["seed"].item() == first[one["task"].item()]:
            moduli += [key | {"log_modulus": m, "exponent": e} for m, e in pairs if np.isfinite(m) and np.isfinite(e)]
    size = {"width": 250, "height": 250}
    most = max([1.0, *(value for row in counts for value in (row["n_R"], row["slow"]))]) * 1.05
    left = _pair(counts, "n_R", "slow", f"n_R at α = {settings['alpha']:g}", "slow exponents (above log α)", most)
    left = left.encode(shape=shape).properties(title="How many are slow", **size)
    line = alt.Chart(style.inline([{"n_R": 0, "slow": 0}, {"n_R": most, "slow": most}])).mark_line(
        color=style.GREY, strokeDash=[4, 3]
    )
    x_log, y_log = (alt.Scale(type="log", domain=[LEAST, most], nice=False) for most in (100, 1))
    x_axis, y_axis = (alt.Axis(format="~g", values=[10.0**k for k in range(-6, last, 2)]) for last in (3, 1))
    middle = (
        alt.Chart(style.inline(moves))
        .mark_point(size=30, strokeWidth=1.4)
        .encode(
            x=alt.X("lost:Q", title="discrepancy of the outputs", scale=x_log, axis=x_axis),
            y=alt.Y("moved:Q", title="largest change of the first n_R exponents", scale=y_log, axis=y_axis),
            color=SECTOR,
            shape=shape,
            tooltip=["task:N", "width:N", "init:N", "seed:N", "sector:N", "lost:Q", "moved:Q"],
        )
        .properties(title="Spectrum against output", **size)
    )
    right = _pair(
        moduli, "log_modulus", "exponent", "log modulus, in order", "exponent along trials (nats a step)", None
    )
    right = right.encode(shape=shape).properties(title="Moduli against exponents, first seed", **size)
    subtitle = [
        f"Every network with a Schur form; α = {settings['alpha']:g}. Exponents: mean over held-out trials, their first"
        " fifth left out.",
        f"Dashed: equal. Middle: sectors that are not empty; less than {LEAST:g} is drawn there.",
    ]
    chart = alt.hconcat(line.encode(x="n_R:Q", y="slow:Q") + left, middle, right, spacing=20)
    return style.styled(chart.resolve_scale(color="independent", shape="shared"), "Time scales", subtitle)


def _pair(records, x, y, x_title, y_title, most):
    scale = alt.Scale(domain=[0, most], nice=False) if most else alt.Scale(zero=False)
    return (
        alt.Chart(style.inline(records))
        .mark_point(size=26, strokeWidth=1.2, color="#444444")
        .encode(
            x=alt.X(f"{x}:Q", title=x_title, scale=scale),
            y=alt.Y(f"{y}:Q", title=y_title, scale=scale),
            tooltip=["task:N", "width:N", "init:N", "seed:N", f"{x}:Q", f"{y}:Q"],
        )
    )
