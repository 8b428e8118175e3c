"""From networks and their circuits to the answers to one question about these."""

import json

import numpy as np
import xarray as xr

from schurscope.analyses.circuit_subject import CircuitSubject
from schurscope.cells import Weights
from schurscope.foundations import registry
from schurscope.foundations.defaults import ALPHAS
from schurscope.schur.alpha import check_alphas
from schurscope.stages.analysis_dataset import analysis_dataset, nothing
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import chosen_and_measured_on
from schurscope.store import netcdf
from schurscope.tasks import Task, make_task
from schurscope.training.start import start


def question(
    name: str,
    networks: xr.Dataset,
    schur: xr.Dataset,
    circuit: xr.Dataset,
    alphas=ALPHAS,
    recorded: xr.Dataset | None = None,
) -> xr.Dataset:
    """An analysis dataset: the variables of the registered question ``name`` for the circuits of every network.

    ``circuit``: a circuit dataset in Schur coordinates, of the same networks; trials are counted as it says. NaN where
    there is no circuit. Raises SchurscopeError.
    """
    module, alphas = registry.load("question", name), check_alphas(alphas)
    netcdf.of_one_block(networks=networks, schur=schur, circuit=circuit)
    counts = {part: int(circuit.attrs[part]) for part in ("selection", "guard", "trials")}
    sets, metric = chosen_and_measured_on(networks, recorded, counts)
    task = make_task(json.loads(networks.attrs["task_settings"])) if recorded is None else None
    trained = json.loads(networks.attrs.get("settings", "{}")).get("training", {})  # a workflow's file says how
    key, epsilons = netcdf.key_of(networks), circuit["epsilon"].values.tolist()
    coordinates = {"seed": networks["seed"].values, "epsilon": epsilons} | module.coordinates(alphas)
    n = networks.sizes["unit"]
    sizes = {dim: len(values) for dim, values in coordinates.items()} | {"mode": n, "mode_from": n, "rank": n}
    data = nothing(module, sizes)
    for place, (seed, weights, form) in enumerate(forms(networks, schur)):
        mine = circuit.sel(seed=seed)
        if form is None or np.isnan(mine["discrepancy"]).any():
            continue
        subject = CircuitSubject(
            weights, form, mine["kept"].values.astype(bool), epsilons, sets, metric, alphas,
            address=(*key.values(), seed), task=task,
            recorded=None if recorded is None else netcdf.trials_of(recorded),
            begun=None if task is None else _begun(task, key, seed, trained | {"cell": weights.cell}),
        )  # fmt: skip
        for variable, array in module.measure(subject).items():
            data[variable][place] = array
    attributes = {"question": name, "metric": metric}
    return analysis_dataset(module, data, networks, schur, key | coordinates, attributes)


def _begun(task: Task, key: dict, seed: int, training: dict) -> Weights:
    begun = start(task, key["width"], key["init"], seed, training)
    return begun.weights(begun.construction.matrix(begun.construction.parameters), begun.parameters(), np.asarray)
