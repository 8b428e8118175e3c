"""An analysis dataset from what a module measured of every network: its VARIABLES, with who is solved, and status."""

import numpy as np
import xarray as xr


def nothing(module, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    """Name -> NaN for each of the module's VARIABLES; ``sizes``: of every dimension that they may have."""
    return {
        name: np.full([sizes[dim] for dim in ("seed", *dims)], np.nan) for name, (dims, _) in module.VARIABLES.items()
    }


def analysis_dataset(module, data: dict, networks, schur, coordinates: dict, attributes: dict) -> xr.Dataset:
    """The arrays of ``nothing``, filled, as a dataset of these networks."""
    variables = {
        name: (("seed", *dims), data[name], {"long_name": long_name})
        for name, (dims, long_name) in module.VARIABLES.items()
    }
    variables |= {
        "solved": ("seed", networks["solved"].values, {"long_name": "1 if the network is solved"}),
        "status": ("seed", schur["status"].values, {"long_name": "status of the Schur form"}),
    }
    return xr.Dataset(variables, coords=coordinates, attrs={"kind": "analysis"} | attributes)
