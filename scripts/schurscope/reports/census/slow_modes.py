"""(h) Is n_R the number of slow exponents?"""

import numpy as np

from schurscope.reports.census.properties import within_groups
from schurscope.reports.census.rows import by_task, groups_of, mean_over_groups, rows

QUESTION = "Is n_R the number of slow exponents?"
NAMES = ("slow - n_R", "share within 1", "rank correlation")
SHARE = 0.9


def found(table) -> list[dict]:
    """A row a task: mean difference, share of networks in which it is at most 1, correlation within groups."""
    whole = []
    for task, own in by_task(table[table["slow"].notna()]):
        if own["seed"].nunique() < 2:
            continue
        difference = (own["slow"] - own["n_R"]).to_numpy(dtype=float)
        means = mean_over_groups(np.stack([difference, np.abs(difference) <= 1], axis=1), groups_of(own))
        rank = within_groups(own, "slow", ("n_R",))
        whole += rows("h", {"task": task}, NAMES, own, lambda c, m=means, r=rank: np.concatenate([m(c), r(c)]))
    return whole
