"""The page on the place of the cut: its question, its columns a network and sector, its answer in words."""

from schurscope.reports.trust.shares import share

QUESTION = "Is the cut well placed?"
COLUMNS = {"n_R": lambda d: d["n_R"], "moves": lambda d: d["moves"]}


def answer(datasets, table, found) -> str:
    one, words = table[table["sector"] == "RR"], []
    for task, part in one.groupby("task", sort=False):
        span = f"{part['n_R'].min():.0f} to {part['n_R'].max():.0f}"
        words.append(f"{task} {share(part['moves'] == 1)} (n_R {span})")
    last = " Where it does, R and C are not two groups of modes but a line drawn through one."
    return (
        f"n_R would change with α ± {datasets[0].attrs['near']:g} in {share(one['moves'] == 1)} networks:"
        f" {', '.join(words)}.{last if (one['moves'] == 1).any() else ''}"
    )
