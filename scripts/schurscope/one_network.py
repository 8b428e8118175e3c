"""The profile of one network without a workflow: the same stages, in memory; and of several, side by side."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from schurscope.analyses.bases import BASES
from schurscope.cells import TANH
from schurscope.external.names import AXES
from schurscope.external.network import assembled
from schurscope.external.proof import TOLERANCE
from schurscope.external.recorded import read_trials
from schurscope.foundations.defaults import ALPHAS
from schurscope.foundations.errors import SchurscopeError, printable
from schurscope.schur.alpha import check_alphas
from schurscope.stages.ablate import ablate
from schurscope.stages.circuit import circuit as fewest
from schurscope.stages.decompose import decompose
from schurscope.stages.flags import flagged
from schurscope.stages.read import datasets
from schurscope.store.netcdf import SCHUR
from schurscope.tasks.trials import Trials


def profile(
    W_hh,
    W_xh,
    W_hy,
    trials,
    *,
    b_h=None,
    b_y=None,
    h0=None,
    leak: float = 1.0,
    activation: str | None = None,
    cell: str = TANH,
    own: dict | None = None,
    orientation: str = "W",
    axes=AXES,
    metric: str = "fvu",
    alphas=ALPHAS,
    target_mean: str = "channel",
    tolerance: float = TOLERANCE,
    name: str = "network",
) -> xr.Dataset:
    """What one network loses without its nonnormal couplings: everything measured, as one dataset.

    h[t] = (1 - leak) h[t-1] + leak f(W_xh x[t] + W_hh h[t-1] + b_h), y[t] = W_hy h[t] + b_y.

    W_hh (unit, unit), W_xh (unit, input), W_hy (output, unit); ``orientation`` "W^T" if all three are transposed.
    b_h, h0 (unit,) and b_y (output,) where the network has them. ``cell``: which f, "tanh", "relu" or "modrelu"
    (``activation`` says the same); ``own``: the arrays that the cell has beside these (modrelu's ``b_modulus``,
    (unit,)). ``trials``: inputs (batch, time, input), targets
    (batch, time, output) and, if wanted, mask (as targets), h0 (batch, unit) and the network's own outputs, which are
    then reproduced to ``tolerance`` of their size before anything is ablated: a dict or Dataset of arrays, a file
    (.npz, .nc, .mat, .pt, .safetensors), or the Trials of a built-in task. ``axes``: the order of their axes.
    ``metric``: "fvu", or "accuracy" for targets of -1 and +1. ``alphas``: cuts, relative to the spectral radius.

    The dataset has the dimensions alpha, removed and sector (ablation), mode and unit (Schur form); all numbers are
    dimensionless. ``fragile`` is 1 where n_R changes with alpha +- 0.01; a removed set is empty where its
    ``removed_mass`` is below 1e-5. ``name`` labels it. Raises SchurscopeError: what does not fit, and what is allowed.
    """
    said = {"b_h": b_h, "b_y": b_y, "h0": h0, "leak": leak, "orientation": orientation, "own": own}
    cell = cell if activation is None else activation
    weights = assembled(W_hh, W_xh, W_hy, cell=cell, **said)
    return merged(*measured(*_datasets(name, weights, trials, metric, axes, tolerance, cell), alphas, target_mean))


def circuit(
    W_hh,
    W_xh,
    W_hy,
    trials,
    *,
    epsilon: float | Sequence[float] = 0.01,
    unit: str = "coupling",
    b_h=None,
    b_y=None,
    h0=None,
    leak: float = 1.0,
    cell: str = TANH,
    own: dict | None = None,
    orientation: str = "W",
    axes=AXES,
    metric: str = "fvu",
    tolerance: float = TOLERANCE,
    name: str = "network",
    bases: Sequence[str] = (),
    progress: Callable[[str, float], None] = lambda basis, share: None,
) -> xr.Dataset:
    """The fewest nonnormal couplings found that keep what one network does, for each ``epsilon``.

    A circuit is a set of couplings between blocks of the ordered real Schur form that, with all diagonal blocks, keeps
    the discrepancy from the intact network's outputs at or below epsilon. Couplings are chosen on a quarter of the
    trials; some come back until another quarter holds it as well; what is reported is measured on the other half.
    ``unit``: "coupling", or "block" for whole couplings between blocks. The other arguments are ``profile``'s.
    ``bases``: other orthogonal coordinates for comparison, of analyses.bases. ``progress``: in which coordinates the
    search is, and which share of it is done.

    The dataset has ``kept``, ``order`` (epsilon, mode, mode_from), ``removed_share``, ``numbers_left``,
    ``discrepancy``, ``discrepancy_guard``, ``discrepancy_selection``, ``verified`` and the metric (epsilon,), beside
    the Schur form Q, T that they belong to; with ``bases``, ``numbers_left_in`` and ``discrepancy_in``
    (basis, epsilon). All numbers are dimensionless. Raises SchurscopeError: what does not fit, what is allowed; also
    where the outputs do not vary.
    """
    said = {"b_h": b_h, "b_y": b_y, "h0": h0, "leak": leak, "orientation": orientation, "own": own}
    weights = assembled(W_hh, W_xh, W_hy, cell=cell, **said)
    networks, recorded = _datasets(name, weights, trials, metric, axes, tolerance, cell)
    epsilons = [epsilon] if np.isscalar(epsilon) else list(epsilon)
    return circuit_of(networks, *searched(networks, recorded, {"epsilons": epsilons, "unit": unit}, bases, progress))


def searched(
    networks: xr.Dataset,
    recorded: xr.Dataset,
    settings: dict,
    bases: Sequence[str] = (),
    progress: Callable[[str, float], None] = lambda basis, share: None,
) -> tuple[xr.Dataset, list[xr.Dataset]]:
    """(Schur form, circuits in its coordinates and in each of ``bases``) of one network on its trials.

    ``settings``: those of stages.circuit. Raises SchurscopeError where there is no circuit.
    """
    name = networks["task"].item()
    if odd := [basis for basis in bases if basis not in BASES]:
        raise SchurscopeError(f"basis {odd[0]!r} does not exist; allowed: {', '.join(BASES)}")
    with threadpool_limits(1):
        schur = decompose(networks)
        if schur["status"].item() != "ok":
            raise SchurscopeError(f"there is no circuit: the Schur form of {name} could not be ordered")
        found = []
        for basis in (SCHUR, *bases):
            found.append(fewest(networks, schur, settings, recorded, partial(progress, basis), basis))
            if np.isnan(found[-1]["discrepancy"]).any():
                raise SchurscopeError(f"there is no circuit: the outputs of {name} do not vary, or are not numbers")
    return schur, found


def circuit_of(networks: xr.Dataset, schur: xr.Dataset, found: list[xr.Dataset]) -> xr.Dataset:
    """What was searched as one dataset of one network."""
    own, *others = found
    kept = {
        key: value for key, value in networks.attrs.items() if key in ("leak", "activation", "reproduction", "warning")
    }
    kept |= {key: value for key, value in own.attrs.items() if key not in ("kind", "task_settings")}
    parts = [own.drop_vars(["solved", "status"]), schur[["Q", "T", "modulus", "block"]]]
    whole = xr.merge(parts, combine_attrs="drop", join="exact", compat="no_conflicts")
    for measure in ("numbers_left", "discrepancy") if others else ():
        of_each = xr.concat([other[measure] for other in others], "basis", coords="minimal", compat="override")
        long_name = f"{of_each.attrs['long_name']}, of circuits in other coordinates"
        whole[f"{measure}_in"] = of_each.assign_attrs(long_name=long_name)
    return whole.isel(seed=0, drop=True).assign_attrs(kept)


def _datasets(name, weights, trials, metric, axes, tolerance, cell) -> tuple[xr.Dataset, xr.Dataset]:
    """(networks, trials) of one network, from trials in any of the forms that ``profile`` takes."""
    where = ""
    if isinstance(trials, (str, Path)):
        trials, where = read_trials(trials), f"{trials}: "
    elif isinstance(trials, Trials):
        trials = vars(trials)
    elif not hasattr(trials, "keys"):
        raise SchurscopeError(
            f"trials are a {type(trials).__name__}; a dict or Dataset of arrays, a file or Trials are needed"
        )
    name = printable(name)
    return datasets(name, weights, trials, metric, None, axes, tolerance, where=where, activation=cell)


def measured(
    networks: xr.Dataset,
    trials: xr.Dataset,
    alphas=ALPHAS,
    target_mean: str = "channel",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[xr.Dataset, xr.Dataset, xr.Dataset]:
    """(networks, schur, ablation) of networks on their trials. On one core, as in the workflow: equal numbers."""
    settings = {"alphas": check_alphas(alphas), "target_mean": target_mean}
    with threadpool_limits(1):
        schur = decompose(networks)
        ablation = ablate(networks, schur, settings, trials, progress)
    return networks, schur, ablation


def merged(networks: xr.Dataset, schur: xr.Dataset, ablation: xr.Dataset) -> xr.Dataset:
    """One dataset of one network: what was measured, and its Schur form. SchurscopeError if it has none."""
    if schur["status"].item() != "ok":
        raise SchurscopeError(f"there is no profile: the Schur form of {networks['task'].item()} could not be ordered")
    forms = schur[["Q", "T", "eigenvalue_real", "eigenvalue_imag", "modulus", "block"]]
    whole = xr.merge(
        [flagged(ablation, schur).drop_vars(["solved", "status", "empty"]), forms],
        combine_attrs="drop_conflicts",
        join="exact",
        compat="no_conflicts",
    )
    kept = {
        name: value
        for name, value in networks.attrs.items()
        if name in ("leak", "activation", "reproduction", "warning")
    }
    whole.attrs = kept | {"metric": ablation.attrs["metric"]}
    return whole.isel(seed=0, drop=True)


def together(profiles: dict[str, xr.Dataset], steps: dict[str, int | None]) -> xr.Dataset:
    """Profiles by name as one dataset with the dimension ``network``, in the order of ``steps`` where all have one.

    Raises SchurscopeError for networks of different sizes.
    """
    sizes = {name: (profile.sizes["mode"], *profile.sizes.items()) for name, profile in profiles.items()}
    names = list(profiles)
    if odd := next((name for name in names if sizes[name] != sizes[names[0]]), None):
        raise SchurscopeError(
            f"{odd} has {sizes[odd][0]} units and {names[0]} has {sizes[names[0]][0]}; networks in one profile must be"
            " of one size"
        )
    ordered = None not in steps.values() and len(set(steps.values())) == len(steps)
    names = sorted(names, key=lambda name: steps[name]) if ordered else names
    parts = [profiles[name].drop_vars(["task", "width", "init"], errors="ignore") for name in names]
    whole = xr.concat(parts, xr.Variable("network", names, {"long_name": "network"}), combine_attrs="drop_conflicts")
    if ordered:
        whole["step"] = ("network", [steps[name] for name in names], {"long_name": "step of training", "units": "1"})
        whole = whole.set_coords("step")
    return whole
