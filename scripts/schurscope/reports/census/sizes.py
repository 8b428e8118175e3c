"""(c) How much of T can go at 1 %, and does the circuit grow with the network or with the task?"""

import numpy as np

from schurscope.reports.census.measures import PLACE
from schurscope.reports.census.rows import by_task, groups_of, mean_over_groups, rows

QUESTION = "How much of T can go at 1 %?"
MEASURED = ("removed_share", "kept", "numbers_left", "verified")
GROWTH = {0.0: "not with the width", 1.0: "as the width", 2.0: "as its square"}
NEAR = 0.25


def found(table) -> list[dict]:
    """Means of each group and task (``spread``: standard deviation over networks), and growth from the least to the
    largest width: log2 of the ratio of means.
    """
    there = table[table["removed_share"].notna()]
    whole = []
    for place, own in there.groupby(PLACE, sort=False):
        own = own.reset_index(drop=True)
        made = rows("c", dict(zip(PLACE, place, strict=True)), MEASURED, own, _means(own))
        whole += [row | {"spread": own[name].std()} for row, name in zip(made, MEASURED, strict=True)]
    for task, own in by_task(there):
        made = rows("c", {"task": task}, MEASURED, own, _means(own))
        whole += [row | {"spread": own[name].std()} for row, name in zip(made, MEASURED, strict=True)]
        for init, part in own.groupby("init", sort=False):
            widths = sorted(part["width"].unique())
            if len(widths) > 1:
                part = part.reset_index(drop=True)
                names = ("growth of kept", "growth of numbers_left")
                whole += rows("c growth", {"task": task, "init": init}, names, part, _growth(part, widths))
    return whole


def grows(row: dict) -> str:
    """What an interval of growth says."""
    if np.isnan(row["low"]):
        return "not decidable"
    for exponent, said in GROWTH.items():
        if exponent - NEAR <= row["low"] and row["high"] <= exponent + NEAR:
            return said
    return "between"


def _means(own):
    return mean_over_groups(own[list(MEASURED)].to_numpy(dtype=float), groups_of(own))


def _growth(own, widths):
    kept, small = own[["kept", "numbers_left"]].to_numpy(dtype=float), (own["width"] == widths[0]).to_numpy()
    large, octaves = (own["width"] == widths[-1]).to_numpy(), np.log2(widths[-1] / widths[0])

    def statistic(chosen):
        if not small[chosen].any() or not large[chosen].any():
            return np.full(2, np.nan)
        means = [kept[chosen[width[chosen]]].mean(axis=0) for width in (large, small)]
        with np.errstate(invalid="ignore", divide="ignore"):  # circuits without any coupling have no ratio
            growth = np.log2(means[0] / means[1]) / octaves
        return np.where(np.isfinite(growth), growth, np.nan)

    return statistic
