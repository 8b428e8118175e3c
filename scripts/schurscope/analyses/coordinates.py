"""Orthogonal coordinates of a recurrent matrix, W_hh = P M P^T, and what may be removed in them."""

from dataclasses import dataclass, replace

import numpy as np

from schurscope.cells import Weights
from schurscope.schur.form import SchurForm

NOTHING = 1e-12  # an entry below this share of |T| is none


@dataclass(frozen=True)
class Coordinates:
    """P (n, n) orthogonal, M (n, n). ``free`` (n, n), bool: the entries that may go. ``unit`` (n, n), int: which unit
    of removal an entry of M belongs to, from 0 on; -1 for one that stays, or that is none (below 1e-12 of the norm).
    """

    P: np.ndarray
    M: np.ndarray
    unit: np.ndarray
    free: np.ndarray

    @property
    def units(self) -> int:
        return int(self.unit.max(initial=-1)) + 1

    def there(self, kept: np.ndarray) -> np.ndarray:
        """The entries of M that are there with the units ``kept`` (unit,) bool: (n, n) bool."""
        return np.append(kept, True)[self.unit]  # -1 is the last

    def reduced(self, weights: Weights, kept: np.ndarray) -> Weights:
        """The network without the units that are not ``kept``; itself where all are."""
        if kept.all():
            return weights
        return replace(weights, W_hh=self.P @ np.where(self.there(kept), self.M, 0.0) @ self.P.T)


def couplings(form: SchurForm) -> np.ndarray:
    """The entries of N that are there, (n, n) bool: between different blocks, at least 1e-12 of |T|."""
    between = form.block_of[:, None] < form.block_of[None, :]
    return between & (np.abs(form.T) >= NOTHING * np.linalg.norm(form.T)) & (form.T != 0)


def schur_coordinates(form: SchurForm, by_block: bool = False) -> Coordinates:
    """A unit is one coupling, or the whole coupling between two blocks; entries of N that are none are gone already."""
    there, blocks = couplings(form), form.block_of
    names = blocks if by_block else np.arange(len(blocks))
    label = names[:, None] * len(names) + names[None, :]
    unit = np.full(form.T.shape, -1)
    unit[there] = np.unique(label[there], return_inverse=True)[1]
    between = blocks[:, None] < blocks[None, :]
    return Coordinates(form.Q, np.where(between & ~there, 0.0, form.T), unit, between)
