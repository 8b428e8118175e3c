"""circle_path beside the paper: circular RMSE of every model, mean ± SEM (n) over networks."""

import numpy as np
import pandas as pd

from schurscope.metrics.statistics import count, mean, sem
from schurscope.reports.reading import number

SOURCE = "Mo 2026 (arXiv 2605.03338), Figs. 5 and A3 and Tables A3 and A5, read off the vector figures"
CALLED = {
    "equivariant": "equivariant, pinned",
    "free": "equivariant, free",
    "broken": "broken, ε = 0.02",
    "gru": "GRU",
    "lstm": "LSTM",
    "orthogonal": "orthogonal",
}
OWN_CELL = ("equivariant", "broken")  # what the paper's is made of is not public
FULL, RESTRICTED, STRONGER = "full phase", "restricted phase", "stronger"
PAPER = {  # (condition, speed) -> model -> horizon -> (mean, SEM or NaN)
    (FULL, 0.8): {
        "equivariant": {32: (0.0121, 0.0006), 64: (0.0196, 0.0005), 128: (0.0278, 0.0011), 256: (0.0396, 0.0011)},
        "broken": {32: (0.0264, 0.0003), 64: (0.0462, 0.0006), 128: (0.0742, 0.0009), 256: (0.1151, 0.0016)},
        "gru": {32: (0.924, 0.039), 64: (1.222, 0.030), 128: (1.492, 0.026), 256: (1.642, 0.018)},
        "lstm": {32: (0.810, 0.070), 64: (1.033, 0.061), 128: (1.251, 0.047), 256: (1.468, 0.042)},
        "orthogonal": {32: (1.530, 0.051), 64: (1.649, 0.038), 128: (1.718, 0.022), 256: (1.781, 0.008)},
    },
    (FULL, 1.8): {
        "equivariant": {256: (0.2433, 0.011)},
        "broken": {256: (0.2685, 0.010)},
        "gru": {256: (1.731, 0.007)},
        "lstm": {256: (1.686, 0.022)},
        "orthogonal": {256: (1.794, 0.004)},
    },
    (RESTRICTED, 0.8): {
        "equivariant": {128: (0.0278, np.nan)},
        "broken": {128: (0.0740, np.nan)},
        "gru": {128: (1.643, np.nan)},
        "lstm": {128: (1.696, np.nan)},
        "orthogonal": {128: (1.783, np.nan)},
    },
    (STRONGER, 0.8): {
        "gru": {64: (0.191, np.nan), 128: (0.400, np.nan), 256: (0.681, np.nan)},
        "lstm": {64: (0.160, np.nan), 128: (0.344, np.nan), 256: (0.589, np.nan)},
        "orthogonal": {64: (1.284, np.nan), 128: (1.535, np.nan), 256: (1.670, np.nan)},
    },
    (STRONGER, 1.8): {
        "gru": {256: (1.212, 0.026)},
        "lstm": {256: (1.156, 0.029)},
        "orthogonal": {256: (1.749, 0.006)},
    },
}


def condition_of(paths) -> str:
    """Which of the three a neutral_paths dataset belongs to."""
    if paths.attrs["hidden"] != 16:
        return STRONGER
    return RESTRICTED if paths.attrs["phase"] == "restricted" else FULL


def networks(every) -> pd.DataFrame:
    """One row a network, horizon and speed: its circular RMSE, rad. Networks of one model and condition that were
    trained on trials of different lengths stand together, as in the paper."""
    tables = []
    for paths in every:
        table = paths["rmse"].to_dataframe().reset_index()
        at = {"condition": condition_of(paths), "model": paths.attrs["model"], "trained": paths.attrs["trained_steps"]}
        tables.append(table.assign(**at))
    return pd.concat(tables, ignore_index=True)


def averaged(table: pd.DataFrame) -> pd.DataFrame:
    """One row a condition, model, speed and horizon: mean, sem, n over networks."""
    rows = []
    for key, own in table.groupby(["condition", "model", "speed", "steps"], sort=False):
        values = own["rmse"].to_numpy()
        at = dict(zip(("condition", "model", "speed", "steps"), key, strict=True))
        rows.append(at | {"mean": float(mean(values, 0)), "sem": float(sem(values, 0)), "n": int(count(values, 0))})
    return pd.DataFrame(rows)


def against_the_paper(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each number that the paper gives: both, and their difference in joint standard errors where it has one.

    ``comparable``: "own cell" where the paper's network is not public and only the task is the same.
    """
    here = averaged(table).set_index(["condition", "model", "speed", "steps"])
    rows = []
    for (condition, speed), models in PAPER.items():
        for model, horizons in models.items():
            for steps, (value, spread) in horizons.items():
                if (condition, model, speed, steps) not in here.index:
                    continue
                own = here.loc[(condition, model, speed, steps)]
                joint = (own["mean"] - value) / np.hypot(own["sem"], spread)
                row = {"condition": condition, "speed": speed, "model": model, "steps": steps, "paper": value}
                row |= {"paper_sem": spread, "here": own["mean"], "here_sem": own["sem"], "n": int(own["n"])}
                comparable = "own cell" if model in OWN_CELL else "yes"
                rows.append(row | {"joint_standard_errors": joint, "comparable": comparable})
    return pd.DataFrame(rows)


def for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """The same with mean ± SEM in one cell each."""
    rows = []
    for row in against_the_paper(table).to_dict("records"):
        paper = number(row["paper"]) + ("" if np.isnan(row["paper_sem"]) else f" ± {number(row['paper_sem'])}")
        here = f"{number(row['here'])} ± {number(row['here_sem'])} ({row['n']})"
        off = "" if np.isnan(row["joint_standard_errors"]) else f"{row['joint_standard_errors']:+.1f}"
        rows.append(
            {"condition": row["condition"], "speed": row["speed"], "T": row["steps"], "model": CALLED[row["model"]]}
            | {"paper": paper, "here": here, "difference / joint SEM": off, "comparable": row["comparable"]}
        )
    return pd.DataFrame(rows)
