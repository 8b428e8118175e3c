"""What the explorer knows of one network: its Schur form, what was measured, and, where it is live, its weights."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from schurscope.reports.explorer import stored_scores
from schurscope.reports.explorer.packing import exact, packed, quantised, upper
from schurscope.reports.labels import init_name
from schurscope.store import netcdf

LIVE_CELLS = ("tanh", "relu", "modrelu")  # that the page's script can run
SAME_PLACE = 0.03  # of the spectral radius: modes nearer than this are counted together


@dataclass(frozen=True)
class Block:
    """The datasets of one block of networks; None for what was not measured.

    ``trials``: of a network from elsewhere; ``step``: which one of several on the same trials it is, ``of``: what these
    are called together.
    """

    networks: xr.Dataset
    schur: xr.Dataset
    ablation: xr.Dataset
    cuts: xr.Dataset
    trials: xr.Dataset | None = None
    controls: xr.Dataset | None = None
    atlas: xr.Dataset | None = None
    circuit: xr.Dataset | None = None
    step: str | None = None
    of: str | None = None

    @property
    def called(self) -> str:
        """The task that its networks are listed under."""
        return self.of or self.networks["task"].item()

    @property
    def recorded(self) -> int | None:
        """How many trials came with it."""
        return None if self.trials is None else len(self.trials["inputs"])

    def seeds(self) -> list[int]:
        """Those that have a Schur form."""
        return [int(seed) for seed in self.schur["seed"].values if self.schur["status"].sel(seed=seed) == "ok"]


def explored(block: Block, seed: int, live: bool) -> dict:
    """One network as plain values; ``live``: with all that a rollout needs, else with T quantised."""
    schur = block.schur.sel(seed=seed)
    weights = netcdf.weights_of(block.networks, seed)
    live = live and weights.cell in LIVE_CELLS
    T = upper(schur["T"].values)
    found = {
        "task": block.called,
        "width": int(block.networks["width"]),
        "init": block.networks["init"].item(),
        "init_name": init_name(block.networks["init"].item()),
        "seed": seed,
        "step": block.step,
        "solved": bool(block.networks["solved"].sel(seed=seed) == 1),
        "n": len(schur["Q"]),
        "T": packed(T, "f8") if live else quantised(T),
        "block_of": packed(schur["block"].values, "i2"),
        "eigenvalues": packed([schur["eigenvalue_real"].values, schur["eigenvalue_imag"].values], "f4"),
        "places": places(schur["eigenvalue_real"].values + 1j * schur["eigenvalue_imag"].values),
        "cuts": stored_scores.cuts(block.cuts.sel(seed=seed), block.cuts.attrs),
        "grid": stored_scores.grid(block.ablation, seed, block.recorded),
        "controls": stored_scores.controls(block.controls, seed, block.recorded),
        "atlas": stored_scores.atlas(block.atlas, seed),
        "circuits": stored_scores.circuits(block.circuit, seed),
        "live": None,
    }
    if live:
        arrays = {name: exact(array) for name, array in weights.arrays().items()}
        found["live"] = {"cell": weights.cell, "leak": weights.leak, "Q": packed(schur["Q"].values, "f8"), **arrays}
    return found


def places(eigenvalues: np.ndarray) -> list[list[float]]:
    """[real part, imaginary part, count] where several modes lie closer than SAME_PLACE of the largest modulus."""
    left, found = list(eigenvalues), []
    while left:
        first = left[0]
        near = [one for one in left if abs(one - first) <= SAME_PLACE * np.max(np.abs(eigenvalues))]
        left = [one for one in left if one not in near]
        if len(near) > 1:
            middle = np.mean(near)
            found.append([round(float(middle.real), 5), round(float(middle.imag), 5), len(near)])
    return found
