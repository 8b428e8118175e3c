"""The page on nonnormality: its question, its columns a network and sector, its answer in words."""

import numpy as np

from schurscope.reports.labels import init_name

QUESTION = "How nonnormal is the recurrent matrix?"
COLUMNS: dict = {}


def answer(datasets, table, found) -> str:
    words = []
    for dataset in datasets:
        for init in dataset["init"].values:
            values = dataset["henrici"].sel(init=init).values
            if np.isfinite(values).any():
                span = f"{np.nanmin(values):.2g} to {np.nanmax(values):.2g}"
                words.append(f"{dataset['task'].item()}, {init_name(init)} {span}")
    return f"Henrici's departure over the norm of W (0 for a normal matrix, at most 1): {'; '.join(words) or 'none'}."
