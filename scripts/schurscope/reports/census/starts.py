"""(d) Does the start leave a mark in the trained Schur form?"""

import numpy as np

from schurscope.reports.census.rows import rows

QUESTION = "Does the start leave a mark?"
MEASURED = ("n_R", "henrici", "kept", "removed_share")
AGAINST = "orthogonal"


def found(table) -> list[dict]:
    """A row a task, width, other start and measure: its mean difference from the orthogonal start, paired by seed.

    ``in_spreads``: the mean over the standard deviation of the differences.
    """
    whole = []
    for (task, width), own in table.groupby(["task", "width"], sort=False):
        for init in (init for init in own["init"].unique() if init != AGAINST):
            one, other = (own[own["init"] == name].set_index("seed")[list(MEASURED)] for name in (init, AGAINST))
            change = (one - other).dropna().reset_index()
            if len(change) < 2:
                continue
            values = change[list(MEASURED)].to_numpy(dtype=float)
            where = {"task": task, "width": width, "init": init}
            made = rows("d", where, MEASURED, change, lambda chosen, v=values: v[chosen].mean(axis=0), MEASURED)
            spread = values.std(axis=0, ddof=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                whole += [row | {"in_spreads": row["value"] / s} for row, s in zip(made, spread, strict=True)]
    return whole


def marks(answers) -> list[tuple[str, str, str, int]]:
    """(task, start, measure, sign) where both widths differ after control in one direction."""
    found = []
    own = answers[answers["question"] == "d"]
    for (task, init, quantity), part in own.groupby(["task", "init", "quantity"], sort=False):
        signs = {int(np.sign(row["value"])) for row in part.to_dict("records") if row["q"] <= 0.05}
        if len(part) == (part["q"] <= 0.05).sum() and len(signs) == 1:
            found.append((task, init, quantity, signs.pop()))
    return found
