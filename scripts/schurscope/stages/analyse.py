"""From networks and their Schur forms to one analysis of every network."""

import json

import numpy as np
import xarray as xr

from schurscope.analyses.ablation import REMOVED
from schurscope.analyses.subject import Subject
from schurscope.foundations import registry
from schurscope.metrics import metric_in
from schurscope.stages.analysis_dataset import analysis_dataset, nothing
from schurscope.stages.forms import forms
from schurscope.stages.measured_on import measured_on
from schurscope.stages.settings import ANALYSIS, complete
from schurscope.store import netcdf
from schurscope.tasks import make_task


def analyse(
    name: str,
    networks: xr.Dataset,
    schur: xr.Dataset,
    settings: dict,
    recorded: xr.Dataset | None = None,
    ablation: xr.Dataset | None = None,
) -> xr.Dataset:
    """An analysis dataset: the variables of the registered analysis ``name`` for every network of a block.

    ``settings`` (each may be left out): ``alphas``, the analysis's ``own`` settings (its PROPERTIES), ``alpha``,
    ``target_mean``, ``trials``, the number of held-out ones, and ``first``, the seed that is drawn where there is room
    for one. ``ablation``: the grid, where it rests on that; ``recorded``: a trials dataset, if the networks came with
    one. NaN for a network without a Schur form; ``status`` and ``solved`` stand there too. Raises SchurscopeError.
    """
    module = registry.load("diagnostic", name)
    own = {"type": "object", "additionalProperties": False, "properties": module.PROPERTIES, "default": {}}
    settings = complete(settings, ANALYSIS | {"own": own})
    own, needs = settings["own"], getattr(module, "NEEDS", ("trials",))
    netcdf.of_one_block(networks=networks, schur=schur)
    coordinates = {"seed": networks["seed"].values, "alpha": settings["alphas"]}
    trials, metric = None, None
    if "trials" in needs:
        trials, metric = measured_on(networks, recorded, settings["trials"])
    if "ablation" in needs:
        netcdf.of_one_block(networks=networks, ablation=ablation)
        ablation = ablation.sel(removed=list(REMOVED))  # of sectors; what only some constructions lose is left out
        coordinates["removed"], metric = ablation["removed"].values, metric_in(ablation).name
    coordinates |= module.coordinates(own)
    if any("rank" in dims for dims, _ in module.VARIABLES.values()):
        coordinates["rank"] = np.arange(1, networks.sizes["unit"] + 1)
    task = make_task(json.loads(networks.attrs["task_settings"])) if "task" in needs and recorded is None else None
    key = netcdf.key_of(networks)
    sizes = {dim: len(values) for dim, values in coordinates.items()}
    data = nothing(module, sizes)
    for place, (seed, weights, form) in enumerate(forms(networks, schur)):
        if form is None:
            continue
        if "ablation" in needs:
            found = module.measure(ablation.sel(seed=seed), own)
        else:
            cut = {part: settings[part] for part in ("alphas", "alpha", "target_mean")}
            address, first = (*key.values(), seed), seed == settings.get("first")
            subject = Subject(weights, form, trials, metric, address=address, task=task, first=first, **cut)
            found = module.measure(subject, own)
        for variable, array in found.items():
            data[variable][place] = array
    attributes = {"diagnostic": name, **own} | ({} if metric is None else {"metric": metric})
    return analysis_dataset(module, data, networks, schur, key | coordinates, attributes)
