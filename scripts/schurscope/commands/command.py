"""What the commands share: how networks and trials are read, where files may be written, what is said meanwhile."""

import os
import sys
from pathlib import Path

import yaml

from schurscope.external.names import PARTS, QUANTITIES
from schurscope.foundations.defaults import HELD_OUT
from schurscope.foundations.errors import SchurscopeError, printable


def places(output: str, written: list[str], given: list) -> None:
    """Raise SchurscopeError where a file of a command's output cannot be written, or would overwrite what it reads."""
    from schurscope.store.files import check_place

    if not Path(output).name:
        raise SchurscopeError(f"--output: {output!r} is not the beginning of a file's name")
    for file in filter(None, given):
        if os.path.realpath(file) in map(os.path.realpath, written):
            raise SchurscopeError(f"--output: {file} would be overwritten; choose another name")
    for file in written:
        check_place(file)


def made_from(path: Path, trials: str | None, asked: dict) -> dict[str, str]:
    """What a command's data say of their making: all that was asked, and the files' bytes."""
    import schurscope
    from schurscope.foundations.canonical_json import canonical
    from schurscope.store.provenance import provenance
    from schurscope.store.records import sha256

    attributes = provenance(canonical(asked), f"schurscope {schurscope.__version__}")
    attributes |= {"sha256_of_weights": sha256(path)}
    return attributes | ({"sha256_of_trials": sha256(trials)} if trials else {})


def reading(options) -> dict:
    """How weights are read."""
    return {
        "keys": pairs(options.keys, "--keys", QUANTITIES),
        "orientation": options.orientation,
        "leak": options.leak,
        "seed": options.seed,
        "activation": options.activation,
    }


def trials_of(options, weights) -> tuple[dict, dict, str]:
    """(arrays, what ``datasets`` needs to know of them, where they are from): a file or a built-in task."""
    if (options.trials is None) == (options.task is None):
        raise SchurscopeError("either --trials (a file) or --task (a built-in one) is needed")
    if options.task is None:
        from schurscope.external.recorded import read_trials

        arrays = read_trials(options.trials, pairs(options.trial_keys, "--trial-keys", PARTS))
        measuring = {"axes": options.axes.split(","), "metric": "fvu" if options.metric is None else options.metric}
        measuring |= {} if options.tolerance is None else {"tolerance": options.tolerance}
        return arrays, measuring, f"{options.trials}: "
    from schurscope.stages.read import held_out

    task = task_of(options)
    if options.metric not in (None, task.metric):
        raise SchurscopeError(f"--metric: task {task.name} is scored by {task.metric}; leave the option out")
    measuring = {"metric": task.metric, "task_settings": task.settings}
    return held_out(task, HELD_OUT, weights), measuring, f"task {task.name}: "


def task_of(options):
    """The built-in task that is named."""
    from schurscope.tasks import make_task

    try:
        settings = yaml.safe_load(options.task)
    except (yaml.YAMLError, ValueError, RecursionError):  # PyYAML lets some of them through
        raise SchurscopeError(
            f"--task: {options.task!r} is not a task; write a name or {{task: name, key: value}}"
        ) from None
    return make_task({"task": settings} if isinstance(settings, str) else settings)


def pairs(texts: list[str], option: str, allowed) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts)
    for name, value in pairs.items():
        if name in allowed and not value:
            raise SchurscopeError(f"{option}: {name} has no =NAME behind it")
        if name not in allowed:
            raise SchurscopeError(f"{option}: {name!r} is not one of {', '.join(allowed)}")
    return pairs


def numbers(text: str, option: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise SchurscopeError(f"{option}: {text!r} is not a list of numbers like 0.85,0.9") from None


def say(text: str, now_and_then: bool = True) -> None:
    """Say what is being done: on a terminal one line that is written again and again, else a line now and then."""
    if sys.stderr.isatty():
        print(f"\r\033[K{printable(text)}", end="", file=sys.stderr, flush=True)
    elif text and now_and_then:
        print(printable(text), file=sys.stderr, flush=True)
