"""The trials that networks are measured on, and the metric: the task's held-out ones, or those that came with them."""

import json

import xarray as xr

from schurscope.foundations.defaults import HELD_OUT
from schurscope.store import netcdf
from schurscope.tasks import make_task
from schurscope.tasks.trials import Trials


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
