"""(a) What predicts what a coupling costs? Within networks over couplings, and between networks over sectors."""

from itertools import combinations

import numpy as np
from scipy.stats import rankdata

from schurscope.reports.census.measures import PREDICTORS
from schurscope.reports.census.rows import by_task, groups_of, mean_over_groups, rows
from schurscope.schur.form import SECTORS

QUESTION = "What predicts what a coupling costs?"
PAIRS = tuple(combinations(PREDICTORS, 2))
DIFFERENCES = tuple(f"{one} - {other}" for one, other in PAIRS)
CALLED = {"share": "the Frobenius mass", "activity_mass": "the activity-weighted mass", "overlap": "the overlap"}
SIDES = ("within", "between")


def found(table) -> list[dict]:
    """``rho_...``, ``partial_...`` and their differences within networks; ``rho_...`` and differences between them."""
    whole = []
    for task, own in by_task(table):
        own = own[own["rho_share"].notna()].reset_index(drop=True)
        if own["seed"].nunique() > 1:
            rho = own[[f"rho_{name}" for name in PREDICTORS]].to_numpy()
            partial = own[[f"partial_{name}" for name in PREDICTORS]].to_numpy()
            values = np.concatenate([rho, partial, _differences(rho)], axis=1)
            names = [*(f"rho_{name}" for name in PREDICTORS), *(f"partial_{name}" for name in PREDICTORS), *DIFFERENCES]
            statistic = mean_over_groups(values, groups_of(own))
            whole += rows("a within", {"task": task}, names, own, statistic, DIFFERENCES)
    for task, own in by_task(table):
        if own["seed"].nunique() > 1:
            names = [*(f"rho_{name}" for name in PREDICTORS), *DIFFERENCES]
            whole += rows("a between", {"task": task}, names, own, _between(own), DIFFERENCES)
    return whole


def best(answers, task: str, side: str) -> str | None:
    """The predictor whose differences from both others are above 0 after control; None where there is none."""
    own = answers[(answers["question"] == f"a {side}") & (answers["task"] == task)].set_index("quantity")
    for name in PREDICTORS:
        wins = [
            (own["value"][pair] > 0 if pair.startswith(name) else own["value"][pair] < 0) and own["q"][pair] <= 0.05
            for pair in DIFFERENCES
            if name in pair.split(" - ") and pair in own.index
        ]
        if len(wins) == len(PREDICTORS) - 1 and all(wins):
            return name
    return None


def _differences(rho: np.ndarray) -> np.ndarray:
    places = [(PREDICTORS.index(one), PREDICTORS.index(other)) for one, other in PAIRS]
    return np.stack([rho[..., one] - rho[..., other] for one, other in places], axis=-1)


def _between(own):
    """Row numbers -> correlations over (network, sector) within each group, their mean over groups, and differences."""
    values = np.array([own[[f"{name}_{s}" for s in SECTORS]].to_numpy() for name in ("effect", *PREDICTORS)])
    empty = own[[f"empty_{sector}" for sector in SECTORS]].to_numpy() != 0
    values = np.where(empty, np.nan, values)
    groups = groups_of(own)

    def statistic(chosen):
        found = []
        for group in range(groups.max() + 1):
            part = values[:, chosen[groups[chosen] == group]].reshape(len(values), -1)
            part = part[:, np.isfinite(part).all(axis=0)]
            if part.shape[1] > 3:
                with np.errstate(invalid="ignore", divide="ignore"):
                    found.append(np.corrcoef(rankdata(part, axis=1))[0, 1:])
        rho = np.mean(found, axis=0) if found else np.full(len(PREDICTORS), np.nan)
        return np.concatenate([rho, _differences(rho)])

    return statistic
