"""From the blocks of every task to one dataset with all networks along one dimension, for those without this code."""

import json

import numpy as np
import xarray as xr

from schurscope.foundations.errors import SchurscopeError

PLACE = ("task", "width", "init")  # scalar coordinates of a block
OF_A_BLOCK = ("settings", "code", "versions", "made_from", "kind")
FILLERS = {"f": np.nan, "i": -1, "u": 0, "U": "", "O": ""}  # where a network does not have it


def along_networks(blocks: list[xr.Dataset], leave_out: tuple[str, ...] = ()) -> xr.Dataset:
    """``blocks``: datasets of one kind with the dimension seed, of any tasks, widths and starts, in this order.

    Dimension network, with the coordinates task, width, init and seed; ``network`` is "task/n64/orthogonal/7".
    Dimensions with labels (alpha, removed, ...) have every label that occurs, others the largest length (unit, mode:
    of the widest network); what a network does not have is NaN, -1 or "". An attribute in which tasks differ is JSON,
    task -> value. ``leave_out``: variables that are not taken along. Raises SchurscopeError for no blocks, or blocks of
    several kinds.
    """
    if len(kinds := {block.attrs.get("kind") for block in blocks}) != 1:
        raise SchurscopeError(f"blocks of one kind are needed; these are of {', '.join(map(str, kinds)) or 'none'}")
    labels, lengths = _axes(blocks)
    count = sum(block.sizes["seed"] for block in blocks)
    variables = {}
    for name in dict.fromkeys(name for block in blocks for name in block.data_vars if name not in leave_out):
        of_it = [block[name] for block in blocks if name in block]
        dims = of_it[0].dims[1:]
        kind = np.result_type(*(array.dtype for array in of_it))
        shape = (count, *(lengths[dim] for dim in dims))
        whole = np.full(shape, FILLERS[kind.kind], dtype=kind)
        first = 0
        for block in blocks:
            n = block.sizes["seed"]
            if name in block:
                at = [_places(block, dim, labels) for dim in dims]
                whole[np.ix_(range(first, first + n), *at)] = block[name].values
            first += n
        variables[name] = (("network", *dims), whole, of_it[0].attrs)
    coordinates = {name: ("network", np.repeat([b[name].item() for b in blocks], _sizes(blocks))) for name in PLACE}
    coordinates["seed"] = ("network", np.concatenate([block["seed"].values for block in blocks]))
    names = [f"{t}/n{w}/{i}/{s}" for t, w, i, s in zip(*(v for _, v in coordinates.values()), strict=True)]
    own = {dim: found for dim, found in labels.items() if found is not None}
    return xr.Dataset(variables, {"network": names, **coordinates, **own}, _attributes(blocks))


def _sizes(blocks) -> list[int]:
    return [block.sizes["seed"] for block in blocks]


def _axes(blocks) -> tuple[dict, dict]:
    """Of each dimension but seed its labels (None where it has none), and its length."""
    labels, lengths = {}, {}
    for dim in dict.fromkeys(dim for block in blocks for dim in block.dims if dim != "seed"):
        having = [block for block in blocks if dim in block.dims]
        if dim in having[0].coords:
            labels[dim] = list(dict.fromkeys(label for block in having for label in block[dim].values.tolist()))
            lengths[dim] = len(labels[dim])
        else:
            labels[dim], lengths[dim] = None, max(block.sizes[dim] for block in having)
    return labels, lengths


def _places(block, dim, labels):
    """Where a block's entries along a dimension stand."""
    if labels[dim] is None:
        return np.arange(block.sizes[dim])
    return np.array([labels[dim].index(label) for label in block[dim].values.tolist()])


def _attributes(blocks) -> dict:
    found = {"kind": "dataset", "of": blocks[0].attrs["kind"], "license": "CC-BY-4.0"}
    for name in dict.fromkeys(name for block in blocks for name in block.attrs if name not in OF_A_BLOCK):
        by_task = {block["task"].item(): _plain(block.attrs[name]) for block in blocks if name in block.attrs}
        values = list(by_task.values())
        same = len(by_task) == len({block["task"].item() for block in blocks}) and all(v == values[0] for v in values)
        found[name] = values[0] if same else json.dumps(by_task, sort_keys=True)
    return found


def _plain(value):
    return value.tolist() if hasattr(value, "tolist") else value
