"""Matched controls: is a sector's effect more than what any removal of that size does?

Three kinds of random changes of T with the very Frobenius norm of the sector: entries of N chosen at random and
removed, a random direction in all that T may hold (blocks and couplings), a random direction within the sector.
"""

import numpy as np

from schurscope.analyses.subject import Subject
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.schur.form import SECTORS

PROPERTIES = {"draws": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 64}}
TIE = 10  # decimals: effects that differ by less are equal
CONTROLS = ("entries of N", "direction in T", "direction in the sector")
VARIABLES = {
    "effect": (("sector",), "effect of removing the sector at alpha"),
    "removed_mass": (("sector",), "Frobenius norm of the sector over that of T"),
    "control_effect": (("sector", "control", "draw"), "effect of a random change of the same norm"),
    "percentile": (("sector", "control"), "share of draws with a smaller effect, in percent (ties count half)"),
}


def coordinates(settings) -> dict:
    return {"sector": list(SECTORS), "control": list(CONTROLS), "draw": np.arange(settings["draws"])}


def measure(subject: Subject, settings) -> dict:
    T, draws = subject.form.T, settings["draws"]
    effect = np.full(len(SECTORS), np.nan)
    mass = np.full(len(SECTORS), np.nan)
    control = np.full((len(SECTORS), len(CONTROLS), draws), np.nan)
    percentile = np.full((len(SECTORS), len(CONTROLS)), np.nan)
    for s, sector in enumerate(SECTORS):
        change = subject.change(sector)
        effect[s] = subject.effect(subject.form.without([sector], subject.alpha))
        mass[s] = subject.form.removed_mass([sector], subject.alpha)
        if not mass[s] >= LEAST_MASS:
            continue  # nothing is removed, and there is nothing to match
        for k in range(draws):
            for c, matched in enumerate(matched_changes(subject, sector, change, k)):
                control[s, c, k] = subject.effect(subject.with_T(T - matched))
        for c in range(len(CONTROLS)):
            percentile[s, c] = percentile_of(effect[s].round(TIE), control[s, c].round(TIE))
    return {"effect": effect, "removed_mass": mass, "control_effect": control, "percentile": percentile}


def percentile_of(value: float, draws: np.ndarray) -> float:
    """Share of draws below a value, in percent, ties half; NaN where one of them is NaN.

    scipy.stats.percentileofscore(kind="mean"), whose import would take longer than most blocks.
    """
    if np.isnan(value) or np.isnan(draws).any():
        return np.nan
    return (np.count_nonzero(draws < value) + np.count_nonzero(draws <= value)) * (50.0 / len(draws))


def matched_changes(subject: Subject, sector: str, change: np.ndarray, draw: int) -> list[np.ndarray]:
    """One draw of each control, in the order of CONTROLS: what is taken from T; all have the norm of ``change``."""
    form, norm = subject.form, np.linalg.norm(change)
    source = subject.stream(f"controls {sector}")
    couplings = form.block_of[:, None] < form.block_of[None, :]
    support = form.block_of[:, None] <= form.block_of[None, :]
    directions = [
        np.where(mask, source.normal(3 * draw + i, form.T.shape), 0.0)
        for i, mask in enumerate((support, form.mask(sector, subject.alpha)))
    ]
    entries = random_entries(np.where(couplings, form.T, 0.0), norm, source.uniform(3 * draw + 2, (form.T.size,)))
    return [entries, *(direction * (norm / np.linalg.norm(direction)) for direction in directions)]


def random_entries(N: np.ndarray, norm: float, keys: np.ndarray) -> np.ndarray:
    """Entries of N in the order of ``keys`` until their norm is ``norm``; of the last one, as much as is missing."""
    order = np.argsort(keys)
    squares = np.cumsum(N.flat[order] ** 2)
    last = min(int(np.searchsorted(squares, norm**2)), N.size - 1)
    taken = np.zeros(N.size)
    taken[order[: last + 1]] = N.flat[order[: last + 1]]
    before = squares[last - 1] if last else 0.0
    taken[order[last]] = np.sign(N.flat[order[last]]) * np.sqrt(max(norm**2 - before, 0.0))
    return taken.reshape(N.shape)
