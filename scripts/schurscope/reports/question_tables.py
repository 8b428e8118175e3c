"""Tables of what is asked about circuits: every network, and the mean; and what circuits of different seeds share."""

from itertools import combinations

import numpy as np
import pandas as pd
import xarray as xr

from schurscope.analyses.circuit_anatomy import between_blocks, shared
from schurscope.reports.circuit_tables import place_of
from schurscope.reports.reading import mean_and_sem, number
from schurscope.store.netcdf import basis_of

NETWORK = ["task", "width", "init"]


def answers(datasets) -> pd.DataFrame:
    """One row a network and what its answers are told by (epsilon, condition, rule, ...); of single modes nothing."""
    tables = []
    for block in datasets:
        names = [name for name, array in block.items() if not {"mode", "mode_from", "rank"} & set(array.dims)]
        every = xr.broadcast(block[[name for name in names if name not in ("solved", "status")]])[0]
        table = every.to_dataframe().reset_index()
        table["solved"] = block["solved"].sel(seed=table["seed"].values).values
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True)
    told_by, measured = _columns(datasets[0], whole)
    return whole.dropna(subset=measured, how="all")[[*NETWORK, "seed", "solved", *told_by, *measured]]


def answers_for_reading(datasets, alpha: float) -> pd.DataFrame:
    """One row a (task, width, init, ...): mean ± SEM (n) over networks; of shares by alpha, those at ``alpha``.

    Draws of one network are averaged first.
    """
    every = answers(datasets)
    told_by, measured = _columns(datasets[0], every)
    if "alpha" in told_by:
        every = every[np.isclose(every["alpha"], alpha)]
    told_by = [name for name in told_by if name not in ("draw", "alpha")]
    of_networks = every.groupby([*NETWORK, *told_by, "seed"], sort=False)[measured].mean().reset_index()
    rows = []
    for key, own in of_networks.groupby([*NETWORK, *told_by], sort=False):
        there = {name: own[name].dropna() for name in measured}
        said = {name: mean_and_sem(v.mean(), v.sem(), len(v)) if len(v) else "" for name, v in there.items()}
        rows.append(dict(zip([*NETWORK, *told_by], key, strict=True)) | said)
    return pd.DataFrame(rows)


def shared_by_seeds(circuits, forms) -> pd.DataFrame:
    """One row a pair of networks of one place and an epsilon: how far their circuits are alike, and would be by chance.

    ``circuits``, ``forms``: circuit and schur datasets of the same blocks; those in other coordinates are left out.
    """
    found: dict[tuple, dict] = {}
    schur = {_place(form, seed): form.sel(seed=seed) for form in forms for seed in form["seed"].values}
    for block in circuits:
        if basis_of(block) != "schur":
            continue
        for seed in block["seed"].values:
            form, mine = schur[_place(block, seed)], block.sel(seed=seed)
            if mine["removed_share"].notnull().all():
                found.setdefault(_place(block, seed)[:3], {})[int(seed)] = _modes(form, mine)
    rows = []
    for place, networks in found.items():
        for one, other in combinations(sorted(networks), 2):
            (values, sizes, kept), (others, other_sizes, other_kept) = networks[one], networks[other]
            for epsilon in kept:
                pair = (values, sizes, kept[epsilon]), (others, other_sizes, other_kept[epsilon])
                row = dict(zip(NETWORK, place, strict=True)) | {"seed": one, "other_seed": other, "epsilon": epsilon}
                rows.append(row | dict(zip(("overlap", "by_chance"), shared(*pair), strict=True)))
    columns = [*NETWORK, "seed", "other_seed", "epsilon", "overlap", "by_chance"]
    return pd.DataFrame(rows, columns=columns)


def shared_for_reading(circuits, forms) -> pd.DataFrame:
    """One row a (task, width, init, epsilon): median and range over pairs, which are not independent of one another."""
    rows = []
    for key, own in shared_by_seeds(circuits, forms).groupby([*NETWORK, "epsilon"], sort=False):
        said = {
            name: f"{number(v.median())} ({number(v.min())} to {number(v.max())})"
            for name, v in own[["overlap", "by_chance"]].items()
        }
        rows.append(dict(zip([*NETWORK, "epsilon"], key, strict=True)) | said | {"pairs": len(own)})
    return pd.DataFrame(rows, columns=[*NETWORK, "epsilon", "overlap", "by_chance", "pairs"])


def _columns(block, table) -> tuple[list[str], list[str]]:
    """(what answers are told by, what is measured), of a question's dataset and a table of it."""
    told_by = [name for name in block.dims if name in table and name != "seed"]
    return told_by, [name for name in block.data_vars if name in table and name not in ("solved", "status")]


def _place(block, seed) -> tuple:
    return (*place_of(block), int(seed))


def _modes(form, circuit) -> tuple[np.ndarray, np.ndarray, dict]:
    """(eigenvalues, one of each block; sizes of blocks; epsilon -> pairs of blocks with a kept coupling)."""
    block = form["block"].values
    first, sizes = np.unique(block, return_index=True, return_counts=True)[1:]
    values = (form["eigenvalue_real"].values + 1j * np.abs(form["eigenvalue_imag"].values))[first]
    there = (block[:, None] < block[None, :]) & (form["T"].values != 0)
    kept = circuit["kept"].values.astype(bool) & there
    return (
        values,
        sizes,
        {float(e): between_blocks(k, block) for e, k in zip(circuit["epsilon"].values, kept, strict=True)},
    )
