"""From networks and their Schur forms to the fewest couplings found that keep the function."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from schurscope.analyses.bases import in_basis
from schurscope.analyses.circuit_search import ACCURATE, accurate_circuit, circuits, varies
from schurscope.analyses.coordinates import Coordinates, schur_coordinates
from schurscope.cells import Weights
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.metrics import make_metric
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import chosen_and_measured_on
from schurscope.stages.settings import CIRCUIT, complete
from schurscope.store import netcdf

MODELS, MANY = 17, 5000  # models that a search makes for one epsilon; twice as many of so many couplings
OF_EACH = ("removed_share", "numbers_left", "discrepancy", "discrepancy_guard", "discrepancy_selection")


def circuit(
    networks: xr.Dataset,
    schur: xr.Dataset,
    settings: dict,
    recorded: xr.Dataset | None = None,
    progress: Callable[[float], None] = lambda share: None,
    basis: str = netcdf.SCHUR,
) -> xr.Dataset:
    """A circuit dataset: for each epsilon, the couplings of N that are kept, for every network.

    ``settings`` (each may be left out): ``epsilons``; ``selection``, ``guard`` and ``trials``, the number of trials
    that choose, that decide what comes back, and that are looked at once, at the end; ``unit``: "coupling", or "block"
    for whole couplings between blocks. Of ``recorded`` trials, a quarter, a quarter and half. NaN, with everything
    kept, for a network without a Schur form or whose outputs do not vary. ``progress``: about which
    share of the work is done, of each network by itself.

    ``basis``: other orthogonal coordinates P of W_hh = P M P^T (analyses.bases), as a control: the same search, trials
    and effort; P and M are stored, ``kept`` is about M, and ``basis`` is a coordinate. Raises SchurscopeError.
    """
    settings = complete(settings, CIRCUIT)
    epsilons, key = sorted(set(settings["epsilons"])), netcdf.key_of(networks)
    if basis != netcdf.SCHUR and settings["unit"] == "block":
        raise SchurscopeError(f"unit is 'block', which the basis {basis!r} does not have; allowed: coupling")
    sets, metric = chosen_and_measured_on(networks, recorded, settings)
    found = []
    for seed, weights, form in forms(networks, schur):
        nothing = _nothing(networks.sizes["unit"], len(epsilons), metric)
        if form is None or not all(varies(weights, trials, metric) for trials in sets):
            found.append(nothing)
            continue
        if basis == netcdf.SCHUR:
            coordinates = schur_coordinates(form, settings["unit"] == "block")
        else:
            source = stream("circuit basis", basis, *key.values(), seed)
            coordinates = in_basis(basis, form, weights, sets[0], source)
        found.append(nothing | _of_one(weights, coordinates, sets, epsilons, metric, progress))
    arrays = {name: np.stack([one[name] for one in found]) for name in found[0]}
    arrays |= {"solved": networks["solved"].values, "status": schur["status"].values}
    axes = {"seed": networks["seed"].values, "epsilon": epsilons}
    if basis == netcdf.SCHUR:
        arrays = {name: array for name, array in arrays.items() if name not in ("P", "M")}
    else:
        axes["basis"] = basis
    attributes = {"task_settings": networks.attrs["task_settings"], "metric": metric, "unit": settings["unit"]}
    counts = zip(("selection", "guard", "trials"), sets, strict=True)
    attributes |= {name: len(trials.inputs) for name, trials in counts}
    return netcdf.build("circuit", key, axes, arrays, attributes)


def _nothing(n: int, epsilons: int, metric: str) -> dict:
    """Everything is kept, nothing is known."""
    arrays = {name: np.full(epsilons, np.nan) for name in (*OF_EACH, metric)}
    kept, order = np.ones((epsilons, n, n), dtype=np.int8), np.full((epsilons, n, n), -1, dtype=np.int32)
    verified = np.zeros(epsilons, dtype=np.int8)
    arrays |= {"P": np.full((n, n), np.nan), "M": np.full((n, n), np.nan)}
    if make_metric(metric).higher_is_better:
        arrays |= {"kept_accuracy": kept[0], "verified_accuracy": np.int8(0)}
        arrays |= dict.fromkeys(("removed_share_accuracy", "numbers_left_accuracy", "accuracy_share"), np.nan)
    return arrays | {"kept": kept, "order": order, "verified": verified, f"{metric}_intact": np.nan}


def _of_one(weights: Weights, coordinates: Coordinates, sets, epsilons, metric: str, progress) -> dict:
    """The arrays of one network."""
    held_out, free, nothing_to_lose = sets[-1], coordinates.free, coordinates.units == 0
    found = _nothing(len(free), len(epsilons), metric) | {"P": coordinates.P, "M": coordinates.M}
    gone = free & (coordinates.unit < 0) & (not nothing_to_lose)  # what is smaller than rounding goes first
    score = make_metric(metric).measure(held_out.targets, held_out.mask)
    circuits_found, accurate = [], make_metric(metric).higher_is_better
    tell = _Progress(progress, len(epsilons) + accurate, MODELS * (1 + coordinates.units / MANY))
    for place, one in enumerate(circuits(weights, coordinates, sets, epsilons, tell, metric)):
        circuits_found.append(one)
        kept = coordinates.there(one.guarded.kept) & ~gone
        rank = np.append(one.guarded.order, -1)[coordinates.unit]
        found["kept"][place] = kept
        found["order"][place] = np.where(gone, 0, np.where(rank >= 0, rank + gone.any(), -1))
        found["removed_share"][place] = np.nan if nothing_to_lose else np.mean(~kept[free])
        found["numbers_left"][place] = np.sum(kept & (coordinates.M != 0))
        found["discrepancy_selection"][place] = one.selected.discrepancy
        found["discrepancy_guard"][place] = one.guarded.discrepancy
        found["discrepancy"][place] = one.held_out.discrepancy
        found["verified"][place] = one.held_out.discrepancy <= epsilons[place]
        outputs = one.intact + one.held_out.residual
        found[metric][place] = score(outputs)[metric]
        found[f"{metric}_intact"] = score(one.intact)[metric]
        tell.done()
    if accurate:
        one = accurate_circuit(weights, coordinates, sets, metric, circuits_found, tell)
        kept = coordinates.there(one.guarded.kept) & ~gone
        found["kept_accuracy"] = kept.astype(np.int8)
        found["removed_share_accuracy"] = np.nan if nothing_to_lose else np.mean(~kept[free])
        found["numbers_left_accuracy"] = float(np.sum(kept & (coordinates.M != 0)))
        found["accuracy_share"] = 1 - one.held_out.lost
        found["verified_accuracy"] = np.int8(found["accuracy_share"] >= ACCURATE)
    return found


class _Progress:
    """Says which share of some searches is done, of which each makes about so many models."""

    def __init__(self, say: Callable[[float], None], searches: int, models: float):
        self.say, self.searches, self.models = say, searches, models
        self.before, self.made = 0, 0

    def __call__(self, state) -> None:
        self.made += 1
        self.say((self.before + min(self.made / self.models, 0.95)) / self.searches)

    def done(self) -> None:
        self.before, self.made = self.before + 1, 0
        self.say(self.before / self.searches)
