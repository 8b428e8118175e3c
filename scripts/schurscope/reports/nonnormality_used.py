"""Is nonnormality there, and is it used? Of networks that may be trained in Schur form, one by one and in words.

Kerg et al. 2019 read it off pictures of Theta; here the network is asked: what is lost without all of N, the couplings
between blocks of the ordered Schur form, and what without the T of its own parameters?
"""

import numpy as np
import pandas as pd

from schurscope.analyses.own_schur_form import readings
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.labels import init_name
from schurscope.reports.reading import number
from schurscope.stages.summarise import metric_of
from schurscope.store import netcdf
from schurscope.store.contract import CONSTRUCTION

EPSILON = 0.01  # a discrepancy from which on couplings count as used
EVERY, OWN = "RR+CR+CC", "T_own"
PLACE = ["task", "width", "init"]
OF_THETA = ("T_share", "departure", "gamma_low", "gamma_high", "modulus_low", "modulus_high")


def networks(summaries, blocks) -> pd.DataFrame:
    """One row a network and removal (all of N, and its own T where it has one); NaN where nothing is removed.

    ``summaries``: one a task; ``blocks``: networks datasets, of which those that keep a Theta say what it is like.
    """
    theta = {
        (*(block[name].item() for name in PLACE), int(seed)): _theta(netcdf.weights_of(block, seed).made_of)
        for block in blocks
        if f"{CONSTRUCTION}T" in block
        for seed in block["seed"].values[block["status"].values == "ok"]
    }
    rows = []
    for summary in summaries:
        metric = metric_of(summary)
        at = summary.isel(alpha=0)
        for width in at["width"].values:
            for init in at["init"].values:
                for seed in at["seed"].values:
                    one = at.sel(width=width, init=init, seed=seed)
                    if one["status"] != "ok":
                        continue
                    key = (summary["task"].item(), int(width), str(init), int(seed))
                    known = dict(zip((*PLACE, "seed"), key, strict=True)) | {"solved": int(one["solved"])}
                    for removed in (EVERY, OWN):
                        if removed in one["removed"].values and one["empty"].sel(removed=removed).notnull():
                            rows.append(known | _of_one(one, metric, removed) | theta.get(key, {}))
    return pd.DataFrame(rows, columns=[*PLACE, "seed", "solved", *MEASURED, *OF_THETA])


MEASURED = ("removed", "removed_mass", "discrepancy", "metric", "intact", "without")


def _of_one(one, metric: str, removed: str) -> dict:
    mass, discrepancy, without = (
        float(one[name].sel(removed=removed)) for name in ("removed_mass", "discrepancy", metric)
    )
    intact = float(one[metric].sel(removed="none"))
    return dict(zip(MEASURED, (removed, mass, discrepancy, metric, intact, without), strict=True))


def _theta(parameters) -> dict:
    found = readings(parameters)
    gamma, moduli = found["gamma"], found["moduli"]
    values = (found["T_share"], found["departure"], gamma.min(), gamma.max(), moduli.min(), moduli.max())
    return dict(zip(OF_THETA, map(float, values), strict=True))


def for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """One row a place and removal: median and range over networks."""
    rows = []
    for key, own in table.groupby([*PLACE, "removed"], sort=False):
        row = dict(zip([*PLACE, "removed"], key, strict=True))
        row |= {name: _spread(own[name]) for name in ("removed_mass", "discrepancy", "intact", "without", *OF_THETA)}
        rows.append(row | {"metric": own["metric"].iloc[0], "solved": f"{own['solved'].sum()} of {len(own)}"})
    return pd.DataFrame(rows)


def in_words(table: pd.DataFrame) -> str:
    """The answer, a sentence a place and removal, over solved networks."""
    said = []
    for key, own in table.groupby([*PLACE, "removed"], sort=False):
        *place, removed = key
        what = "couplings between blocks (N)" if removed == EVERY else "T of its own parameters"
        head = f"{place[0]}, N = {place[1]}, {init_name(place[2])}: "
        solved = own[own["solved"] == 1]
        if not len(solved):
            said.append(f"{head}{what}: not decidable, none of {len(own)} networks is solved.")
            continue
        there = solved[solved["removed_mass"].notna()]
        if not len(there):
            said.append(
                f"{head}{what}: there is nothing to remove in any of {len(solved)} solved networks (less than"
                f" {LEAST_MASS:g} of the norm)."
            )
            continue
        used = there[there["discrepancy"] > EPSILON]
        spread = {name: _spread(solved[name]) for name in ("removed_mass", "discrepancy", "intact", "without")}
        metric, are = solved["metric"].iloc[0].replace("_", " "), "are" if removed == EVERY else "is"
        said.append(
            f"{head}{what} {are} there in {len(there)} of {len(solved)} solved networks"
            f" ({spread['removed_mass']} of the norm), and used in {len(used)}: removed, the discrepancy, above"
            f" ε = {EPSILON:g} where it is used, is {spread['discrepancy']}, and {metric}"
            f" {spread['intact']} becomes {spread['without']}."
        )
    return " ".join(said)


def _spread(values) -> str:
    values = np.asarray(values.dropna(), dtype=float)
    if not len(values):
        return ""
    return f"{number(float(np.median(values)))} [{number(float(values.min()))} to {number(float(values.max()))}]"
