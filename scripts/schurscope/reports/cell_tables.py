"""Trained circle cells beside the paper: symmetry, exponent, drift, and lifetimes once the symmetry is broken."""

import numpy as np
import pandas as pd

from schurscope.reports.path_tables import CALLED
from schurscope.reports.reading import number

SOURCE = "Mo 2026 (arXiv 2605.03338), Figs. A6 and A7, read off the vector figures"
LIFETIMES = {1e-4: np.inf, 3e-4: 1470.0, 1e-3: 440.9, 3e-3: 147.0, 1e-2: 44.1, 3e-2: 14.7, 6e-2: 7.4}  # 1500: inf
MEASURES = {
    "equivariance error of a step, float32": lambda one: one["error_step"].sel(precision="float32"),
    "equivariance error of a step, float64": lambda one: one["error_step"].sel(precision="float64"),
    "group exponent without input": lambda one: one["group_exponent"].sel(input="zero"),
    "angle without input (degrees)": lambda one: one["angle"].sel(input="zero"),
    "largest drift (rad per unit time)": lambda one: one["drift_largest"],
}


def networks(cells) -> pd.DataFrame:
    """One row a network and measure: MEASURES, and lifetimes by strength beside the paper's and the closed form."""
    rows = []
    for model in cells["model"].values:
        for seed in cells["seed"].values:
            one = cells.sel(model=model, seed=seed)
            key = {"model": model, "seed": int(seed)}
            rows += [key | {"what": what, "here": float(measure(one))} for what, measure in MEASURES.items()]
            for strength in cells["strength"].values:
                at = one.sel(strength=strength)
                row = key | {"what": f"lifetime, ε = {strength:g}", "here": float(at["lifetime"])}
                row |= {"paper": LIFETIMES.get(float(strength), np.nan), "closed": float(at["lifetime_closed"])}
                rows.append(row | {"predicted": float(at["lifetime_predicted"])})
    return pd.DataFrame(rows)


def for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """One row a model and quantity: median [least to largest] (n) over networks. ``agrees``: every pinned network has
    the paper's lifetime to its printed digit."""
    rows = []
    for (model, what), own in table.groupby(["model", "what"], sort=False):
        values = own["here"].to_numpy()
        row = {
            "model": CALLED[model],
            "what": what,
            "here": _spread(values),
            "paper": "",
            "closed form": "",
            "agrees": "",
        }
        if own["closed"].notna().all():
            row["closed form"] = _said(own["closed"].iloc[0])
            if model == "equivariant":
                paper = own["paper"].iloc[0]
                row["paper"], row["agrees"] = _said(paper), "yes" if np.all(_equal(values, paper)) else "no"
        rows.append(row)
    return pd.DataFrame(rows)


def _equal(values, paper):
    """To the digit that the paper prints: units above 1,000, tenths below."""
    return np.isinf(values) if np.isinf(paper) else np.abs(values - paper) < (0.5 if paper > 1000 else 0.051)


def _said(value: float) -> str:
    return "over 1,500" if np.isinf(value) else number(value)


def _spread(values: np.ndarray) -> str:
    words = [_said(float(f(values))) for f in (np.median, np.min, np.max)]
    return f"{words[0]} [{words[1]} to {words[2]}] ({len(values)})"
