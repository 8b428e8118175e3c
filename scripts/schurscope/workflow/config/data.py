"""Tasks whose trials come from data files: left out where one is missing, known by their bytes where all are there."""

from schurscope.foundations.errors import SchurscopeError, at
from schurscope.tasks import Task, make_task
from schurscope.tasks.base import SETS
from schurscope.tasks.corpora import digests, missing
from schurscope.tasks.file_task import FileTask

SETTINGS = {"tasks": "settings", "networks": "task"}  # section -> the key that describes a task there


def leave_out(plain: dict) -> None:
    """Take what cannot be measured for want of a file out of ``plain``, its figures included.

    ``left_out``: its name -> a sentence: which file is missing, and the command that gets it. Raises SchurscopeError
    where nothing is left.
    """
    gone = plain["left_out"] = {}
    for section, key in SETTINGS.items():
        for label, entry in list(plain[section].items()):
            if key not in entry:
                continue
            with at(f"config: {section}.{label}.{key}"):
                task = make_task(entry[key])
            if not isinstance(task, FileTask):
                continue
            if folder := next((path for path in task.files().values() if path.is_dir()), None):
                raise SchurscopeError(f"config: {section}.{label}.{key}: {folder} is a folder; a file is needed")
            if path := missing(task.files()):
                how = f"{task.command()} gets it" if task.command() else "it is a file of your own"
                gone[label] = f"{section}.{label} is left out: {path} is not there; {how}"
                del plain[section][label]
    if gone and not plain["tasks"] and not plain["networks"]:
        raise SchurscopeError(f"config: nothing is left to do: {'; '.join(gone.values())}")
    for name, figure in plain["figures"].items():
        if isinstance(figure, dict) and gone:
            plain["figures"][name] = _without(figure, gone)


def _without(figure: dict, gone) -> dict | None:
    """What a figure shows besides tasks that are left out; None for nothing."""
    if figure.get("task") in gone:
        return None
    tasks = figure.get("tasks")
    if isinstance(tasks, dict):
        tasks = {label: called for label, called in tasks.items() if label not in gone}
    elif tasks is not None:
        tasks = [label for label in tasks if label not in gone]
    else:
        return figure
    return figure | {"tasks": tasks} if tasks else None


def known_by_bytes(task: Task) -> Task:
    """The same task with the SHA-256 of each of its files in its settings.

    Raises SchurscopeError where a file is not what the settings say, or cannot be read.
    """
    if not isinstance(task, FileTask):
        return task
    known = make_task(task.settings | {"sha256": digests(task.files(), task.settings["sha256"])})
    for of in SETS:  # every file is read
        known.fixed(of, 1)
    return known


def check_counts(plain: dict) -> None:
    """A task from files has as many trials as are asked for. Raises SchurscopeError: which key asks for more."""
    for section, key in SETTINGS.items():
        for label, entry in plain[section].items():
            if entry.get("data"):
                task = make_task(entry[key])
                for where, of, count in _asked(plain, section, label, entry):
                    with at(f"config: {where}"):
                        task.check_count(of, count)


def _asked(plain: dict, section: str, label: str, entry: dict):
    """(place in the config, set of trials, how many) of all that is asked of a task."""
    own = f"{section}.{label}"
    yield f"{own}.ablation.trials", "held_out", entry["ablation"]["trials"]
    if section == "networks":  # these trials are all that it has
        return
    yield f"{own}.training.batch", "training", entry["training"]["batch"]
    yield f"{own}.training.validation_trials", "validation", entry["training"]["validation_trials"]
    if plain["cuts"]:
        yield "cuts.trials", "held_out", plain["cuts"]["trials"]
    if any(isinstance(settings, dict) for settings in plain["diagnostics"].values()):
        yield "diagnostics.trials", "held_out", plain["diagnostics"]["trials"]
    if plain["circuits"] and label in plain["circuits"]["of"]:
        for name, of in {"atlas_trials": "held_out", "trials": "held_out"}.items():
            yield f"circuits.{name}", of, plain["circuits"][name]
        for name in ("selection", "guard"):
            yield f"circuits.{name}", name, plain["circuits"][name]
