"""Check how a task's networks are trained, and say which engine, loss, optimiser and cell that is."""

from schurscope import constructions
from schurscope.cells import TANH, Cell, make_cell
from schurscope.foundations import registry
from schurscope.foundations.config_check import checked
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.errors import at as naming
from schurscope.training import recipe
from schurscope.workflow.config.imported import check_threshold

FEW = 4  # trials that a loss is tried on
ENDS = ("W_xh", "W_hy")  # parameters that every network has


def check_training(where: str, own: dict, task, entry: dict, gpu: int) -> None:
    """Complete ``entry["training"]``, the merged section of a task. Raises SchurscopeError.

    ``own``: what the task itself says; the rest comes from the common section, and is named there. What is as it is
    where nobody says anything (tanh, Adam) leaves no trace, so that equal settings are one text.
    """
    training = entry["training"]

    def at(key):
        return f"{where}.training.{key}" if key in own else f"config: training.{key}"

    check_threshold(f"{where}.solved", task.metric, training["solved"])
    _check_horizon(at, task, training)
    with naming(f"{where}.cell"):
        cell = make_cell(training.get("cell", TANH))
    if training.get("cell") == TANH:
        del training["cell"]
    _complete_optimiser(at, training)
    with naming(at("loss")):
        loss = registry.load("loss", training.setdefault("loss", task.loss)).LOSS
    trials = task.validation(FEW)
    if problem := loss.problem(trials.targets, trials.mask):
        raise SchurscopeError(f"{at('loss')}: {problem}; task {task.name} has other targets")
    if training["loss"] == recipe.LOSS:
        del training["loss"]
    _check_groups(at, entry, cell)
    _choose_engine(at, training, gpu, cell)


def _check_horizon(at, task, training: dict) -> None:
    if "horizon" in training and not task.has_horizon:
        raise SchurscopeError(
            f"{at('horizon')}: task {task.name!r} has trials of one length only; a horizon belongs to copy"
        )
    curriculum = isinstance(training.get("horizon"), list)
    if curriculum and sorted(set(training["horizon"])) != training["horizon"]:
        raise SchurscopeError(
            f"{at('horizon')}: {training['horizon']} does not grow; each horizon must exceed the one before"
        )
    if "advance_at" in training and not curriculum:
        raise SchurscopeError(
            f"{at('advance_at')}: it needs a list of horizons, and horizon is no list; leave the key out"
        )
    if curriculum and "advance_at" not in training:
        raise SchurscopeError(
            f"{at('horizon')}: a list of horizons needs advance_at, the batch accuracy that moves on to the next"
        )


def _complete_optimiser(at, training: dict) -> None:
    said = training.pop("optimiser", recipe.OPTIMISER)
    named = {"name": said} if isinstance(said, str) else said
    with naming(at("optimiser")):
        properties = registry.load("optimiser", named["name"]).PROPERTIES
    schema = {"type": "object", "additionalProperties": False, "properties": {"name": {}} | properties}
    named = checked(named, schema, where=at("optimiser"))
    if named["name"] != recipe.OPTIMISER or named != checked({"name": recipe.OPTIMISER}, schema, where=""):
        training["optimiser"] = named


def _check_groups(at, entry: dict, cell: Cell) -> None:
    """A group belongs to a parameter of at least one of the task's constructions."""
    allowed = [*ENDS, *cell.own]
    for init in entry["inits"]:
        allowed += constructions.start(init, "names", 2, 0).parameters
    for name in entry["training"].get("groups", {}):
        if name not in allowed:
            names = ", ".join(dict.fromkeys(allowed))
            raise SchurscopeError(f"{at('groups')}: {name!r} is no parameter of these networks; allowed: {names}")


def _choose_engine(at, training: dict, gpu: int, cell: Cell) -> None:
    engine, made = training["engine"], recipe.recipe(training)
    if engine not in ("auto", *registry.REGISTRY["engine"]):
        allowed = ", ".join(["auto", *registry.REGISTRY["engine"]])
        raise SchurscopeError(f"{at('engine')}: {engine!r} does not exist; allowed: {allowed}")
    if engine == "fused" and gpu:
        raise SchurscopeError(
            f"{at('engine')}: 'fused' runs on the CPU, but gpu is {gpu}; choose batched, torch or auto, or set gpu to 0"
        )
    know = {
        f"cell {training.get('cell', TANH)}": cell.engines,
        f"loss {training.get('loss', recipe.LOSS)}": made.loss.engines,
        f"optimiser {training.get('optimiser', {'name': recipe.OPTIMISER})['name']}": made.optimiser.engines,
    }
    know |= {"groups": recipe.GROUPED} if made.groups else {}
    able = [name for name in registry.REGISTRY["engine"] if all(name in engines for engines in know.values())]
    if engine == "auto":
        engine = next(name for name in able if name != ("fused" if gpu else "batched"))
    if engine not in able:
        what = next(what for what, engines in know.items() if engine not in engines)
        raise SchurscopeError(f"{at('engine')}: {engine!r} does not know {what}; choose {', '.join([*able, 'auto'])}")
    training["engine"] = engine
    if engine != "fused":
        training["device"] = "cuda" if gpu else "cpu"
