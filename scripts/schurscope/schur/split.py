"""The split of ordered modes at alpha times the spectral radius, and whether it depends on alpha's last digits."""

import numpy as np

CUT_TOLERANCE = 1e-9  # relative: a modulus this little below alpha * rho is not below it
LEAST_ALPHA = 1e-9  # the smallest that is tried


def leading(moduli: np.ndarray, alpha: float) -> int:
    """How many of ``moduli`` (nonincreasing) lie in R: those of at least alpha * rho. rho = 0 puts all of them in R.

    Moduli of blocks give blocks, moduli of rows give n_R.
    """
    inside = moduli >= alpha * np.max(moduli) * (1 - CUT_TOLERANCE)
    return len(inside) if inside.all() else int(np.argmin(inside))


def fragile(moduli: np.ndarray, alpha: float, near: float) -> bool:
    """Whether n_R changes when alpha moves by ``near``, up or down (within 0 and 1)."""
    there = leading(moduli, alpha)
    return any(leading(moduli, moved) != there for moved in (max(alpha - near, LEAST_ALPHA), min(alpha + near, 1.0)))


def cuts(moduli: np.ndarray) -> list[tuple[int, float, float]]:
    """(how many are leading, low, high) of every split that some alpha in (0, 1] makes: low < alpha <= high."""
    rho = np.max(moduli)
    if rho == 0:
        return [(len(moduli), 0.0, 1.0)]
    ends = moduli / (rho * (1 - CUT_TOLERANCE))  # the largest alpha that has a modulus in R
    highs = np.minimum.accumulate(ends)  # rounding may leave neighbours out of order
    lows = [*highs[1:], 0.0]
    found = zip(range(1, len(moduli) + 1), map(float, lows), map(float, highs), strict=True)
    return [(count, low, min(high, 1.0)) for count, low, high in found if low < min(high, 1.0)]
