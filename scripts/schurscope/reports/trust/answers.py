"""The answers of the diagnostics in words, made from their numbers."""

import pandas as pd

from schurscope.foundations import registry


def answers(datasets: dict, table: pd.DataFrame, found: pd.DataFrame) -> dict[str, str]:
    """Diagnostic -> its answer in a few sentences; ``table``: per_network, ``found``: verdicts."""
    if table is not None and table.empty:
        return dict.fromkeys(datasets, "No network has a Schur form, so there is nothing to say.")
    return {name: registry.load("answer", name).answer(own, table, found) for name, own in datasets.items()}
