"""The page on dose and response: its question, its columns a network and sector, its answer in words."""

import numpy as np

from schurscope.reports.trust.shares import SMALL

QUESTION = "What does a part of a coupling cost?"
COLUMNS = {
    "whole": lambda d: d["effect"].isel(dose=-1),
    "half": lambda d: np.interp(0.5, d["dose"].values, d["effect"].values),
    "slope": lambda d: d["slope"],
}


def answer(datasets, table, found) -> str:
    words = []
    for sector, part in table.groupby("sector", sort=False):
        enough = part["whole"].to_numpy() > SMALL
        if enough.any():
            half = np.median((part["half"] / part["whole"]).to_numpy()[enough])
            words.append(f"−{sector} {half:.0%} (n = {int(enough.sum())})")
    if not words:
        return "No network loses anything with a sector."
    return (
        "Removing half of a coupling costs so much of what removing the whole costs (median over networks that lose"
        f" something): {', '.join(words)}. 50 % would be proportional; less means that a little can go without harm."
    )
