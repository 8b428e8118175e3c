"""What the circuits of a network are: where couplings are kept, between which modes, where input and readout are."""

from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from schurscope.analyses.circuit_subject import CircuitSubject
from schurscope.analyses.coordinates import couplings
from schurscope.cells.rollout import rollout
from schurscope.foundations.streams import stream
from schurscope.schur.form import SECTORS

VARIABLES = {
    "kept_share": (("epsilon", "alpha", "sector"), "kept couplings over those of the sector; NaN where it has none"),
    "in_degree": (("epsilon", "mode"), "kept couplings into this mode"),
    "out_degree": (("epsilon", "mode"), "kept couplings out of this mode"),
    "longest_path": (("epsilon",), "kept couplings on the longest path from block to block"),
    "autonomous": (("epsilon",), "blocks that no kept coupling enters or leaves"),
    "blocks": ((), "blocks of the Schur form"),
    "input_strength": (("mode",), "norm of the mode's row of Q^T W_xh"),
    "readout_strength": (("mode",), "norm of the mode's column of W_hy Q"),
    "participation_ratio": ((), "of the covariance of held-out states: (sum of eigenvalues)^2 over that of squares"),
}


def coordinates(alphas) -> dict:
    return {"alpha": alphas, "sector": list(SECTORS)}


def measure(subject: CircuitSubject) -> dict:
    form, there = subject.form, couplings(subject.form)
    kept = subject.kept & there
    shares = np.full((len(kept), len(subject.alphas), len(SECTORS)), np.nan)
    for a, alpha in enumerate(subject.alphas):
        for s, sector in enumerate(SECTORS):
            own = there & form.mask(sector, alpha)
            if own.any():
                shares[:, a, s] = kept[:, own].mean(axis=1)
    between = [between_blocks(one, form.block_of) for one in kept]
    return {
        "kept_share": shares,
        "in_degree": kept.sum(axis=2),
        "out_degree": kept.sum(axis=1),
        "longest_path": np.array([longest_path(one) for one in between]),
        "autonomous": np.array([np.sum(~(one.any(axis=0) | one.any(axis=1))) for one in between]),
        "blocks": np.array(len(form.blocks)),
        "input_strength": np.linalg.norm(form.Q.T @ subject.weights.W_xh, axis=1),
        "readout_strength": np.linalg.norm(subject.weights.W_hy @ form.Q, axis=0),
        "participation_ratio": np.array(participation_ratio(subject)),
    }


def between_blocks(kept: np.ndarray, block_of: np.ndarray) -> np.ndarray:
    """(block, block from) bool: whether any coupling between two different blocks is kept."""
    found = np.zeros((block_of[-1] + 1,) * 2, dtype=bool)
    rows, columns = np.nonzero(kept)
    found[block_of[rows], block_of[columns]] = True
    np.fill_diagonal(found, False)
    return found


def longest_path(between: np.ndarray) -> int:
    """Couplings on the longest path; ``between`` (block, block from) is strictly upper triangular."""
    length = np.zeros(len(between), dtype=int)  # of the longest path that ends in each block
    for block in reversed(range(len(between))):
        before = np.flatnonzero(between[block])
        length[block] = 1 + length[before].max() if len(before) else 0
    return int(length.max(initial=0))


def participation_ratio(subject: CircuitSubject) -> float:
    """Of the intact network's states over steps and held-out trials, 1 to n; NaN where they do not vary."""
    trials, n = subject.sets[-1], len(subject.form.T)
    states = rollout(replace(subject.weights, W_hy=np.eye(n), b_y=None), trials.inputs, trials.h0)
    covariance = np.cov(states.reshape(-1, n), rowvar=False)
    square = np.sum(covariance**2)
    return float(np.trace(covariance) ** 2 / square) if square > 0 else np.nan


def shared(one: tuple, other: tuple, draws: int = 200) -> tuple[float, float]:
    """(overlap, overlap by chance) of two networks' circuits, their blocks matched by modulus and angle.

    ``one``, ``other``: (eigenvalues, one of each block, upper half-plane; sizes of blocks; between, as
    ``between_blocks`` has it). Blocks of one size are matched so that the eigenvalues are nearest together; the
    overlap is the Jaccard index of the pairs of blocks with a kept coupling, over blocks that have a partner. By
    chance: the mean over random matchings of blocks of one size.
    """
    source = stream("circuits by chance")
    here, there = [], []
    for size in (1, 2):
        a, b = (np.flatnonzero(sizes == size) for _, sizes, _ in (one, other))
        distance = np.abs(one[0][a][:, None] - other[0][b][None, :])
        rows, columns = linear_sum_assignment(distance)
        here.append(a[rows])
        there.append(b[columns])
    mixed = [  # as they are matched, then at random
        np.concatenate([places[None], places[np.argsort(source.uniform(size, (draws, len(places))), axis=1)]])
        for size, places in enumerate(there)
    ]
    found = _jaccard(one[2], other[2], np.concatenate(here), np.concatenate(mixed, axis=1))
    return float(found[0]), float(np.mean(found[1:]))


def _jaccard(one, other, here, there) -> np.ndarray:
    """Jaccard indices of the pairs that are kept, one a matching; ``there`` (matching, place), of the same places."""
    kept = one[np.ix_(here, here)]
    i, j = np.nonzero(kept)
    both = other[there[:, i], there[:, j]].sum(axis=1)
    either = len(i) + other[np.ix_(there[0], there[0])].sum() - both
    return np.where(either > 0, both / np.maximum(either, 1), np.nan)
