"""The networks of an analysis, one by one."""

from itertools import product

NETWORK = ("task", "width", "init", "seed", "solved")  # what names a network, and whether it is solved


def networks(datasets):
    """Every network that has a Schur form: its part of an analysis's datasets (one a task), in the config's order."""
    for dataset in datasets:
        for width, init, seed in product(*(dataset[name].values for name in ("width", "init", "seed"))):
            one = dataset.sel(width=width, init=init, seed=seed)
            if one["status"] == "ok":
                yield one


def key_of(network) -> dict:
    """NETWORK as plain values."""
    return {name: network[name].item() for name in NETWORK}
