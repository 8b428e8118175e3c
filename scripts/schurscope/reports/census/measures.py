"""One row a network: all numbers that the questions are about, from the dataset's files."""

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import rankdata

from schurscope.analyses.ablation import NONE
from schurscope.metrics import make_metric
from schurscope.schur.form import SECTORS

PLACE = ["task", "width", "init"]
PREDICTORS = ("share", "activity_mass", "overlap")
KINDS = ("networks", "schur", "ablation", "atlas", "circuit", "subspace", "nonnormality", "lyapunov")  # files needed
EPSILON = 0.01
LEAST = 1e-4  # effect below which it is as good as none, on a logarithmic scale


def measures(files: dict[str, xr.Dataset], alpha: float) -> pd.DataFrame:
    """``files``: kind (KINDS) -> dataset along network. NaN where a network does not have it.

    ``rho_share`` and so on: Spearman's correlation with the effect over one network's couplings; ``partial_share`` and
    so on: the other two predictors held fixed. ``d_RR_0.9`` and so on: effect by removed sector and alpha, 0 where
    nothing is removed.
    """
    order = files["networks"]["network"].values
    at = {kind: dataset.reindex(network=order) for kind, dataset in files.items()}
    table = pd.DataFrame({name: files["networks"][name].values for name in (*PLACE, "seed", "status", "solved")})
    table["place"] = table.groupby(PLACE).cumcount()  # in its group
    ablation, circuit, subspace = at["ablation"], at["circuit"].sel(epsilon=EPSILON), at["subspace"]
    now = ablation.sel(alpha=alpha, method="nearest", tolerance=1e-9)
    for one in ablation["alpha"].values:
        for sector in SECTORS:
            own = ablation[["discrepancy", "empty"]].sel(alpha=one, removed=sector)
            table[f"d_{sector}_{one:g}"] = own["discrepancy"].where(own["empty"] != 1, 0.0).values
    for sector in SECTORS:
        own = subspace.sel(sector=sector)
        table[f"share_{sector}"], table[f"activity_mass_{sector}"] = own["mass"].values, own["activity_mass"].values
        table[f"overlap_{sector}"] = own["overlap"].sel(subspace="principal components", side="input").values
        table[f"effect_{sector}"] = own["discrepancy"].values
        table[f"empty_{sector}"] = now["empty"].sel(removed=sector).values
    table["n_R"], table["fragile"] = now["n_R"].values, now["fragile"].values
    table["gap"] = gaps(at["schur"])
    table["henrici"] = at["nonnormality"]["henrici"].values
    table["intact"] = _intact(now)
    table["slow"] = at["lyapunov"]["slow"].sel(removed=NONE).values
    for name in ("removed_share", "numbers_left", "discrepancy", "verified"):
        table[name if name != "discrepancy" else "circuit_discrepancy"] = circuit[name].values
    table["couplings"] = np.isfinite(at["atlas"]["share"].values).sum(axis=(1, 2))
    table["kept"] = np.round((1 - table["removed_share"]) * table["couplings"])
    atlas = at["atlas"][["effect", *PREDICTORS]].to_array().values
    of_couplings = np.array([within(*atlas[:, place]) for place in range(len(order))])
    names = [f"{kind}_{name}" for kind in ("rho", "partial") for name in PREDICTORS]
    return table.assign(**dict(zip(names, of_couplings.T, strict=True)))


def gaps(schur: xr.Dataset) -> np.ndarray:
    """Gap between the two largest moduli of blocks over the spectral radius, (network,); NaN for one block."""
    found = np.full(schur.sizes["network"], np.nan)
    for place, (moduli, block) in enumerate(zip(schur["modulus"].values, schur["block"].values, strict=True)):
        second = moduli[block == 1]
        if len(second) and moduli[0] > 0:
            found[place] = (moduli[0] - second[0]) / moduli[0]
    return found


def _intact(now: xr.Dataset) -> np.ndarray:
    """The task's metric of the intact network: FVU, or accuracy."""
    found = np.full(now.sizes["network"], np.nan)
    for name in ("fvu", "accuracy"):
        if name in now:
            own = now[name].sel(removed=NONE).values
            found = np.where(np.isfinite(own), own, found)
    return found


def within(effect, share, activity, overlap) -> np.ndarray:
    """Correlations of one network's couplings: of each predictor with the effect, and with the others held fixed."""
    there = np.isfinite(effect)
    if there.sum() < 5:
        return np.full(2 * len(PREDICTORS), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.corrcoef([rankdata(values[there]) for values in (effect, share, activity, overlap)])
        if not np.isfinite(r).all() or np.linalg.cond(r) > 1e12:
            return np.concatenate([r[0, 1:], np.full(len(PREDICTORS), np.nan)])
        inverse = np.linalg.inv(r)  # partial correlations are its entries, scaled, with the other sign
        return np.concatenate([r[0, 1:], -inverse[0, 1:] / np.sqrt(inverse[0, 0] * np.diag(inverse)[1:])])


def lost(dataset: xr.Dataset, metric: str) -> xr.DataArray:
    """The effect in the task's metric of each removed set, positive is worse."""
    return make_metric(metric).lost(dataset[metric], dataset[metric].sel(removed=NONE, drop=True))
