"""The page on nonnormality: its question, its columns a network and sector, its answer in words."""

import numpy as np
import pandas as pd

from schurscope.reports.labels import init_name
from schurscope.reports.networks import networks
from schurscope.reports.trust.shares import spread

QUESTION = "How nonnormal is the recurrent matrix?"
COLUMNS: dict = {}


def numbers(datasets, table, alpha) -> pd.DataFrame:
    """A row a (task, construction): Henrici's departure over the norm of W, over solved networks of all widths."""
    found: dict[tuple, list] = {}
    for one in networks(datasets):
        if one["solved"] == 1 and np.isfinite(one["henrici"]):
            found.setdefault((one["task"].item(), one["init"].item()), []).append(float(one["henrici"]))
    return pd.DataFrame([{"task": task, "init": init} | spread(values) for (task, init), values in found.items()])


def answer(rows, alpha) -> str:
    words = [
        f"{row['task']}, {init_name(row['init'])} {row['low']:.2g} to {row['high']:.2g} (n = {row['n']})"
        for row in rows.to_dict("records")
    ]
    return (
        "Henrici's departure over the norm of W (0 for a normal matrix, at most 1; no cut enters), range over solved"
        f" networks: {'; '.join(words)}."
    )
