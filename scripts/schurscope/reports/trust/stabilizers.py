"""The page on epsilon-stabilizers: its question, its columns a network and sector, its answer in words."""

import pandas as pd

from schurscope.analyses.ablation import LEAST_MASS, NONE
from schurscope.reports.labels import init_name, removed_name
from schurscope.reports.networks import networks

QUESTION = "What may go?"
COLUMNS = {"candidate_invariance": lambda d: d["candidate"]}


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, width, construction, alpha, removed set): candidates among n solved networks that it is not empty
    in; at every alpha, not only the shown one."""
    found: dict[tuple, list] = {}
    for one in networks(datasets):
        if one["solved"] != 1:
            continue
        for at_alpha in one["alpha"].values:
            for removed in one["removed"].values:
                at = one.sel(alpha=at_alpha, removed=removed)
                if removed != NONE and at["removed_mass"] >= LEAST_MASS:
                    key = (*(one[name].item() for name in ("task", "width", "init")), float(at_alpha), str(removed))
                    found.setdefault(key, []).append(int(at["candidate"]))
    limits = {name: datasets[0].attrs[name] for name in ("epsilon", "mass")}
    names = ("task", "width", "init", "alpha", "removed")
    return pd.DataFrame(
        [dict(zip(names, key, strict=True)) | {"n": len(v), "candidates": sum(v)} | limits for key, v in found.items()]
    )


def answer(rows, alpha) -> str:
    words = []
    for at, part in rows.groupby("alpha"):
        some = [
            f"{removed_name(r['removed'])} in {r['task']}, N = {r['width']}, {init_name(r['init'])}"
            f" ({r['candidates']} of {r['n']})"
            for r in part[part["candidates"] > 0].to_dict("records")
        ]
        words.append(f"at α = {at:g} {', '.join(some) or 'none'}")
    limits = rows.iloc[0]
    return (
        "Candidate approximate functional invariances, as the paper defines them (discrepancy at most"
        f" {limits['epsilon']:g}, removed mass at least {limits['mass']:g}), among solved networks in which something"
        f" is removed: {'; '.join(words)}."
    )
