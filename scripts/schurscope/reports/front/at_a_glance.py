"""Every kind of network and every single one: what it loses with each sector, and what that rests on."""

import pandas as pd

from schurscope.reports.front.wording import spread
from schurscope.reports.labels import init_name
from schurscope.reports.reading import short
from schurscope.reports.trust import sectors
from schurscope.schur.form import SECTORS

PLACE = ["task", "width", "init"]
MOST = 300  # single networks that a page lists
ELSEWHERE = "trained elsewhere"


def kinds(table: pd.DataFrame, networks: pd.DataFrame) -> list[dict]:
    """A row a (task, width, construction); ``table``: trust.per_network, ``networks``: tables.networks at its alpha."""
    verdicts = {tuple(row[name] for name in sectors.CELL): row for row in sectors.sectors(table).to_dict("records")}
    costs = {key: own for key, own in _there(table).groupby([*PLACE, "sector"], sort=False)["effect"]}
    rows = []
    for place, own in networks.groupby(PLACE, sort=False):
        solved = own[own["solved"] == 1]
        rows.append(
            _named(place)
            | {"networks": len(own), "solved": len(solved), "diverged": int((own["status"] != "ok").sum())}
            | {"n_R": _span(solved["n_R"]), "fragile": int((solved["fragile"] == 1).sum())}
            | {"cells": [_cell(verdicts.get((*place, s)), costs.get((*place, s))) for s in SECTORS]}
        )
    return rows


def single(table: pd.DataFrame, networks: pd.DataFrame) -> list[dict]:
    """A row a network, with what it loses with each sector; none where there are too many to list."""
    if len(networks) > MOST:
        return []
    effects = {key: own.iloc[0] for key, own in table.groupby([*PLACE, "seed", "sector"], sort=False)}
    rows = []
    for one in networks.to_dict("records"):
        key = tuple(one[name] for name in (*PLACE, "seed"))
        costs = [effects.get((*key, sector)) for sector in SECTORS]
        said = ["" if cost is None else "empty" if cost["empty"] else short(cost["effect"]) for cost in costs]
        rows.append(
            _named(key[:3])
            | {"seed": one["seed"], "score": short(one["held_out_score"], 4), "n_R": _span([one["n_R"]])}
            | {"state": "solved" if one["solved"] == 1 else "not solved" if one["status"] == "ok" else one["status"]}
            | {"cut": "" if one["status"] != "ok" else "fragile" if one["fragile"] == 1 else "sound", "costs": said}
        )
    return rows


def undecided(rows: list[dict]) -> list[str]:
    """The kinds of which no network is solved; ``rows``: kinds."""
    found: dict[tuple, list[str]] = {}
    for row in rows:
        if not row["solved"]:
            found.setdefault((row["task"], row["width"]), []).append(f"{row['init']}, 0 of {row['networks']}")
    return [f"{task}, N = {width} ({'; '.join(inits)})" for (task, width), inits in found.items()]


def _there(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["solved"] == 1) & (table["empty"] == 0)]


def _named(place) -> dict:
    task, width, init = place
    return {"task": task, "width": width, "init": ELSEWHERE if init == "imported" else init_name(init)}


def _span(values) -> str:
    values = sorted(set(values))
    if not values or values[0] != values[0]:
        return ""
    return f"{values[0]:.0f}" if len(values) == 1 else f"{values[0]:.0f} to {values[-1]:.0f}"


def _cell(row: dict | None, costs) -> dict:
    """What to say of one sector of one kind of network: verdict, count, cost, and what it rests on."""
    if row is None or not row["solved"]:
        return {"verdict": "not decidable", "count": "", "cost": "", "notes": []}
    if row["verdict"] == "empty":
        return {"verdict": "empty", "count": f"{row['empty']} of {row['solved']}", "cost": "", "notes": []}
    n, notes = row["n"], []
    if row["order_dependent"] > 0:  # NaN: not measured
        notes.append(f"order {int(row['order_dependent'])} of {n}")
    if row["above_random"] == row["above_random"]:
        notes.append(f"above chance {int(row['above_random'])} of {n}")
    decided = row["verdict"] in sectors.KINDS
    return {
        "verdict": row["verdict"],
        "count": f"{row['verdict_n']} of {n}" if decided else f"n = {n}",
        "cost": spread(costs),
        "notes": notes,
    }
