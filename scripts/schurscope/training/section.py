"""The section ``training``: what may stand there, what fits the task and its cell, and which engine can do it."""

from collections.abc import Callable

from schurscope import constructions
from schurscope.cells import TANH, Cell, make_cell
from schurscope.foundations import registry
from schurscope.foundations.config_check import checked
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.errors import at as naming
from schurscope.metrics import check_threshold
from schurscope.training import recipe, start

FEW = 4  # trials that a loss is tried on
ENDS = ("W_xh", "W_hy")  # parameters that every network has
LARGE = 1.0e30
UNIFORM = "uniform"  # how they start where nobody says anything


def _number(**limits) -> dict:
    return {"type": "number", "maximum": LARGE} | limits


def _count(most: int) -> dict:
    return {"type": "integer", "minimum": 1, "maximum": most}


PROPERTIES = {
    "engine": {"type": "string"},
    "updates": _count(100_000_000),
    "batch": _count(1_000_000),
    "learning_rate": _number(exclusiveMinimum=0),
    "loss": {"type": "string"},
    "ends": {"type": "string", "enum": [UNIFORM, start.GLOROT, start.KAIMING]},  # how W_xh and W_hy start
    "biases": {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": list(start.BIASES)}},
    # a name, or a name and its own numbers
    "optimiser": {"type": ["string", "object"], "required": ["name"], "properties": {"name": {"type": "string"}}},
    "groups": {  # parameter: what is different for it
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "learning_rate": _number(minimum=0),
                "weight_decay": _number(minimum=0),
                "penalty": _number(minimum=0),
                "towards": _number(minimum=-LARGE),
            },
        },
    },
    "clip": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": LARGE},
    "stop_when_solved": {"type": "boolean"},
    "check_every": _count(100_000_000),
    "validation_trials": _count(1_000_000),
    "embedding": _count(1_000_000),  # numbers that an input is first read into
    "halve_when_worse": {"type": "boolean"},
    "horizon": _count(1_000_000) | {"type": ["integer", "array"], "minItems": 1, "items": _count(1_000_000)},
    "advance_at": {"type": "number", "minimum": 0, "maximum": 1},
}
NEEDED = (
    "engine",
    "updates",
    "batch",
    "learning_rate",
    "clip",
    "stop_when_solved",
    "check_every",
    "validation_trials",
)
SECTION = {"type": "object", "additionalProperties": False, "properties": PROPERTIES}
OF_THE_TASK = {  # what a config says beside the section
    "solved": _number(minimum=0),
    "cell": {"type": "string"},
    "device": {"type": "string", "enum": ["cpu", "cuda"]},
}
WHOLE = SECTION | {"required": [*NEEDED, "solved"], "properties": PROPERTIES | OF_THE_TASK}


def whole(training: dict, task, init: str) -> dict:
    """A complete copy of what somebody says in Python: ``complete``, after each value is checked by itself."""
    training = checked(training, WHOLE, where="training")
    return complete(training, task, [init], training.get("device") == "cuda", "training.{}".format)


def complete(training: dict, task, inits: list[str], gpu: bool, at: Callable[[str], str]) -> dict:
    """A copy of ``training``, with the engine that does it. Raises SchurscopeError; ``at``: the place of a key in it.

    What is as it is where nobody says anything (tanh, Adam, mean squared error) leaves no trace, so that equal settings
    are one text.
    """
    training = dict(training)
    with naming(at("solved")):
        check_threshold(task.metric, training["solved"])
    _check_horizon(at, task, training)
    with naming(at("cell")):
        cell = make_cell(training.get("cell", TANH))
        for init in inits:
            constructions.start(init, "names", 2, 0, cell.gates)
    if "b_hh" in training.get("biases", ()) and "b_hh" not in cell.arrays():
        raise SchurscopeError(f"{at('biases')}: 'b_hh' belongs to the gates of lstm and gru; here are b_h and b_y")
    if "biases" in training:  # in one order: equal settings are one text
        training["biases"] = [name for name in start.BIASES if name in training["biases"]]
    for key, usual in (("cell", TANH), ("ends", UNIFORM), ("biases", []), ("halve_when_worse", False)):
        if training.get(key) == usual:
            del training[key]
    _complete_optimiser(at, training)
    with naming(at("loss")):
        loss = registry.load("loss", training.setdefault("loss", task.loss)).LOSS
    trials = task.validation(FEW)
    if problem := loss.problem(trials.targets, trials.mask):
        raise SchurscopeError(f"{at('loss')}: {problem}; task {task.name} has other targets")
    if training["loss"] == recipe.LOSS:
        del training["loss"]
    _check_groups(at, inits, training, cell)
    _choose_engine(at, training, gpu, cell, task)
    return training


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


def of_init(training: dict, init: str) -> dict:
    """A copy without the groups that belong to parameters of a task's other constructions only."""
    own, every = (
        {name for one in inits for name in constructions.start(one, "names", 2, 0).parameters}
        for inits in ([init], registry.REGISTRY["init"])
    )
    groups = {name: group for name, group in training.get("groups", {}).items() if name in own or name not in every}
    return training | ({"groups": groups} if "groups" in training else {})


def _check_groups(at, inits: list[str], training: dict, cell: Cell) -> None:
    """A group belongs to a parameter of at least one of the constructions."""
    allowed = [*ENDS, *cell.own, *training.get("biases", ()), *([start.EMBEDDING] if "embedding" in training else [])]
    for init in inits:
        allowed += constructions.start(init, "names", 2, 0).parameters
    for name in training.get("groups", {}):
        if name not in allowed:
            names = ", ".join(dict.fromkeys(allowed))
            raise SchurscopeError(f"{at('groups')}: {name!r} is no parameter of these networks; allowed: {names}")


def _choose_engine(at, training: dict, gpu: bool, cell: Cell, task) -> None:
    engine, made = training["engine"], recipe.recipe(training)
    if engine not in ("auto", *registry.REGISTRY["engine"]):
        allowed = ", ".join(["auto", *registry.REGISTRY["engine"]])
        raise SchurscopeError(f"{at('engine')}: {engine!r} does not exist; allowed: {allowed}")
    if engine == "fused" and gpu:
        raise SchurscopeError(
            f"{at('engine')}: 'fused' runs on the CPU, and a GPU is wanted; choose batched, torch or auto, or no GPU"
        )
    know = {
        f"cell {training.get('cell', TANH)}": cell.engines,
        f"loss {recipe.loss_of(training)}": made.loss.engines,
        f"optimiser {recipe.optimiser_of(training)['name']}": made.optimiser.engines,
    }
    know |= {key: ("fused", "torch") for key in ("embedding", "halve_when_worse") if key in training}
    know |= {f"task {task.name}": ("fused", "torch")} if task.carried else {}  # its states are carried over
    able = [name for name in registry.REGISTRY["engine"] if all(name in engines for engines in know.values())]
    if engine == "auto":
        engine = next(name for name in able if not (gpu and name == "fused"))
    if engine not in able:
        what = next(what for what, engines in know.items() if engine not in engines)
        raise SchurscopeError(f"{at('engine')}: {engine!r} does not know {what}; choose {', '.join([*able, 'auto'])}")
    training["engine"] = engine
    if engine != "fused":
        training["device"] = "cuda" if gpu else "cpu"
