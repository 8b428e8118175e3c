"""(b) Do the paper's statements hold? In what share of the networks that can test them."""

import numpy as np
from scipy.stats import binomtest

from schurscope.reports.census.measures import PLACE, lost
from schurscope.reports.trust.claims import CLAIMS, SETS

QUESTION = "Do the paper's statements hold?"


def found(table, ablation, metrics: dict[str, str], alpha: float) -> list[dict]:
    """A row a statement in each group of its task: the share in which it holds, with Wilson's 95 % interval.

    ``table``: measures; ``ablation``: the dataset's file; ``metrics``: task -> metric. ``quantity``: the statement;
    its own group is the paper's. ``fragile``: networks among them whose cut is.
    """
    now = ablation.sel(alpha=alpha, method="nearest", tolerance=1e-9)
    measured = {}
    for task in dict.fromkeys(claim.task for claim in CLAIMS):
        if task in metrics and (table["task"] == task).any():
            rows = np.flatnonzero(ablation["task"].values == task)
            own = now.isel(network=rows)
            effect = lost(own, metrics[task]).sel(removed=list(SETS)).values
            sensitivity = own["sensitivity"] if "sensitivity" in own else own["discrepancy"] * np.nan
            values = (effect, sensitivity.sel(removed=list(SETS)).values, own["empty"].sel(removed=list(SETS)).values)
            keys = list(zip(*(own[name].values.tolist() for name in (*PLACE, "seed")), strict=True))
            measured |= {key: [array[i] for array in values] for i, key in enumerate(keys)}
    result = []
    for place, own in table.groupby(PLACE, sort=False):
        for claim in (claim for claim in CLAIMS if claim.task == place[0]):
            holds, fragile = [], 0
            for row in own.to_dict("records"):
                effect, sensitivity, empty = measured[*place, row["seed"]]
                e, S = (dict(zip(SETS, map(float, values), strict=True)) for values in (effect, sensitivity))
                if not any(empty[SETS.index(needed)] == 1 for needed in claim.needs) and np.isfinite(effect).any():
                    holds.append(bool(claim.holds(e, S)))
                    fragile += row["fragile"] == 1
            result.append(_row(claim, place, holds, fragile))
    return result


def verdict(row: dict) -> str:
    """What is told of one row."""
    if row["low"] > 0.5:
        return "holds"
    return "does not hold" if row["high"] < 0.5 else "not decidable"


def of_the_paper(row: dict) -> bool:
    """Whether a row is about the paper's own group."""
    return any(
        (claim.task, claim.width, claim.init, claim.text) == (row["task"], row["width"], row["init"], row["quantity"])
        for claim in CLAIMS
    )


def _row(claim, place, holds, fragile) -> dict:
    row = {"question": "b", **dict(zip(PLACE, place, strict=True)), "quantity": claim.text, "n": len(holds)}
    row |= dict.fromkeys(("value", "low", "high", "p"), np.nan) | {"fragile": fragile}
    if holds:
        test = binomtest(sum(holds), len(holds))
        interval = test.proportion_ci(0.95, "wilson")
        row |= {"value": test.statistic, "low": interval.low, "high": interval.high}
    return row
