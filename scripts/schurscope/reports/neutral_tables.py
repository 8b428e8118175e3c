"""Analytic systems and a broken circle beside the paper (Mo 2026, arXiv 2605.03338): Figs. 1, 2 and 4, Table A2."""

import math

import numpy as np
import pandas as pd

from schurscope.reports.reading import number

# From the paper's repository, NeuronalDynamics/Symmetry-Protected-Lyapunov-Neutral-Modes-in-Equivariant-Recurrent-
# Networks, commit c863e15: Figs. 1, 2A and 4 decoded from the vector PDFs; Table A2 and Table 1 from their CSVs; the
# spectrum of T^2 from exp26_large_chaotic_spectra.py; ratio, correlation and shares from the paper's own text.
SOURCE = "Mo 2026 (arXiv 2605.03338), read off its vector figures, tables and scripts"
TORI, SPHERES, COMPLEX_SPHERES = range(1, 9), range(2, 11), range(1, 8)  # q, n, m of Fig. 1
PRODUCTS = range(3, 14)  # zeros that Fig. 1B expects of T^q x sphere
T2 = (0.0, 0.0, -1.936, -2.0)
LIFETIMES = {  # Fig. 4A/B: matrix -> lifetime at each strength
    "weak_axis": {1e-3: 1629.75, 3e-3: 543.25, 1e-2: 162.98, 3e-2: 54.33, 6e-2: 27.17, 1e-1: 16.30},
    "unit_axis": {1e-3: 814.88, 3e-3: 271.63, 1e-2: 81.49, 3e-2: 27.17, 6e-2: 13.59, 1e-1: 8.15},
    "rotated_strong": {1e-3: 543.25, 3e-3: 181.09, 1e-2: 54.33, 3e-2: 18.11, 6e-2: 9.06, 1e-1: 5.44},
}
RATIOS = {"least": (1.0126, 4), "median": (1.013, 3), "largest": (1.0140, 4)}  # measured / predicted; decimals printed
CORRELATION, UNCENSORED = 0.9999999886, 1.0  # of log lifetimes, measured and predicted; share that ends
IDENTITY = 8e-10  # Fig. 4C: the largest |measured - expected|
ENSEMBLE_RANGE = {"most negative": -0.15405, "least negative": -3.6e-5}
FLOWS = {  # Table A2: rank of E^G, of f and E^G, directions beside the flow's, angle of f to E^G (NaN: f is 0)
    "S1": (1, 1, 1, math.nan),
    "T2": (2, 2, 2, math.nan),
    "SO(3)": (2, 2, 2, math.nan),
    "SO(5)": (4, 4, 4, math.nan),
    "U(3)": (5, 5, 5, math.nan),
    "phase integrator": (1, 1, 0, 0.0),
    "collapse": (1, 2, 1, 90.0),
}
IRREP_FLOW = (1, 1, 1, math.nan)
OF_A_FLOW = {  # variable of the dataset -> what it is
    "rank_tangent": "rank of E^G",
    "rank_with_flow": "rank of f and E^G",
    "independent": "directions of E^G beside the flow's",
    "angle_flow": "angle of f to E^G (degrees)",
}
SYMMETRIC = ("S1", "T2", "SO(3)/SO(2)")
ANGLES = {"least": 1e-7, "largest": 6e-7}  # Fig. 2A, degrees, over these systems and windows of 4 to 96 steps
IRREP = {  # Table 1 and Fig. 3: the irrep RNN, exact and broken
    "equivariance error": {"exact": 5.4e-16, "broken": 1.8e-2},
    "group exponent": {"exact": 5.3e-13, "broken": 2.6e-2},
    "principal angle (degrees)": {"exact": 1.2e-6},
}
SEED_OF_FIG_1C = -1.61041  # the radial exponent of its torus with q = 1

YES, NO, UNFAIR, MISSING = "yes", "no", "not comparable", "not in this run"
NO_FIELD = "the irrep RNN's field is not public"
NO_ANGLE = (
    "neither the subspace nor the starts are stated; here angles are {:.1g} at most, but arccos, which takes rounding"
    " for an angle, gives the numbers of this row: the paper's look like these (inferred)"
)
NO_LAW = "the law of the random matrices is not public; here (A + A^T) / 2 with normal A"
NO_SEED = "rate and radius are random and their seed is not public; here -2 rate radius^2 of another draw"
OWN_PARTS = "which tori and spheres the paper multiplies is not public; zeros are expected and counted alike"


def against_the_paper(analytic, breaking) -> pd.DataFrame:
    """A row a quantity, from a neutral_systems and a neutral_breaking dataset: what the paper gives, and what we find.

    ``compared`` says how: "exactly" (counts), "within 0.01" (lifetimes), "to d decimals" (as printed), "at most" (what
    the paper gives is a bound); ``agrees``: "yes", "no", "not comparable", for the reason in ``note``, or "not in this
    run".
    """
    rows = [*_counts(analytic), *_given(analytic), *_flows(analytic), *_lifetimes(breaking), *_ensemble(breaking)]
    return pd.DataFrame(rows + _unfair(analytic, breaking))


def _row(figure, what, at, paper, here, compared="exactly", off=0.0, note="") -> dict:
    """``off``: what |here - paper| may be; None: not comparable. NaN agrees with NaN: both say that nothing is there.
    A missing value, None, is of a run that was made smaller."""
    if off is None:
        compared, agrees = "", UNFAIR
    elif here is None:
        agrees = MISSING
    elif math.isnan(here) or math.isnan(paper):
        agrees = YES if math.isnan(here) and math.isnan(paper) else NO
    else:
        agrees = YES if (here <= paper if compared == "at most" else abs(here - paper) <= off) else NO
    here = math.nan if here is None else float(here)
    row = {"figure": figure, "what": what, "at": at, "paper": float(paper), "here": here}
    return row | {"compared": compared, "agrees": agrees, "note": note}


def _printed(decimals: int) -> dict:
    """Equal where both are rounded to what the paper prints."""
    return {"compared": f"to {decimals} decimal{'s' * (decimals > 1)}", "off": 0.5 * 10.0**-decimals}


def _counts(analytic):
    for figure, family, name, at, sizes, expected in (
        ("Fig. 1A", "zeros of T^q", "T^{}", "q = {}", TORI, lambda q: q),
        ("Fig. 1B", "zeros of SO(n)/SO(n-1)", "sphere in R^{}", "n = {}", SPHERES, lambda n: n - 1),
        ("Fig. 1B", "zeros of U(m)/U(m-1)", "sphere in C^{}", "m = {}", COMPLEX_SPHERES, lambda m: 2 * m - 1),
    ):
        for size in sizes:
            there = name.format(size) in analytic["system"]
            here = int(analytic["near_zero"].sel(system=name.format(size))) if there else None
            yield _row(figure, family, at.format(size), expected(size), here)
    products = analytic.sel(system=analytic["family"] == "product")
    for zeros in PRODUCTS:
        own = products["near_zero"].values[products["neutral"].values == zeros]
        here = int(max(own, key=lambda one: abs(one - zeros))) if len(own) else None  # the one that is most off
        note = f"{products.sizes['system']} products here; {OWN_PARTS}"
        yield _row("Fig. 1B", "zeros of T^q x sphere", f"q + n - 1 = {zeros}", zeros, here, note=note)


def _given(analytic):
    for rank, value in enumerate(T2, 1):
        here = float(analytic["exponent"].sel(system="T^2, given", rank=rank))
        yield _row("exp26", "spectrum of T^2, rates 1, 0.8, radii 1, 1.1", f"rank = {rank}", value, here, **_printed(3))


def _flows(analytic):
    for name, values in FLOWS.items():
        for (variable, what), value in zip(OF_A_FLOW.items(), values, strict=True):
            how = _printed(1) if variable == "angle_flow" else {}
            yield _row("Table A2", what, name, value, analytic[variable].sel(flow=name).item(), **how)


def _lifetimes(breaking):
    for matrix, values in LIFETIMES.items():
        own = breaking["lifetime"].sel(matrix=matrix)
        for strength, value in values.items():
            here = own.sel(strength=strength).item()
            how = {"compared": "within 0.01", "off": 0.01 + 1e-9}  # 1e-9: what is rounding in steps times dt
            yield _row("Fig. 4A", f"lifetime, {matrix.replace('_', ' ')}", f"eps = {strength:g}", value, here, **how)
    measured, predicted = breaking["lifetime"].values.ravel(), breaking["lifetime_predicted"].values.ravel()
    ended = np.isfinite(measured)
    at = f"{ended.sum()} lifetimes"
    ratio = measured[ended] / predicted[ended]
    spread = (np.min(ratio), np.median(ratio), np.max(ratio)) if len(ratio) else (None,) * 3
    found = dict(zip(RATIOS, spread, strict=True))
    for which, (value, decimals) in RATIOS.items():
        what = f"measured / predicted lifetime, {which}"
        yield _row("Fig. 4B", what, at, value, found[which], **_printed(decimals))
    here = np.corrcoef(np.log(measured[ended]), np.log(predicted[ended]))[0, 1] if ended.sum() > 1 else None
    yield _row("Fig. 4B", "correlation of log lifetimes", at, CORRELATION, here, **_printed(10))
    yield _row("Fig. 4B", "share of lifetimes that end", f"{len(measured)} lifetimes", UNCENSORED, ended.mean())


def _ensemble(breaking):
    off = float(np.abs(breaking["measured"] - breaking["expected"]).max())
    yield _row("Fig. 4C", "exponents measured and expected differ by", _size(breaking), IDENTITY, off, "at most")


def _unfair(analytic, breaking) -> list[dict]:
    exact = analytic.sel(aligned=list(SYMMETRIC))
    means, note = exact["angle_arccos"].mean("start"), NO_ANGLE.format(float(exact["angle"].max()))
    ends = {"least": float(means.min()), "largest": float(means.max())}
    at = f"mean over {analytic.sizes['start']} starts, by arccos"
    rows = [
        _row("Fig. 2A", f"principal angle (degrees), {which}", at, value, ends[which], off=None, note=note)
        for which, value in ANGLES.items()
    ]
    radial = float(analytic["exponent"].sel(system="T^1", rank=2))
    rows.append(_row("Fig. 1C", "radial exponent of T^1", "one draw", SEED_OF_FIG_1C, radial, off=None, note=NO_SEED))
    ends = {"most negative": float(breaking["expected"].min()), "least negative": float(breaking["expected"].max())}
    for which, value in ENSEMBLE_RANGE.items():
        what = f"exponent of the random ensemble, {which}"
        rows.append(_row("Fig. 4C", what, _size(breaking), value, ends[which], off=None, note=NO_LAW))
    for what, values in IRREP.items():
        for at, value in values.items():
            rows.append(_row("Table 1, Fig. 3", f"irrep RNN, {what}", at, value, None, off=None, note=NO_FIELD))
    for what, value in zip(OF_A_FLOW.values(), IRREP_FLOW, strict=True):
        rows.append(_row("Table A2", f"irrep RNN, {what}", "irrep RNN", value, None, off=None, note=NO_FIELD))
    return rows


def _size(breaking) -> str:
    matrices, strengths = breaking.sizes["drawn"], breaking.sizes["ensemble_strength"]
    return f"{matrices} matrices x {strengths} strengths"


def said(analytic, breaking) -> str:
    """How our numbers were made, in one paragraph: what was counted, over what time, and n of each."""
    strict = int((analytic["near_zero_strict"] == analytic["neutral"]).sum())
    return (
        f"Ours: exponents of {analytic.sizes['system']} systems, means over {analytic.attrs['time']:g} units of time"
        f" after {analytic.attrs['settle']:g}, RK4 with steps of {analytic.attrs['dt']:g}, a QR every"
        f" {analytic.attrs['every']}; zeros are those within {analytic.attrs['tolerance']:.2g} (within 1e-4, the"
        f" paper's least tolerance, the count is as expected in {strict} of {analytic.sizes['system']})."
        f" {breaking['lifetime'].size} lifetimes: from {breaking.attrs['start_phase']:g} rad until"
        f" {breaking.attrs['moved']:g} rad have gone, RK4 with steps of {breaking.attrs['dt']:g}. Random breaking:"
        f" {_size(breaking)}."
    )


def for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """One row a figure and quantity: all its numbers, and how many of them agree."""
    rows = []
    for (figure, what), own in table.groupby(["figure", "what"], sort=False):
        fair = own[own["agrees"].isin([YES, NO])]
        words = f"{(fair['agrees'] == YES).sum()} of {len(fair)}" if len(fair) else own["agrees"].iloc[0]
        if len(fair) and len(fair) < len(own):
            words += f" ({len(own) - len(fair)} not in this run)"
        row = {
            "figure": figure,
            "what": what,
            "at": _places(list(own["at"])),
            "n": len(own),
            "paper": _listed(own["paper"], own),
        }
        row |= {"here": _listed(own["here"], own), "compared": own["compared"].iloc[0]}
        rows.append(row | {"agrees": words, "why not, or how": own["note"].iloc[0]})
    return pd.DataFrame(rows)


def _places(every: list[str]) -> str:
    """eps = 0.01, 0.1 of "eps = 0.01" and "eps = 0.1"."""
    names = {one.split(" = ")[0] for one in every}
    if len(names) == 1 and " = " in every[0]:
        return f"{names.pop()} = {', '.join(one.split(' = ')[1] for one in every)}"
    return ", ".join(every)


def _listed(values, own) -> str:
    """Numbers to the decimals that they are compared at; – where there is none."""
    how = own["compared"].iloc[0]
    decimals = {"exactly": 0, "within 0.01": 2}.get(how, int(how.split()[1]) if how.startswith("to ") else None)

    def one(value):
        if math.isnan(value):
            return "–"
        return number(value) if decimals is None else f"{round(value, decimals) + 0.0:.{decimals}f}"  # + 0.0: no -0

    return ", ".join(one(value) for value in values)
