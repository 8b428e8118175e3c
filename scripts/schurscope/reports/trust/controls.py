"""The page on matched controls: its question, its columns a network and sector, its answer in words."""

import numpy as np

from schurscope.analyses.ablation import LEAST_MASS
from schurscope.reports.trust.shares import SMALL

QUESTION = "Is a sector's effect more than what any removal of its size does?"
COLUMNS = {
    "effect": lambda d: d["effect"],
    "mass": lambda d: d["removed_mass"],
    "percentile": lambda d: d["percentile"].sel(control=ANYWHERE),
    "percentile_in_sector": lambda d: d["percentile"].isel(control=2),
    "percentile_of_entries": lambda d: d["percentile"].isel(control=0),
}
ANYWHERE = "direction in T"
HIGH = 97.5  # percentile above which a sector costs more than chance
PERCENTILES = ("percentile_of_entries", "percentile", "percentile_in_sector")


def answer(datasets, table, found) -> str:
    words = []
    for sector, part in table[table["mass"] >= LEAST_MASS].groupby("sector", sort=False):
        above = ", ".join(str(int(np.sum((part[name] >= HIGH) & (part["effect"] > SMALL)))) for name in PERCENTILES)
        words.append(f"−{sector} {above} of {len(part)}")
    if not words:
        return "Every sector is empty: there is nothing to compare."
    return (
        f"Networks that lose something with the sector, and more than with at least {HIGH:g} % of"
        f" {datasets[0].sizes['draw']} random changes of the same norm (random entries of N, directions in T,"
        f" directions within the sector): {'; '.join(words)}."
    )
