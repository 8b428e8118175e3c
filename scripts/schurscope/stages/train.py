"""From a task and a start to trained networks."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from schurscope.cells import TANH
from schurscope.foundations.canonical_json import canonical
from schurscope.store import netcdf
from schurscope.store.contract import CONSTRUCTION
from schurscope.tasks import make_task
from schurscope.training import loop, section


def train(
    settings: dict,
    width: int,
    init: str,
    seeds: list[int],
    training: dict,
    name: str | None = None,
    tell: Callable[[int, int, int], None] = loop.nobody,
) -> xr.Dataset:
    """A networks dataset: one network a seed, ``width`` units, ``init`` a registered construction.

    ``settings``: of the task (tasks.make_task); ``training``: a config's section of that name with ``solved`` and, if
    wanted, ``cell`` and ``device`` (training.section says what is needed). ``name``: what the task is called in the
    dataset, its registered name if nothing is said; ``tell``: as training.loop.train has it. Raises SchurscopeError for
    settings that do not fit, and where an engine's library is missing.
    """
    task = make_task(settings)
    training = section.whole(training, task, init)
    name = task.name if name is None else name
    trained = loop.train(task, width, init, seeds, training, f"{name} n{width} {init}", tell)
    loss = np.full((len(seeds), training["updates"]), np.nan)
    for row, network in zip(loss, trained, strict=True):
        row[: len(network.loss)] = network.loss
    of_each = [network.weights.arrays() | _named(network.weights.made_of) for network in trained]
    arrays = {key: np.stack([own[key] for own in of_each]) for key in of_each[0]}
    arrays |= {
        "loss": loss,
        "updates": np.array([len(network.loss) for network in trained]),
        "validation": np.array([network.score for network in trained]),
        "solved": np.array([int(network.solved) for network in trained]),
        "status": np.array([network.status for network in trained]),
    }
    cell = training.get("cell", TANH)
    attributes = {"cell": cell, "activation": cell, "leak": 1.0, "task_settings": canonical(task.settings)}
    key = {"task": name, "width": width, "init": init}
    return netcdf.build("networks", key, {"seed": seeds}, arrays, attributes)


def _named(parameters) -> dict:
    """A construction's parameters under their names in the file."""
    return {f"{CONSTRUCTION}{name}": array for name, array in parameters.items()}
