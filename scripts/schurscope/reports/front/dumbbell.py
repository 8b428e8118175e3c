"""Paper and here, number by number: places on an axis that the numbers of one kind share, in percent of its width."""

import math

import pandas as pd

from schurscope.foundations.registry import REGISTRY
from schurscope.metrics import make_metric
from schurscope.reports.labels import init_name, removed_name
from schurscope.reports.reading import short

PLACE = ["task", "width", "init"]
OTHERS = {"n_R": "n_R", "sensitivity": "S = ΔFVU / removed mass", "delta_fvu": "ΔFVU"}
ABSENT = "not in this config"
MARGIN = 0.04  # of an axis, on either side
TICKS = 4  # at about so many steps
EXPLAINED = ("the interval is wider than the paper's number", "nothing is removed in any solved network")
VERDICTS = {  # and what is said of several
    "agrees": "agree",
    "differs": "differ",
    "not decidable": "not decidable",
    "empty here": "empty here",
    "no number in the paper": "without a number in the paper",
}


def groups(compared: pd.DataFrame) -> list[dict]:
    """Numbers that share an axis: title, ticks and rows; ``compared``: paper.paper_vs_here, as its CSV has it.

    A place (``left``) is a percentage of the axis. The bar is the interval of our mean minus the paper's number, drawn
    from that number: it covers the paper's mark where, and only where, the interval holds 0. What this config does not
    have is left out.
    """
    there = compared[compared["verdict"] != ABSENT]
    found = []
    for (source, metric), whole in there.groupby(["source", "metric"], sort=False):
        places = whole.groupby(PLACE, sort=False)
        parts = [whole] if places.size().max() == 1 else [own for _, own in places]
        found += [_group(source, metric, own.to_dict("records")) for own in parts]
    return found


def counts(compared: pd.DataFrame) -> list[tuple[str, int]]:
    """How many numbers there are of each verdict, in words for several."""
    return [(said, n) for verdict, said in VERDICTS.items() if (n := int((compared["verdict"] == verdict).sum()))]


def _group(source: str, metric: str, rows: list[dict]) -> dict:
    values = [value for row in rows for value in _values(row) if not math.isnan(value)]
    low, high = _least_axis(metric)
    low, high = min([low, *values]), max([high, *values])
    room = MARGIN * ((high - low) or abs(high) or 1.0)
    low, high = low - room, high + room

    def left(value: float) -> float:
        return round(100 * (value - low) / (high - low), 2)

    one_place = len({tuple(row[name] for name in PLACE) for row in rows}) == 1
    alphas = {row["alpha"] for row in rows}
    title = f"{rows[0]['task']}, N = {rows[0]['width']}, {init_name(rows[0]['init'])}: " if one_place else ""
    where = f"{source}, α = {rows[0]['alpha']:g}" if len(alphas) == 1 else source
    return {
        "title": f"{title}{OTHERS.get(metric) or make_metric(metric).label} ({where})",
        "ticks": [{"left": left(tick), "said": f"{tick:g}".replace("-", "−")} for tick in ticks(low, high)],
        "rows": [_row(row, left, one_place, len(alphas) > 1) for row in rows],
    }


def _least_axis(metric: str) -> tuple[float, float]:
    """What an axis shows at least, so that equal numbers look equal: 0 of an error, half of the best of a score."""
    if metric in REGISTRY["metric"] and make_metric(metric).higher_is_better:
        return make_metric(metric).most / 2, make_metric(metric).most
    return (math.inf, -math.inf) if metric == "n_R" else (0.0, 0.0)


def _values(row: dict) -> list[float]:
    return [row["paper"], row["here"], *_bar(row)]


def _bar(row: dict) -> tuple[float, float]:
    return row["paper"] + row["difference_low"], row["paper"] + row["difference_high"]


def _row(row: dict, left, one_place: bool, several_alphas: bool) -> dict:
    words = [f"α = {row['alpha']:g}"] if several_alphas else []
    words += [] if one_place else [row["task"]]
    words += [removed_name(row["removed"])] if row["metric"] != "n_R" else []
    bar = [left(value) for value in _bar(row) if not math.isnan(value)]
    note = row["note"] if math.isnan(row["paper"]) else "" if row["reason"] in EXPLAINED else row["reason"]
    return {
        "name": ", ".join(words),
        "paper": None if math.isnan(row["paper"]) else left(row["paper"]),
        "here": None if math.isnan(row["here"]) else left(row["here"]),
        "bar": bar or None,
        "paper_said": short(row["paper"], 3),
        "here_said": f"{short(row['here'], 3)} ({int(row['n'])})" if row["n"] else "",
        "verdict": row["verdict"],
        "kind": row["verdict"].split()[0],
        "note": note if isinstance(note, str) else "",
    }


def ticks(low: float, high: float) -> list[float]:
    """Round numbers within an axis, 1, 2 or 5 times a power of ten apart."""
    raw = (high - low) / TICKS
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]
