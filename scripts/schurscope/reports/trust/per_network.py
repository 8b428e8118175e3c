"""The diagnostics of all networks in one table."""

import pandas as pd

from schurscope.foundations import registry
from schurscope.reports.networks import NETWORK, key_of, networks
from schurscope.schur.form import SECTORS


def per_network(datasets: dict, alpha: float) -> pd.DataFrame:
    """One row a (network, sector) with a Schur form: what each diagnostic that is there says at ``alpha``.

    ``datasets``: diagnostic -> its datasets, one a task.
    """
    tables = []
    for name, found in datasets.items():
        columns = registry.load("answer", name).COLUMNS
        if columns:
            table = _frame(found, columns, alpha)
            tables.append(table.rename(columns=OF_ORDER) if name == "order" else table)
    whole = tables[0]
    for table in tables[1:]:
        whole = whole.merge(table, on=[*NETWORK, "sector"], how="left")
    return whole


OF_ORDER = {"effect": "effect_of_order", "mass": "mass_of_order"}  # controls measures them too


def _frame(datasets, columns: dict, alpha: float) -> pd.DataFrame:
    rows = []
    for one in networks(datasets):
        at = one.sel(alpha=alpha, method="nearest", tolerance=1e-9) if "alpha" in one.dims else one
        for sector in SECTORS:
            dim = next((dim for dim in ("sector", "removed") if dim in at.dims), None)
            own = at if dim is None else at.sel({dim: sector})
            values = {column: float(value(own)) for column, value in columns.items()}
            rows.append(key_of(one) | {"sector": sector} | values)
    return pd.DataFrame(rows, columns=None if rows else [*NETWORK, "sector"])
