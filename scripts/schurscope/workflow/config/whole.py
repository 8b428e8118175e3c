"""Check a whole config before anything runs: one sentence for a mistake, one canonical form for what is right.

Imports NumPy at most, never torch: the Snakefile calls this at every start.
"""

from pathlib import Path

import yaml

from schurscope import constructions
from schurscope.foundations import registry
from schurscope.foundations.config_check import checked
from schurscope.foundations.defaults import MOST_COUPLINGS
from schurscope.foundations.errors import SchurscopeError, at
from schurscope.metrics import make_metric
from schurscope.schur.alpha import DECIMALS, check_alphas
from schurscope.tasks import make_task
from schurscope.training.section import NEEDED, OF_THE_TASK, SECTION, complete
from schurscope.workflow.config.data import check_counts, known_by_bytes, leave_out
from schurscope.workflow.config.diagnostics import check_diagnostics
from schurscope.workflow.config.for_census import check_census
from schurscope.workflow.config.imported import check_networks
from schurscope.workflow.config.seeds import listed
from schurscope.workflow.config.unprofiled import check_unprofiled, only_trained

FEW = 8  # trials that a metric is tried on
SCHEMA = Path(__file__).with_name("schema.yaml")
NOT_FOR_FILES = (("/", "proc"), ("/", "sys"), ("/", "dev"))


def check_config(config: dict) -> dict:
    """A canonical copy of ``config``, with each task's ``training`` and ``ablation`` complete and defaults filled in.

    Raises SchurscopeError: which key, what it was, what is allowed.
    """
    plain = checked(config, _schema(), where="config")
    for name, folder in plain["folders"].items():
        _check_folder(f"config: folders.{name}", folder)
    for section in ("tasks", "networks"):
        named = plain.get(section) or {}
        plain[section] = {label: entry for label, entry in named.items() if entry is not None}
    if not plain["tasks"] and not plain["networks"]:
        raise SchurscopeError("config: tasks: there is no task, and no network in networks; at least one is needed")
    _check_labels(plain)
    leave_out(plain)
    plain["seeds"] = listed("config: seeds", plain["seeds"])
    neutral = plain["neutral"] or {}
    for where, section in (("neutral", plain["neutral"]), ("neutral.stronger", neutral.get("stronger"))):
        if section is not None:
            section["seeds"] = listed(f"config: {where}.seeds", section.get("seeds", plain["seeds"]))
    for label, task in plain["tasks"].items():
        _complete(plain, label, task)
    check_networks(plain)
    for label, entry in (plain["tasks"] | plain["networks"]).items():
        with at(f"config: {'tasks' if label in plain['tasks'] else 'networks'}.{label}.ablation.alphas"):
            entry["ablation"]["alphas"] = check_alphas(entry["ablation"]["alphas"])
    check_unprofiled(plain)
    plain["diagnostics"] = check_diagnostics(plain.get("diagnostics", {}))
    _check_figures(plain)
    _check_circuits(plain, config)
    check_census(plain)
    check_counts(plain)
    return plain


def _schema() -> dict:
    """What config.yaml may say, the section of training included."""
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    of_task = schema["properties"]["tasks"]["additionalProperties"]
    for properties in (schema["properties"], of_task["properties"]):
        properties["training"] = SECTION
    return schema


def _complete(plain: dict, label: str, task: dict) -> None:
    """Check one task and merge the common sections into it."""
    where = f"config: tasks.{label}"
    with at(f"{where}.settings"):
        built = known_by_bytes(make_task(task["settings"]))
    task["settings"], task["metric"] = built.settings, built.metric
    task["data"] = [str(path) for path in built.files().values()]
    for init in task["inits"]:
        with at(f"{where}.inits"):
            registry.module_name("init", init)
        for width in task["widths"]:
            with at(f"{where}.widths"):
                constructions.check_width(init, width)

    task["seeds"] = listed(f"{where}.seeds", task["seeds"]) if "seeds" in task else plain["seeds"]

    own = task.get("training", {})
    task["training"] = plain["training"] | own | {"solved": task["solved"]}
    if "cell" in task:
        task["training"]["cell"] = task["cell"]
    task["ablation"] = plain["ablation"] | task.get("ablation", {})
    for part, keys in (("training", NEEDED), ("ablation", ("alphas", "trials", "target_mean"))):
        for key in keys:
            if key not in task[part]:
                raise SchurscopeError(
                    f"config: {part}: the key {key!r} is missing (neither there nor in tasks.{label}.{part})"
                )

    def place(key):
        """Where a mistake is mended: in the task, in its training, or in the common one."""
        if key in OF_THE_TASK:
            return f"{where}.{key}"
        return f"{where}.training.{key}" if key in own else f"config: training.{key}"

    task["training"] = complete(task["training"], built, task["inits"], plain["gpu"] > 0, place)
    _check_metric(f"{where}.settings", built, built.validation, task["training"]["validation_trials"])
    _check_metric(f"{where}.ablation.trials", built, built.held_out, task["ablation"]["trials"])


def _check_labels(plain: dict) -> None:
    """Every task and every network has a folder of its name."""
    labels: dict[str, str] = {}
    for section in ("tasks", "networks"):
        for label in plain[section]:
            other = labels.setdefault(label.lower(), label)
            if other == label and section == "networks" and label in plain["tasks"]:
                raise SchurscopeError(f"config: networks: {label!r} is the name of a task too; choose another name")
            if other != label:
                raise SchurscopeError(
                    f"config: {section}: {other!r} and {label!r} differ only in case; some file systems cannot"
                )


def _check_folder(where: str, folder: str) -> None:
    """A folder's name goes into Snakemake's patterns and into file names."""
    odd = [character for character in folder if character in "{}*?$" or not character.isprintable()]
    if odd:
        raise SchurscopeError(f"{where}: {folder!r} has the character {odd[0]!r}, which a folder here must not have")
    if not folder.strip() or folder.startswith("~") or "://" in folder or len(folder) > 200:
        raise SchurscopeError(
            f"{where}: {folder!r} is not a folder; a path is needed, without ~ or ://, of at most 200 letters"
        )
    if ".." in Path(folder).parts:
        raise SchurscopeError(f"{where}: {folder!r} leaves its folder by ..; write the path itself")
    if Path(folder).parts[:2] in NOT_FOR_FILES:
        raise SchurscopeError(f"{where}: {folder!r} lies where the system shows itself and no file can be kept")
    parts = [Path(folder), *Path(folder).parents]
    if file := next((part for part in parts if part.is_file()), None):
        raise SchurscopeError(f"{where}: {str(file)!r} is a file; a folder is needed")


def _check_metric(where: str, task, draw, count: int) -> None:
    """Whether the metric is defined on ``count`` trials: where a few do, all do; else all of them are drawn."""
    metric = make_metric(task.metric)
    for some in (min(FEW, count), count):
        trials = draw(some)
        problem = metric.problem(trials.targets, trials.mask)
        if problem is None:
            return
    raise SchurscopeError(f"{where}: {problem}")


def _check_circuits(plain: dict, config: dict) -> None:
    """The networks whose circuits are wanted must be in the experiment; those of tasks that are left out are too."""
    if plain["circuits"] is None:
        return
    named = [label for section in ("tasks", "networks") for label in config.get(section) or {}]
    plain["circuits"]["epsilons"] = sorted(set(plain["circuits"]["epsilons"]))
    wanted, there = plain["circuits"]["of"], plain["tasks"] | plain["networks"]
    for label, some in wanted.items():
        if label not in named and config.get("tasks") is not None:
            raise SchurscopeError(
                f"config: circuits.of: there is no task or network {label!r}; allowed: {', '.join(there)}"
            )
        for name in set(some or {}) & set(there.get(label, {})):
            odd = [str(value) for value in some[name] if value not in there[label][name]]
            if odd:
                allowed = ", ".join(map(str, there[label][name]))
                raise SchurscopeError(
                    f"config: circuits.of.{label}.{name}: {odd[0]} is not among those of the task ({allowed})"
                )
    if plain["circuits"]["controls"] and plain["circuits"]["unit"] == "block":
        raise SchurscopeError(
            "config: circuits.controls: other coordinates have no blocks to remove whole; unit: coupling is needed"
        )
    plain["circuits"]["of"] = {label: some for label, some in wanted.items() if some is not None and label in there}
    if plain["circuits"]["unit"] == "coupling":
        _check_couplings(plain)


def _check_couplings(plain: dict) -> None:
    """No more couplings than a search can choose from."""
    every = any(not basis.startswith("schur_") for basis in plain["circuits"]["controls"])
    for label, some in plain["circuits"]["of"].items():
        for width in some.get("widths", plain["tasks"].get(label, {}).get("widths", [])):
            couplings = width**2 if every else width * (width - 1) // 2
            if couplings > MOST_COUPLINGS:
                raise SchurscopeError(
                    f"config: circuits.of.{label}: at width {width} there are {couplings} couplings to choose from,"
                    f" {20e-6 * couplings:.2g} GB of memory; at most {MOST_COUPLINGS} are possible: leave the"
                    " width out (widths: [...]), the controls in which every entry may go, or take unit: block"
                )


def _check_figures(plain: dict) -> None:
    """What a figure shows must be in the experiment."""
    figures, tasks = plain["figures"], plain["tasks"]
    figures["alpha"] = round(figures["alpha"], DECIMALS)
    for label, entry in (tasks | plain["networks"]).items():
        if figures["alpha"] not in entry["ablation"]["alphas"]:
            alphas = ", ".join(map(str, entry["ablation"]["alphas"]))
            kind = "task" if label in tasks else "network"
            raise SchurscopeError(
                f"config: figures.alpha: {figures['alpha']} is not among the alphas of {kind} {label} ({alphas})"
            )
    copy, cross = figures.get("copy_profile"), figures.get("task_profile")
    wanted = [("copy_profile", "accuracy", copy["task"], copy["width"], init) for init in copy["inits"]] if copy else []
    if cross:
        wanted += [("task_profile", "fvu", label, cross["width"], cross["init"]) for label in cross["tasks"]]
    for label in (figures.get("learning_curves") or {"tasks": ()})["tasks"]:
        if label not in tasks:
            raise SchurscopeError(
                f"config: figures.learning_curves: task {label!r} is not in the config; allowed: {', '.join(tasks)};"
                " learning_curves: null leaves the figure out"
            )
    called = list((figures.get("learning_curves") or {"tasks": {}})["tasks"].values())
    if twice := next((name for name in called if called.count(name) > 1), None):
        raise SchurscopeError(f"config: figures.learning_curves.tasks: two tasks are called {twice!r} there")
    for figure, metric, label, width, init in wanted:
        where = f"config: figures.{figure}"
        if label not in tasks:
            allowed = f"allowed: {', '.join(tasks)}; " if tasks else ""
            raise SchurscopeError(
                f"{where}: task {label!r} is not in the config; {allowed}{figure}: null leaves the figure out"
            )
        if label in only_trained(plain):
            raise SchurscopeError(
                f"{where}: the networks of task {label!r} have no square recurrent matrix to decompose"
            )
        if tasks[label]["metric"] != metric:
            raise SchurscopeError(
                f"{where}: task {label} is scored by {tasks[label]['metric']}; this figure shows {metric}"
            )
        if width not in tasks[label]["widths"]:
            widths = ", ".join(map(str, tasks[label]["widths"]))
            raise SchurscopeError(f"{where}: width {width} is not among the widths of task {label} ({widths})")
        if init not in tasks[label]["inits"]:
            raise SchurscopeError(
                f"{where}: init {init!r} is not among the inits of task {label} ({', '.join(tasks[label]['inits'])})"
            )
