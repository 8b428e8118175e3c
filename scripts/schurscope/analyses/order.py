"""Order within a sector: the effect of -RR and -CC depends on the order of blocks inside R and C; that of -CR does not.

The blocks of R and of C are put into random orders by exact orthogonal swaps, and the same sectors are removed again.
Q Z_CR(T) Q^T rests on the leading invariant subspace alone, so it must come out equal each time: a check of the
numerics.
"""

import numpy as np

from schurscope.analyses.subject import Subject
from schurscope.foundations.errors import SchurscopeError
from schurscope.schur.form import SECTORS, sector_mask
from schurscope.schur.ordering import blocks_of, moved_form

PROPERTIES = {"draws": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 16}}
VARIABLES = {
    "effect": (("alpha", "sector"), "effect of removing the sector, blocks in order of modulus"),
    "reordered_effect": (("alpha", "sector", "draw"), "the same, blocks in a random order inside R and C"),
    "removed_mass": (("alpha", "sector"), "Frobenius norm of the sector over that of T"),
    "cr_change": (("alpha", "draw"), "largest change of W without CR by the order, over the norm of W"),
}


def coordinates(settings) -> dict:
    return {"sector": list(SECTORS), "draw": np.arange(settings["draws"])}


def measure(subject: Subject, settings) -> dict:
    form, draws = subject.form, settings["draws"]
    effect = np.array([[subject.effect(form.without([s], alpha)) for s in SECTORS] for alpha in subject.alphas])
    mass = np.array([[form.removed_mass([s], alpha) for s in SECTORS] for alpha in subject.alphas])
    reordered = np.full((len(subject.alphas), len(SECTORS), draws), np.nan)
    change = np.full((len(subject.alphas), draws), np.nan)
    done: dict[int, int] = {}  # n_R -> index of the alpha that has it already
    for a, alpha in enumerate(subject.alphas):
        n_R = form.leading(alpha)
        if n_R in done:
            reordered[a], change[a] = reordered[done[n_R]], change[done[n_R]]
            continue
        done[n_R] = a
        for k in range(draws):
            try:
                W = reordered_without(subject, n_R, k)
            except SchurscopeError:  # LAPACK cannot swap two blocks: no draw
                continue
            reordered[a, :, k] = [subject.effect(W[sector]) for sector in SECTORS]
            change[a, k] = np.max(np.abs(W["CR"] - form.without(["CR"], alpha))) / (np.linalg.norm(form.W) or 1.0)
    return {"effect": effect, "removed_mass": mass, "reordered_effect": reordered, "cr_change": change}


def reordered_without(subject: Subject, n_R: int, draw: int) -> dict[str, np.ndarray]:
    """sector -> W without it, after random orders inside R and C; n_R rows are in R."""
    form = subject.form
    keys = subject.stream("order").uniform(draw, (len(form.blocks),))
    in_R = np.array([start < n_R for start, _ in form.blocks])
    T, Q = moved_form(
        form.T.copy(), form.Q.copy(), [(not leading, key) for leading, key in zip(in_R, keys, strict=True)]
    )
    block_of = np.repeat(np.arange(len(blocks_of(T))), [size for _, size in blocks_of(T)])
    return {s: Q @ np.where(sector_mask(block_of, n_R, s), 0.0, T) @ Q.T for s in SECTORS}
