"""(f) Which property of the intact network predicts how much can go?"""

import numpy as np
from scipy.stats import rankdata

from schurscope.reports.census.rows import by_task, groups_of, rows

QUESTION = "Which property of the intact network predicts how much can go?"
PROPERTIES = ("intact", "gap", "henrici")
CALLED = {"intact": "its error (copy: accuracy)", "gap": "the gap below the largest modulus", "henrici": "nonnormality"}
LEAST = 0.3  # |rho| that counts


def found(table) -> list[dict]:
    """A row a task and property: Spearman's correlation with the removed share within groups, by the mean Fisher z."""
    whole = []
    for task, own in by_task(table[table["removed_share"].notna()]):
        if own["seed"].nunique() > 1:
            whole += rows("f", {"task": task}, PROPERTIES, own, within_groups(own, "removed_share"), PROPERTIES)
    return whole


def within_groups(own, of: str, with_=PROPERTIES):
    values, groups = own[[of, *with_]].to_numpy(dtype=float).T, groups_of(own)

    def statistic(chosen):
        z = []
        for group in range(groups.max() + 1):
            part = values[:, chosen[groups[chosen] == group]]
            part = part[:, np.isfinite(part).all(axis=0)]
            if part.shape[1] > 3:
                with np.errstate(invalid="ignore", divide="ignore"):
                    z.append(np.arctanh(np.clip(np.corrcoef(rankdata(part, axis=1))[0, 1:], -0.999999, 0.999999)))
        return np.tanh(np.ma.masked_invalid(z).mean(axis=0).filled(np.nan)) if z else np.full(len(with_), np.nan)

    return statistic


def predicting(answers, tasks) -> list[str]:
    """Properties that count in at least two of ``tasks`` after control, in one direction."""
    own = answers[(answers["question"] == "f") & answers["task"].isin(tasks)]
    strong = own[(own["q"] <= 0.05) & (own["value"].abs() >= LEAST)]
    signs = strong.assign(sign=np.sign(strong["value"])).groupby(["quantity", "sign"]).size()
    return [name for name in PROPERTIES if any(signs.get((name, sign), 0) >= 2 for sign in (1.0, -1.0))]
