"""From the blocks of an analysis to one dataset of a task."""

import numpy as np
import xarray as xr

from schurscope.foundations.errors import SchurscopeError
from schurscope.store import netcdf

ORDER = ("width", "init", "seed")
OF_A_BLOCK = ("settings", "code", "versions", "made_from")  # attributes that say how it was made


def gather(blocks: list[xr.Dataset]) -> xr.Dataset:
    """One dataset with the dimensions width, init and seed before the analysis's own; blocks in the config's order.

    NaN, and an empty ``status``, where there is no such network. Raises SchurscopeError where the blocks are not all of
    one analysis.
    """
    for block in blocks:
        netcdf.of_one_block(analysis=block)
    if len(names := {block.attrs["diagnostic"] for block in blocks}) != 1:
        raise SchurscopeError(f"blocks of one analysis are needed; these are of {', '.join(sorted(names)) or 'none'}")
    keys = [(netcdf.key_of(block), block["seed"].values) for block in blocks]
    axes = {name: list(dict.fromkeys(key[name] for key, _ in keys)) for name in ("width", "init")}
    axes["seed"] = sorted({int(seed) for _, seeds in keys for seed in seeds})
    sizes = tuple(len(axes[name]) for name in ORDER)
    places = {seed: place for place, seed in enumerate(axes["seed"])}
    data = {}
    for name, variable in blocks[0].data_vars.items():
        text = variable.dtype.kind in "UO"
        filler, kind = ("", "<U9") if text else (np.nan, float)
        longest = max(block[name].shape[1:] for block in blocks)  # by rank: the widest network has the most
        data[name] = np.full(sizes + longest, filler, dtype=kind)
        for (key, seeds), block in zip(keys, blocks, strict=True):
            at = [axes["width"].index(key["width"]), axes["init"].index(key["init"])]
            inner = tuple(slice(size) for size in block[name].shape[1:])
            for seed, values in zip(seeds, block[name].values, strict=True):
                data[name][*at, places[int(seed)], *inner] = values
    variables = {
        name: ((*ORDER, *blocks[0][name].dims[1:]), array, blocks[0][name].attrs) for name, array in data.items()
    }
    variables["status"][2]["long_name"] = "status of the Schur form; empty: no such network"
    widest = max(blocks, key=lambda block: int(block["width"]))
    own = {name: values for name, values in widest.coords.items() if name not in (*ORDER, "task")}
    attributes = {name: value for name, value in blocks[0].attrs.items() if name not in OF_A_BLOCK}
    return xr.Dataset(variables, {"task": blocks[0]["task"].item(), **axes, **own}, attributes | {"kind": "diagnostic"})
