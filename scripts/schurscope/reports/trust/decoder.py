"""The page on a new readout: its question, its columns a network and sector, its answer in words."""

import numpy as np

QUESTION = "Is the information gone, or only moved?"
COLUMNS = {"recovered": lambda d: d["recovered"], "lost": lambda d: d["lost"]}


def answer(datasets, table, found) -> str:
    words = []
    for sector, part in table.groupby("sector", sort=False):
        back = part["recovered"].dropna().clip(0, 1)
        if len(back):
            words.append(f"−{sector} {np.median(back):.0%} (n = {len(back)})")
    if not words:
        return "No network loses anything with a sector, so there is nothing to bring back."
    return (
        "A new readout, fitted to the ablated network, brings back so much of the loss (median over networks that lose"
        f" something): {', '.join(words)}. What comes back was only moved out of the old readout's sight; the rest was"
        " not found by a linear readout."
    )
