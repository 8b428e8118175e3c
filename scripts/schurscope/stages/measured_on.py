"""The trials that networks are measured on, and the metric: the task's held-out ones, or those that came with them."""

import json

import numpy as np
import xarray as xr

from schurscope.foundations.defaults import HELD_OUT
from schurscope.foundations.errors import SchurscopeError
from schurscope.store import netcdf
from schurscope.tasks import make_task
from schurscope.tasks.trials import Trials

LEAST = 16  # trials that can be split in three


def measured_on(networks: xr.Dataset, recorded: xr.Dataset | None, count: int | None) -> tuple[Trials, str]:
    """(trials, metric) of a networks dataset.

    ``recorded``: a trials dataset; then its first ``count``, or all for None. Else ``count`` held-out trials of the
    task that the networks say, HELD_OUT for None.
    """
    netcdf.of_one_block(networks=networks)
    if recorded is None:
        task = make_task(json.loads(networks.attrs["task_settings"]))
        return task.held_out(HELD_OUT if count is None else count), task.metric
    return netcdf.trials_of(recorded).part(0, count), recorded.attrs["metric"]


def chosen_and_measured_on(
    networks: xr.Dataset, recorded: xr.Dataset | None, settings: dict
) -> tuple[tuple[Trials, Trials, Trials], str]:
    """((selection, guard, held-out trials), metric): three sets that share no trial.

    ``settings``: the number of trials of each, ``selection``, ``guard`` and ``trials``. Of recorded trials, a quarter,
    a quarter and half are taken, in turns. Raises SchurscopeError where there are too few.
    """
    if recorded is None:
        task = make_task(json.loads(networks.attrs["task_settings"]))
        sets = task.selection(settings["selection"]), task.guard(settings["guard"]), task.held_out(settings["trials"])
        return sets, task.metric
    trials = netcdf.trials_of(recorded)
    if (count := len(trials.inputs)) < LEAST:
        raise SchurscopeError(
            f"there are {count} trials; at least {LEAST} are needed, because couplings are chosen on a quarter of them,"
            " checked on another, and what is reported is measured on the rest"
        )
    turn = np.arange(count) % 4
    sets = tuple(trials.at(np.flatnonzero(part)) for part in (turn == 0, turn == 1, turn > 1))
    if not all(one.mask.any() for one in sets):
        raise SchurscopeError(
            "the mask scores nothing in one of the three parts of the trials (the first, fifth, ninth, ... choose, the"
            " next of each guard, the rest are held out); each needs something that is scored"
        )
    return sets, recorded.attrs["metric"]
