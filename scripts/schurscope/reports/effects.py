"""What removed sets cost, from summaries: lost accuracy or ΔFVU, of every network."""

import pandas as pd
import xarray as xr

from schurscope.analyses.ablation import NONE
from schurscope.metrics import make_metric
from schurscope.reports.networks import key_of, networks
from schurscope.schur.form import SECTORS
from schurscope.stages.summarise import metric_of

MEASURES = ("removed_mass", "discrepancy", "sensitivity")  # beside the effect


def lost(summary: xr.Dataset) -> xr.DataArray:
    """The effect of each removed set: lost accuracy or ΔFVU, positive is worse; NaN where nothing is removed."""
    metric = make_metric(metric_of(summary))
    return metric.lost(summary[metric.name], summary[metric.name].sel(removed=NONE, drop=True))


def effects(summaries, alphas, removed=SECTORS) -> pd.DataFrame:
    """One row a (network, alpha, removed set) with a Schur form.

    What names the network, whether it is solved (1), ``n_R``, ``fragile`` and ``empty`` (1 or 0), ``effect`` (``lost``)
    and MEASURES, NaN where a task does not have one. ``alphas``: those of the summaries, to 1e-9.
    """
    rows = []
    for summary in summaries:
        for one in networks([summary.assign(effect=lost(summary))]):
            for alpha in alphas:
                at = one.sel(alpha=alpha, method="nearest", tolerance=1e-9)
                cut = {"alpha": alpha, "n_R": float(at["n_R"]), "fragile": int(at["fragile"])}
                for label in removed:
                    found = at.sel(removed=label)
                    row = {"empty": int(found["empty"]), "effect": float(found["effect"])}
                    row |= {name: float(found[name]) if name in found else float("nan") for name in MEASURES}
                    rows.append(key_of(one) | cut | {"removed": label} | row)
    names = ("task", "width", "init", "seed", "solved", "alpha", "n_R", "fragile", "removed", "empty", "effect")
    return pd.DataFrame(rows, columns=[*names, *MEASURES])
