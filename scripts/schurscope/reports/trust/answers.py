"""The answers of the diagnostics: numbers first, then words made from them."""

import pandas as pd

from schurscope.foundations import registry


def numbers(datasets: dict, table: pd.DataFrame, alpha: float) -> dict[str, pd.DataFrame]:
    """Diagnostic -> what it found over solved networks, as fields; ``table``: per_network at ``alpha``."""
    return {name: registry.load("report", name).numbers(own, table, alpha) for name, own in datasets.items()}


def answers(found: dict[str, pd.DataFrame], alpha: float, any_solved: bool = True) -> dict[str, str]:
    """Diagnostic -> its answer in a few sentences, from its numbers; every one says at which alpha it holds."""
    said = {}
    for name, rows in found.items():
        module = registry.load("report", name)
        nothing = getattr(module, "NOTHING", "no solved network has something to remove")
        nothing = nothing if any_solved else "no network is solved"
        said[name] = module.answer(rows, alpha) if len(rows) else f"Not decidable at α = {alpha:g}: {nothing}."
    return said
