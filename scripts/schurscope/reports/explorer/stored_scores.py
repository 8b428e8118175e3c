"""What was measured of one network, as the explorer's page reads it.

Scores are costs in the task's metric, positive is worse. NaN becomes null where a number stands by itself.
"""

import json
import math
from typing import Any

import numpy as np
import xarray as xr

from schurscope.analyses.ablation import NONE, REMOVED
from schurscope.metrics import make_metric
from schurscope.reports.explorer.packing import bits, packed, upper
from schurscope.schur.form import SECTORS

MIDDLE = (0.025, 0.975)  # of the random controls


def cuts(cuts: xr.Dataset, attributes: dict) -> dict:
    """Every cut, n_R ascending: ``cost`` (cut, removed) of all sets but none, in the order of REMOVED."""
    metric = make_metric(attributes["metric"])
    there = cuts.isel(n_R=np.flatnonzero(np.isfinite(cuts["alpha_high"].values)))
    score = there[metric.name].sel(removed=list(REMOVED))
    intact = score.sel(removed=NONE)
    return {
        "n_R": there["n_R"].values.tolist(),
        "low": there["alpha_low"].values.tolist(),
        "high": there["alpha_high"].values.tolist(),
        "cost": packed(metric.lost(score, intact).values[:, 1:], "f4"),
        "intact": _number(intact.values[0]),
        "trials": int(attributes["trials"]),
    }


def grid(ablation: xr.Dataset, seed: int, recorded: int | None) -> dict:
    """The scores at the config's alphas, on more trials than those at every cut."""
    one, metric = ablation.sel(seed=seed), make_metric(ablation.attrs["metric"])
    asked = _settings(ablation).get("trials")
    score = one[metric.name].sel(removed=list(REMOVED))
    return {
        "alphas": one["alpha"].values.tolist(),
        "n_R": one["n_R"].values.astype(int).tolist(),
        "score": [[_number(value) for value in row] for row in score.values],
        "trials": min(filter(None, (asked, recorded))),
    }


def controls(controls: xr.Dataset | None, seed: int, recorded: int | None) -> dict | None:
    """What random changes of a sector's norm cost, for each sector and kind of change."""
    if controls is None:
        return None
    one, settings = controls.sel(seed=seed), _settings(controls)
    effects = np.nan_to_num(one["control_effect"].values, nan=np.inf)  # outputs that are not numbers cost most
    low, high = np.quantile(effects, MIDDLE, axis=-1, method="nearest")
    return {
        "alpha": settings["alpha"],
        "trials": min(filter(None, (settings["trials"], recorded))),
        "draws": one.sizes["draw"],
        "kinds": one["control"].values.tolist(),
        "of": {
            sector: {
                "percentile": [_number(value) for value in one["percentile"].sel(sector=sector).values],
                "low": [_number(value) for value in low[place]],
                "high": [_number(value) for value in high[place]],
            }
            for place, sector in enumerate(SECTORS)
        },
    }


def atlas(atlas: xr.Dataset | None, seed: int) -> dict | None:
    """What each coupling alone does (discrepancy)."""
    if atlas is None:
        return None
    return {"effect": packed(upper(atlas["effect"].sel(seed=seed).values), "f4"), "trials": int(atlas.attrs["trials"])}


def circuits(circuit: xr.Dataset | None, seed: int) -> list[dict]:
    """The circuits of a network, one an epsilon."""
    if circuit is None:
        return []
    metric, trials = make_metric(circuit.attrs["metric"]), circuit.attrs["trials"]
    found = []
    for epsilon in circuit["epsilon"].values:
        one = circuit.sel(seed=seed, epsilon=epsilon)
        removed = upper(one["kept"].values == 0)
        intact = one[f"{metric.name}_intact"].item()
        found.append(
            {
                "epsilon": float(epsilon),
                "removed": bits(removed),
                "count": int(removed.sum()),
                "share": _number(one["removed_share"].item()),
                "discrepancy": _number(one["discrepancy"].item()),
                "verified": bool(one["verified"] == 1),
                "score": _number(one[metric.name].item()),
                "intact": _number(intact),
                "cost": _number(metric.lost(one[metric.name].item(), intact)),
                "trials": int(trials),
            }
        )
    return found


def _settings(dataset: xr.Dataset) -> dict:
    """What a file says that it was made with; {} of what was made in memory."""
    return json.loads(dataset.attrs.get("settings", "{}"))


def _number(value) -> Any:
    return float(value) if math.isfinite(value) else None
