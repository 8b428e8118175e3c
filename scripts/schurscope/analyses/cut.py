"""Is the cut well placed? How far alpha can move before n_R changes, and how well LAPACK says R can be told from C.

s and sep are those of LAPACK's dtrsen for the leading n_R rows: the reciprocal condition number of the mean of R's
eigenvalues, and the separation of R's and C's (how large a change of W may be before they can mix).
"""

import numpy as np
from scipy.linalg.lapack import dtrsen, dtrsen_lwork

from schurscope.analyses.subject import Subject
from schurscope.schur.split import fragile

NEEDS = ()
PROPERTIES = {"near": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.01}}
VARIABLES = {
    "n_R": (("alpha",), "rows of the leading sector R"),
    "split_gap": (("alpha",), "modulus gap at the cut over the spectral radius; NaN where C is empty"),
    "alpha_low": (("alpha",), "n_R is the same for every alpha above this"),
    "alpha_high": (("alpha",), "and up to this"),
    "near_cut": (("alpha",), "blocks whose modulus over the spectral radius lies within `near` of alpha"),
    "moves": (("alpha",), "1 if n_R changes when alpha changes by `near`"),
    "s": (("alpha",), "reciprocal condition number of the mean of R's eigenvalues (LAPACK dtrsen)"),
    "sep": (("alpha",), "separation of R's and C's eigenvalues (LAPACK dtrsen) over the norm of W"),
}
DIGITS = 12  # significant, of s and sep


def coordinates(settings) -> dict:
    return {}


def measure(subject: Subject, settings) -> dict:
    form, near = subject.form, settings["near"]
    rows = []
    rho = np.max(form.moduli)
    relative = form.moduli / rho if rho > 0 else np.ones(len(form.moduli))
    for alpha in subject.alphas:
        n_R = form.leading(alpha)
        blocks = sum(start < n_R for start, _ in form.blocks)
        low = relative[blocks] if blocks < len(relative) else 0.0
        s, sep = conditions(form.T, n_R)
        high = relative[blocks - 1]
        rows.append(
            {
                "n_R": n_R,
                "split_gap": form.split_gap(alpha),
                "alpha_low": low,
                "alpha_high": high,
                "near_cut": np.sum(np.abs(relative - alpha) <= near),
                "moves": fragile(form.moduli, alpha, near),
                "s": s,
                "sep": sep / np.linalg.norm(form.T) if rho > 0 else np.nan,
            }
        )
    return {name: np.array([float(row[name]) for row in rows]) for name in VARIABLES}


def conditions(T: np.ndarray, n_R: int) -> tuple[float, float]:
    """(s, sep) of the leading n_R rows of a Schur form, to DIGITS; NaN where C is empty.

    LAPACK sums in another order where its work space begins elsewhere in memory: the last bit differs from run to run.
    """
    if n_R == len(T):
        return np.nan, np.nan
    select = np.arange(len(T)) < n_R
    work, iwork, _ = dtrsen_lwork(select, T, job="B")
    *_, s, sep, info = dtrsen(select, T, np.eye(len(T)), job="B", lwork=int(work), liwork=int(iwork))
    return (float(f"{s:.{DIGITS}g}"), float(f"{sep:.{DIGITS}g}")) if info == 0 else (np.nan, np.nan)
