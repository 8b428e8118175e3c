"""From networks and their Schur forms to the fewest couplings found that keep the function."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from schurscope.analyses.circuit_search import circuits, varies
from schurscope.analyses.coordinates import schur_coordinates
from schurscope.cells import Weights
from schurscope.metrics import make_metric
from schurscope.schur.form import SchurForm
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import chosen_and_measured_on
from schurscope.stages.settings import CIRCUIT, complete
from schurscope.store import netcdf

OF_EACH = ("removed_share", "numbers_left", "discrepancy", "discrepancy_guard", "discrepancy_selection")


def circuit(
    networks: xr.Dataset,
    schur: xr.Dataset,
    settings: dict,
    recorded: xr.Dataset | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> xr.Dataset:
    """A circuit dataset: for each epsilon, the couplings of N that are kept, for every network.

    ``settings`` (each may be left out): ``epsilons``; ``selection``, ``guard`` and ``trials``, the number of trials
    that choose, that decide what comes back, and that are looked at once, at the end; ``unit``: "coupling", or "block"
    for whole couplings between blocks. Of ``recorded`` trials, a quarter, a quarter and half. NaN, with everything
    kept, for a network without a Schur form or whose outputs do not vary. ``progress``: epsilons done, of how many.
    """
    settings = complete(settings, CIRCUIT)
    epsilons = sorted(set(settings["epsilons"]))
    sets, metric = chosen_and_measured_on(networks, recorded, settings)
    found = []
    for _, weights, form in forms(networks, schur):
        if form is None or not all(varies(weights, trials) for trials in sets):
            found.append(_nothing(networks.sizes["unit"], len(epsilons), metric))
        else:
            found.append(_of_one(weights, form, sets, epsilons, metric, settings["unit"], progress))
    arrays = {name: np.stack([one[name] for one in found]) for name in found[0]}
    arrays |= {"solved": networks["solved"].values, "status": schur["status"].values}
    coordinates = {"seed": networks["seed"].values, "epsilon": epsilons}
    attributes = {"task_settings": networks.attrs["task_settings"], "metric": metric, "unit": settings["unit"]}
    counts = zip(("selection", "guard", "trials"), sets, strict=True)
    attributes |= {name: len(trials.inputs) for name, trials in counts}
    return netcdf.build("circuit", netcdf.key_of(networks), coordinates, arrays, attributes)


def _nothing(n: int, epsilons: int, metric: str) -> dict:
    """Everything is kept, nothing is known."""
    arrays = {name: np.full(epsilons, np.nan) for name in (*OF_EACH, metric)}
    kept, order = np.ones((epsilons, n, n), dtype=np.int8), np.full((epsilons, n, n), -1, dtype=np.int32)
    verified = np.zeros(epsilons, dtype=np.int8)
    return arrays | {"kept": kept, "order": order, "verified": verified, f"{metric}_intact": np.nan}


def _of_one(weights: Weights, form: SchurForm, sets, epsilons, metric: str, unit: str, progress) -> dict:
    """The arrays of one network."""
    coordinates, held_out = schur_coordinates(form, unit == "block"), sets[-1]
    found = _nothing(len(form.T), len(epsilons), metric)
    between = form.block_of[:, None] < form.block_of[None, :]
    nothing_to_lose = coordinates.units == 0
    gone = between & (coordinates.unit < 0) & (not nothing_to_lose)  # what is smaller than rounding goes first
    score = make_metric(metric).measure(held_out.targets, held_out.mask)
    for place, one in enumerate(circuits(weights, coordinates, *sets, epsilons)):
        kept = coordinates.there(one.guarded.kept) & ~gone
        rank = np.append(one.guarded.order, -1)[coordinates.unit]
        found["kept"][place] = kept
        found["order"][place] = np.where(gone, 0, np.where(rank >= 0, rank + gone.any(), -1))
        found["removed_share"][place] = np.nan if nothing_to_lose else np.mean(~kept[between])
        found["numbers_left"][place] = np.sum(kept & (form.T != 0))
        found["discrepancy_selection"][place] = one.selected.discrepancy
        found["discrepancy_guard"][place] = one.guarded.discrepancy
        found["discrepancy"][place] = one.held_out.discrepancy
        found["verified"][place] = one.held_out.discrepancy <= epsilons[place]
        outputs = one.intact + one.held_out.residual
        found[metric][place] = score(outputs)[metric]
        found[f"{metric}_intact"] = score(one.intact)[metric]
        progress(place + 1, len(epsilons))
    return found
