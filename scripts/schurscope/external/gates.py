"""LSTM and GRU from a file, as torch.nn has them (one layer, one direction, readout or none) or as trained here.

They have no square recurrent matrix, so that only their dynamics can be looked at; no readout is read.
"""

import numpy as np

from schurscope.cells import Weights
from schurscope.external.aside import aside
from schurscope.external.contents import opened
from schurscope.external.names import TORCH

CELLS = {3: "gru", 4: "lstm"}  # by the rows of weight_hh over its columns
OWN = ("W_hh", "W_xh", "b_h", "b_hh", "h0")
CALLED = {"weight_hh": "W_hh", "weight_ih": "W_xh", "bias_ih": "b_h", "bias_hh": "b_hh"}


def read_gates(path, seed: int | None = None) -> tuple[Weights, dict[str, str]] | None:
    """(weights in float64, what each was made of) of the LSTM or GRU that a file holds; None where it is another thing.

    ``seed``: which network of a NetCDF file that holds several. Their readout is the identity: every unit is an output.
    """
    arrays, notes = aside("gates:arrays_of", path, seed)
    if not arrays:
        return None
    arrays = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
    own = {"b_hh": arrays.pop("b_hh")} if "b_hh" in arrays else {}
    W_hy = np.eye(arrays["W_hh"].shape[1])
    return Weights(**arrays, W_hy=W_hy, cell=notes["cell"], own=own), notes["origin"]


def arrays_of(path, seed: int | None = None) -> tuple[dict, dict]:
    """(array -> numbers, notes: ``cell``, ``origin``); nothing where the file does not hold just one such layer."""
    with opened(path, seed) as contents:
        if (cell := contents.attributes.get("activation")) in CELLS.values():
            own = [name for name in OWN if name in contents.entries]
            origin = {name: name for name in own} | {"activation": cell}
            return contents.read(own), {"cell": cell, "origin": origin}
        matches = {name: match for name in contents.entries if (match := TORCH.fullmatch(name))}
        hidden = [name for name, match in matches.items() if match.group(1, 2) == ("weight", "hh")]
        if len(hidden) != 1 or any(match[2] == "hr" or match[4] for match in matches.values()):
            return {}, {}
        shape = contents.entries[hidden[0]].shape
        cell = CELLS.get(shape[0] / shape[1]) if len(shape) == 2 and shape[1] else None
        if cell is None:
            return {}, {}
        module = hidden[0].rpartition(".")[0]
        names = {
            CALLED[f"{match[1]}_{match[2]}"]: name
            for name, match in matches.items()
            if name.rpartition(".")[0] == module
        }
        found = contents.read(sorted(names.values()))
        origin = {quantity: name for quantity, name in names.items()} | {"activation": cell}
        return {quantity: found[name] for quantity, name in names.items()}, {"cell": cell, "origin": origin}
