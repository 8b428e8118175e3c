"""(g) Are circuits of different seeds the same circuit?"""

import numpy as np

from schurscope.analyses.circuit_anatomy import between_blocks, shared
from schurscope.reports.census.measures import EPSILON, PLACE
from schurscope.reports.census.rows import by_task, rows

QUESTION = "Are circuits of different seeds the same circuit?"
NAMES = ("overlap", "overlap - by chance")
SAME = 0.9


def found(table, pairs: dict[tuple, np.ndarray]) -> list[dict]:
    """A row a task: mean over pairs of networks of one group, and over groups. ``pairs``: of ``pairs_of``."""
    whole = []
    for task, own in by_task(table[table["removed_share"].notna()]):
        parts = [(place, part) for place, part in own.groupby(PLACE, sort=False) if place in pairs and len(part) > 1]
        if parts:
            whole += rows("g", {"task": task}, NAMES, own, mean_of_pairs(own, parts, pairs), ("overlap - by chance",))
    return whole


def alike(rows) -> str:
    """What the rows of one task say: the same, alike or not alike."""
    at = rows.set_index("quantity")
    over = at.loc["overlap - by chance"]
    if at.loc["overlap"]["low"] > SAME:
        return "the same"
    return "alike" if over["q"] <= 0.05 and over["value"] > 0 else "not alike"


def pairs_of(schur, circuit) -> dict[tuple, np.ndarray]:
    """Group -> (network, network, 2): overlap and overlap by chance of each pair's circuits; NaN on the diagonal.

    ``schur``, ``circuit``: the dataset's files, of the same networks in one order; ``place`` in measures counts them.
    """
    circuit = circuit.sel(epsilon=EPSILON)
    found = {}
    for place, members in _groups(circuit).items():
        modes = [_modes(schur.isel(network=i), circuit.isel(network=i)) for i in members]
        own = np.full((len(members), len(members), 2), np.nan)
        for a in range(len(members)):
            for b in range(a):
                if modes[a] is not None and modes[b] is not None:
                    own[a, b] = own[b, a] = shared(modes[a], modes[b])
        found[place] = own
    return found


def _groups(dataset) -> dict[tuple, list[int]]:
    found: dict[tuple, list[int]] = {}
    for i, place in enumerate(zip(*(dataset[name].values.tolist() for name in PLACE), strict=True)):
        found.setdefault(place, []).append(i)
    return found


def _modes(form, circuit):
    """(eigenvalues, one of each block; sizes of blocks; pairs of blocks with a kept coupling), None for no circuit."""
    if not np.isfinite(circuit["removed_share"].item()):
        return None
    n = int(form["width"])
    block = form["block"].values[:n]
    first, sizes = np.unique(block, return_index=True, return_counts=True)[1:]
    values = (form["eigenvalue_real"].values + 1j * np.abs(form["eigenvalue_imag"].values))[:n][first]
    there = (block[:, None] < block[None, :]) & (form["T"].values[:n, :n] != 0)
    return values, sizes, between_blocks((circuit["kept"].values[:n, :n] == 1) & there, block)


def mean_of_pairs(own, parts, pairs):
    """Row numbers -> mean overlap, and over chance: pairs of two networks, each as often as both are drawn."""
    groups = [(part.index.to_numpy(), pairs[place][np.ix_(part["place"], part["place"])]) for place, part in parts]

    def statistic(chosen):
        times, found = np.bincount(chosen, minlength=len(own)), []
        for members, values in groups:
            weight = np.outer(times[members], times[members]) * np.isfinite(values[..., 0])
            np.fill_diagonal(weight, 0)
            if weight.sum():
                over = np.nan_to_num(values)
                means = np.einsum("ij,ijk->k", weight, over) / weight.sum()
                found.append([means[0], means[0] - means[1]])
        return np.mean(found, axis=0) if found else np.full(2, np.nan)

    return statistic
