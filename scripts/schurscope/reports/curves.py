"""Learning curves as Kerg et al. 2019 show them: running medians over updates, then medians over networks."""

import numpy as np
import pandas as pd

from schurscope.reports.labels import init_name
from schurscope.reports.reading import number

WINDOW = 11  # updates that a median is taken over
LIMIT = 0.09  # below what copying without memory reaches, 0.0945
SOURCE = "Kerg et al. 2019, Fig. 2, left: read off the published curve, ± 0.003"
PAPER = {  # model -> update -> training loss; where the curve lies above 1 it cannot be read
    "nnRNN": {25: 0.13, 50: 0.070, 100: 0.046, 200: 0.027, 300: 0.014, 500: 0.008, 1000: 0.005, 1500: 0.005},
    "expRNN": {25: 0.12, 50: 0.08, 100: 0.035, 200: 0.011, 300: 0.005},
    "RNN-orth": {25: 0.36, 50: 0.168, 100: 0.07, 200: 0.03, 300: 0.02, 500: 0.014, 1000: 0.008},
    "EURNN": {25: 0.26, 50: 0.136, 100: 0.10, 200: 0.05, 300: 0.027, 500: 0.005},
    "LSTM": {25: 0.30, 50: 0.293, 100: 0.274, 200: 0.209, 300: 0.146, 500: 0.100, 1000: 0.095, 1500: 0.095},
    "RNN": {200: 0.87, 300: 0.43, 500: 0.111, 1000: 0.095, 1500: 0.095},
}
UPDATES = sorted({update for curve in PAPER.values() for update in curve})


def by_model(names: dict[str, str], blocks) -> dict[str, list]:
    """Model -> its networks datasets. ``names``: task -> model; where a task has several sizes or constructions, each
    is a model of its own.
    """
    places: dict[str, dict] = {task: {} for task in names}
    for block in blocks:
        place = int(block["width"]), block["init"].item()
        places[block["task"].item()].setdefault(place, []).append(block)
    found = {}
    for task, of_task in places.items():
        for (width, init), own in of_task.items():
            found[names[task] if len(of_task) == 1 else f"{names[task]}, N = {width}, {init_name(init)}"] = own
    return found


def losses(blocks) -> dict[int, np.ndarray]:
    """seed -> loss (update,), as far as it was trained, from the networks datasets of one model."""
    found = {}
    for block in blocks:
        for seed in block["seed"].values:
            one = block.sel(seed=seed)
            found[int(seed)] = one["loss"].values[: int(one["updates"])]
    return found


def running(loss: np.ndarray) -> np.ndarray:
    """Median over WINDOW updates about each update, fewer at the ends, (update,); what is not finite is infinite."""
    half, loss = WINDOW // 2, np.where(np.isfinite(loss), loss, np.inf)
    padded = np.pad(loss, half, constant_values=np.nan)
    return np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, WINDOW), axis=1)


def below(loss: np.ndarray) -> float:
    """The first update whose running median lies below LIMIT; NaN if there is none."""
    found = np.flatnonzero(running(loss) < LIMIT)
    return float(found[0]) if len(found) else np.nan


def against_the_paper(named: dict[str, list]) -> pd.DataFrame:
    """One row a model and update: the paper's loss, and ours: median, least and largest over networks.

    ``named``: model -> its networks datasets. The rows whose update is "below" say when the loss first lies below
    LIMIT; their n counts networks that come there, and their median, least and largest are of those.
    """
    rows = []
    for model, blocks in named.items():
        own = losses(blocks)
        for update in UPDATES:
            there = [running(loss)[update - 1] for loss in own.values() if len(loss) >= update]
            paper = PAPER.get(model, {}).get(update, np.nan)
            rows.append(_row(model, update, paper, there, len(own)))
        first = [below(loss) for loss in own.values()]
        rows.append(_row(model, "below", np.nan, [one for one in first if np.isfinite(one)], len(own)))
    return pd.DataFrame(rows)


def _row(model, update, paper, values, of: int) -> dict:
    spread = (np.median(values), min(values), max(values)) if values else (np.nan,) * 3
    row = dict(zip(("here", "low", "high"), spread, strict=True))
    return {"model": model, "update": update, "paper": paper} | row | {"n": len(values), "of": of}


def for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """One row a model: paper / here at each update, and when the loss lies below LIMIT."""
    rows = []
    for model, own in table.groupby("model", sort=False):
        row = {"model": model, "n": int(own["of"].iloc[0])}
        for one in own.to_dict("records"):
            here = f"{number(one['here'])} [{number(one['low'])} to {number(one['high'])}]" if one["n"] else ""
            if one["update"] == "below":
                row[f"below {LIMIT:g} at"] = f"{here} in {one['n']} of {one['of']}" if one["n"] else "never"
            elif here:
                row[str(one["update"])] = f"{number(one['paper']) if np.isfinite(one['paper']) else '–'} / {here}"
        rows.append(row)
    return pd.DataFrame(rows).fillna("")
