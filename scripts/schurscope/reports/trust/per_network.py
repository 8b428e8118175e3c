"""Every network and sector in one table: the profile, and what the diagnostics say of it."""

import pandas as pd

from schurscope.foundations import registry
from schurscope.reports.effects import effects
from schurscope.reports.networks import NETWORK, key_of, networks
from schurscope.schur.form import SECTORS


def per_network(summaries, datasets: dict, alpha: float) -> pd.DataFrame:
    """One row a (network, sector) with a Schur form: effects.effects at ``alpha``, and each diagnostic's COLUMNS.

    ``datasets``: diagnostic -> its datasets, one a task.
    """
    whole = effects(summaries, [alpha]).rename(columns={"removed": "sector"})
    for name, found in datasets.items():
        columns = registry.load("report", name).COLUMNS
        if columns:
            whole = whole.merge(_frame(found, columns, alpha), on=[*NETWORK, "sector"], how="left")
    return whole


def _frame(datasets, columns: dict, alpha: float) -> pd.DataFrame:
    rows = []
    for one in networks(datasets):
        at = one.sel(alpha=alpha, method="nearest", tolerance=1e-9) if "alpha" in one.dims else one
        for sector in SECTORS:
            dim = next((dim for dim in ("sector", "removed") if dim in at.dims), None)
            own = at if dim is None else at.sel({dim: sector})
            values = {column: float(value(own)) for column, value in columns.items()}
            rows.append(key_of(one) | {"sector": sector} | values)
    return pd.DataFrame(rows, columns=[*NETWORK, "sector", *columns])
