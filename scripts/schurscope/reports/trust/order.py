"""The page on random orders of blocks: its question, its columns a network and sector, its answer in words."""

import numpy as np

from schurscope.reports.trust.shares import SMALL, depends_on_order, share

QUESTION = "Does an effect depend on the order of blocks within a sector?"
COLUMNS = {
    "effect": lambda d: d["effect"],
    "mass": lambda d: d["removed_mass"],
    "range": lambda d: d["reordered_effect"].max() - d["reordered_effect"].min(),
    "cr_change": lambda d: d["cr_change"].max(),
}
ROUNDING = 1e-10


def answer(datasets, table, found) -> str:
    change = table["cr_change"].max()
    if np.isnan(change):
        return "No blocks could be re-ordered: LAPACK cannot swap them, and nothing is known."
    if change <= ROUNDING:
        first = "−CR does not depend on the order of blocks: in all networks and orders W without it changes by at most"
    else:
        first = "The numerics have failed: −CR cannot depend on the order of blocks, but W without CR changes by up to"
    moved = {sector: depends_on_order(part) for sector, part in table.groupby("sector")}
    last = (
        ": there, it belongs to the order by modulus as much as to the sector"
        if moved["RR"].any() or moved["CC"].any()
        else ""
    )
    return (
        f"{first} {change:.0e} of its norm. The effect of −RR moves by more than a quarter of itself (and by more than"
        f" {SMALL:g}) in {share(moved['RR'])} networks, that of −CC in {share(moved['CC'])}{last}."
    )
