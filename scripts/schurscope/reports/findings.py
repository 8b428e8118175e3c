"""docs/findings.md from results: numbers first (docs/findings.json), then the text that is made from them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from schurscope.foundations.registry import REGISTRY, load
from schurscope.metrics import make_metric, statistics
from schurscope.reports.labels import init_name, removed_name
from schurscope.reports.networks import NETWORK
from schurscope.reports.paper import paper_vs_here
from schurscope.reports.reading import render
from schurscope.reports.trust import answers, claims
from schurscope.reports.trust.per_network import per_network
from schurscope.schur.form import SECTORS
from schurscope.stages.summarise import metric_of

STATISTICS = {"mean": statistics.mean, "sem": statistics.sem, "n": statistics.count}
DIGITS = 6  # significant, in the file of numbers


def collected(
    paper_values: pd.DataFrame, summaries, circuits, diagnostics: dict, studies: dict, census: dict, alpha: float
) -> dict:
    """Every number and sentence that the text may use, as plain data.

    ``summaries``, ``circuits`` (circuit summaries), ``diagnostics`` (name -> datasets): the paper's experiment;
    ``studies``: name -> the cells of a study at ``alpha``; ``census``: what rule census says (said.json).
    """
    table = per_network(summaries, diagnostics, alpha)
    networks = table.drop_duplicates(list(NETWORK))
    stated = claims.claims(summaries, table, alpha)
    compared = paper_vs_here(paper_values, summaries)
    said = answers.answers(answers.numbers(diagnostics, table, alpha), alpha)
    return _plain(
        {
            "alpha": alpha,
            "near": summaries[0].attrs["near"],
            "networks": len(networks),
            "networks_solved": int((networks["solved"] == 1).sum()),
            "paper": cells(summaries, alpha),
            "studies": studies,
            "circuits": [one for summary in circuits for one in circuits_of(summary)],
            "paper_vs_here": compared[compared["verdict"] != "not in this config"].to_dict("records"),
            "census": census,
            "claims": [
                {
                    "section": row["section"],
                    "statement": row["statement"],
                    "verdict": row["verdict"],
                    "text": claims.in_words(row),
                }
                for row in stated.to_dict("records")
            ],
            "answers": [
                {"name": name, "question": load("report", name).QUESTION, "text": said[name]}
                for name in REGISTRY["report"]
                if name in said
            ],
        }
    )


def cells(summaries, alpha: float) -> list[dict]:
    """One entry a (task, width, construction): its solved networks, intact and without each sector, at ``alpha``.

    Without a sector: ΔFVU, or the accuracy that is left; mean, SEM and n over the solved networks in which the sector
    is not empty. ``n_R``: of each solved network, at every alpha.
    """
    found = []
    for summary in summaries:
        metric = metric_of(summary)
        for width in summary["width"].values:
            for init in summary["init"].values:
                every = summary.sel(width=width, init=init)
                every = every.sel(seed=(every["status"] == "ok").values)
                solved = every.sel(seed=(every["solved"] == 1).values)
                at = solved.sel(alpha=alpha)
                cell = {"task": summary["task"].item(), "width": int(width), "init": str(init), "metric": metric}
                cell |= {"networks": every.sizes["seed"], "solved": solved.sizes["seed"]}
                cell["validation"] = every["validation"].values.tolist()
                cell["updates"] = solved["updates"].values.tolist()
                cell["fragile"] = int((at["fragile"] == 1).sum())
                cell["n_R"] = {f"{a:g}": solved["n_R"].sel(alpha=a).values.tolist() for a in solved["alpha"].values}
                cell["none"] = _spread(at[metric].sel(removed="none").values)
                name = make_metric(metric).after[0]
                for sector in SECTORS:
                    without = at.sel(removed=sector)
                    cell[sector] = _spread(without[name].values) | {"empty": int((without["empty"] == 1).sum())}
                    if "accuracy_by_lag" in without:
                        by_lag = without["accuracy_by_lag"].mean("seed").values
                        cell[sector] |= {"lag_low": np.min(by_lag), "lag_high": np.max(by_lag)}
                found.append(cell)
    return found


def circuits_of(summary) -> list[dict]:
    """One entry a (width, construction, epsilon): circuits in Schur coordinates of solved networks that have couplings.

    Shares of N that go, numbers that are left, discrepancy and scores on held-out trials: mean, SEM and n.
    """
    found = []
    metric = summary.attrs["metric"]
    names = {name: f"circuit_{name}" for name in ("removed_share", "numbers_left", "discrepancy")}
    names |= {"score": f"circuit_{metric}", "intact": f"circuit_{metric}_intact"}
    for width in summary["width"].values:
        for init in summary["init"].values:
            every = summary.sel(basis="schur", width=width, init=init)
            there = (every["status"] == "ok") & (every["solved"] == 1)
            for epsilon in summary["epsilon"].values:
                at = every.sel(epsilon=epsilon)
                at = at.sel(seed=(there & at["circuit_removed_share"].notnull()).values)
                if not at.sizes["seed"]:
                    continue
                where = {"task": summary["task"].item(), "width": int(width), "init": str(init), "metric": metric}
                cell = where | {"epsilon": float(epsilon), "verified": int((at["circuit_verified"] == 1).sum())}
                found.append(cell | {name: _spread(at[stored].values) for name, stored in names.items()})
    return found


def text(numbers: dict, template: Path) -> str:
    """The text from the numbers."""
    names = {name: make_metric(name).label for name in REGISTRY["metric"]}
    words = {"spread": spread, "init_name": init_name, "removed_name": removed_name, "metric_names": names}
    return render(template, **numbers, **words, short=short, verdict=verdict, most=most)


def spread(found: dict) -> str:
    """Mean ± SEM (n), or what there is instead."""
    if not found["n"]:
        return "empty" if found.get("empty") else "–"
    mean = short(found["mean"])
    return f"{mean} ({found['n']})" if found["n"] == 1 else f"{mean} ± {short(found['sem'], 2)} ({found['n']})"


def short(value, digits: int = 4) -> str:
    """A number as the text shows it."""
    return "" if value is None else f"{value:.{digits}g}".replace("-", "−")


def most(cell: dict) -> str:
    """The coupling without which the FVU of a cell (of ``cells``) grows most in the mean."""
    there = [sector for sector in SECTORS if cell[sector]["n"]]
    return f"T_{max(there, key=lambda sector: cell[sector]['mean'])}" if there else "nothing"


def verdict(row: dict) -> str:
    """A verdict of paper_vs_here, with its reason."""
    return row["verdict"] + (f": {row['reason']}" if row["reason"] else "")


def as_json(numbers: dict) -> str:
    return json.dumps(numbers, ensure_ascii=False, indent=1) + "\n"


def _spread(values) -> dict:
    return {name: function(values, 0) for name, function in STATISTICS.items()}


def _plain(value):
    """Plain data for JSON: numbers to DIGITS significant digits, NaN as null."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return value
