"""Check the config's section ``networks``: networks that were trained elsewhere. Opens no file's data."""

from schurscope.cells import TANH, profiled
from schurscope.external.contents import check_path
from schurscope.external.names import AXES, PARTS, QUANTITIES
from schurscope.external.proof import TOLERANCE
from schurscope.foundations.errors import SchurscopeError, at
from schurscope.foundations.registry import module_name
from schurscope.metrics import check_threshold
from schurscope.tasks import make_task
from schurscope.workflow.config.data import known_by_bytes

WITH_A_FILE = ("trial_keys", "axes", "metric", "tolerance")  # what only trials from a file may say


def check_networks(plain: dict) -> None:
    """Complete each entry: ``metric``, ``solved``, ``settings`` (of its task), ``ablation``. Raises SchurscopeError."""
    for label, network in plain["networks"].items():
        where = f"config: networks.{label}"
        check_path(network["weights"], f"{where}.weights: ")
        if network.get("activation", TANH) not in profiled():
            allowed = ", ".join(profiled())
            raise SchurscopeError(f"{where}.activation: {network['activation']!r} does not exist; allowed: {allowed}")
        _check_names(f"{where}.keys", network.setdefault("keys", {}), QUANTITIES)
        network["ablation"] = plain["ablation"] | network.get("ablation", {})
        for key in ("alphas", "trials", "target_mean"):
            if key not in network["ablation"]:
                raise SchurscopeError(f"config: ablation: the key {key!r} is missing")
        if ("task" in network) == ("trials" in network):
            raise SchurscopeError(f"{where}: either trials (a file) or task (settings of a built-in one) is needed")
        if "task" in network:
            _check_task(where, network)
        else:
            check_path(network["trials"], f"{where}.trials: ")
            with at(f"{where}.metric"):
                module_name("metric", network.setdefault("metric", "fvu"))
            network.setdefault("tolerance", TOLERANCE)
            network.setdefault("axes", list(AXES))
            _check_names(f"{where}.trial_keys", network.setdefault("trial_keys", {}), PARTS)
            del network["ablation"]["trials"]  # all of the file's are used
        with at(f"{where}.solved"):
            check_threshold(network["metric"], network.get("solved", 0))


def _check_task(where: str, network: dict) -> None:
    for key in WITH_A_FILE:
        if key in network:
            raise SchurscopeError(f"{where}.{key}: it belongs to trials from a file, and the trials are a task's")
    with at(f"{where}.task"):
        task = known_by_bytes(make_task(network["task"]))
    network["task"], network["metric"] = task.settings, task.metric
    network["data"] = [str(path) for path in task.files().values()]


def _check_names(where: str, keys: dict, allowed) -> None:
    for name in keys:
        if name not in allowed:
            raise SchurscopeError(f"{where}: unknown key {name!r}; allowed: {', '.join(allowed)}")
