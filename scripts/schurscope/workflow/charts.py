"""Which figures a config asks for, what each is made of, and where the report puts it.

A figure's module says of itself: SHOWS, "task" (one chart of each task or network), "trained" or "imported" (of each of
these), "experiment" (one of all tasks), "circuits" (one of all networks whose circuits are looked for) or "chosen" (one
of the tasks that the config names under its name); MADE_FROM, kinds of datasets, questions about circuits among them;
CATEGORY and CALLED, its place and name in the report; CAPTION, in which {task} may stand; MEASURE, a variable of the
metric without which there is nothing to draw; INITS, constructions that it is about; FILE, if it is
not called as it is registered. The report on an analysis is a chart of the experiment.
"""

from dataclasses import dataclass

from schurscope.foundations.registry import REGISTRY
from schurscope.metrics import make_metric
from schurscope.workflow import plan
from schurscope.workflow.config.unprofiled import only_trained
from schurscope.workflow.constants import constant, constants

WIDTHS = tuple(
    constants("schurscope.reports.figures.paper_size")["WIDTHS"]
)  # that each is drawn at beside the screen's


@dataclass(frozen=True)
class Chart:
    """``kind``, ``name``: registered; ``file``: below figures/, without its ending; ``made_from``: kind -> files."""

    kind: str
    name: str
    file: str
    called: str
    category: str
    made_from: dict[str, list[str]]


def charts(config: dict, label: str | None) -> list[Chart]:
    """The figures of a task or network; for None those of the whole experiment."""
    found = [_chart(config, name, label) for name in REGISTRY["figure"] if _is_drawn(config, name, label)]
    for name in plan.diagnostics(config) if label is None else []:
        files = {"diagnostic": [plan.gathered(config, name, label) for label in plan.labels(config)]}
        found.append(Chart("report", name, f"diagnostics/{name}", name, "Can this profile be trusted?", files))
    return found


def _is_drawn(config: dict, name: str, label: str | None) -> bool:
    shows = constant("figure", name, "SHOWS")
    if label is None:
        asked = set(constant("figure", name, "MADE_FROM")) & REGISTRY["question"].keys() <= set(plan.questions(config))
        circuits = plan.circuit_blocks(config) and asked
        wanted = {"chosen": config["figures"].get(name), "circuits": circuits, "experiment": True}
        return bool(wanted.get(shows))
    kinds = ("task", "trained" if label in config["tasks"] else "imported")
    if label in only_trained(config) and constant("figure", name, "MADE_FROM") != ("networks",):
        return False
    made_so = constant("figure", name, "INITS")
    if made_so and not set(made_so) & set(config["tasks"].get(label, {}).get("inits", ())):
        return False
    measure = constant("figure", name, "MEASURE")
    return shows in kinds and (
        measure is None or measure in make_metric(plan.measured(config, label)["metric"]).variables
    )


def _chart(config: dict, name: str, label: str | None) -> Chart:
    said = {key: constant("figure", name, key) for key in ("FILE", "CALLED", "CATEGORY", "MADE_FROM")}
    labels = [label] if label is not None else plan.labels(config)
    if constant("figure", name, "SHOWS") == "chosen":
        chosen = config["figures"][name]
        labels = chosen["tasks"] if "tasks" in chosen else [chosen["task"]]
    files = {kind: [path for one in labels for path in plan.paths(config, kind, one)] for kind in said["MADE_FROM"]}
    if constant("figure", name, "SHOWS") == "circuits":
        files = {kind: plan.of_circuits(config, kind) for kind in said["MADE_FROM"]}
    file = said["FILE"] or name
    return Chart("figure", name, file if label is None else f"{file}/{label}", said["CALLED"], said["CATEGORY"], files)
