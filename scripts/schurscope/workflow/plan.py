"""From a checked config to the experiment's parts: which networks, in which blocks, named how, with which settings.

A block of seeds is the unit of work. Blocks are aligned (k b to k b + b - 1 for ``seeds_per_job`` b), so that more
seeds add blocks and disturb no full one. Settings are canonical JSON, exactly what a job depends on and nothing else.
"""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schurscope.foundations.canonical_json import canonical
from schurscope.foundations.defaults import NEAR
from schurscope.foundations.registry import REGISTRY
from schurscope.tasks import make_task
from schurscope.tasks.symmetries import symmetries
from schurscope.workflow.config.diagnostics import needs_of
from schurscope.workflow.config.unprofiled import only_trained
from schurscope.workflow.constants import constant

IMPORTED = "imported"


@dataclass(frozen=True)
class Block:
    """The networks of one task x width x init whose seeds share a job, or one network from elsewhere.

    ``place``: ``n<width>/<init>``, or "imported"; ``name``: "first-last" of the aligned range.
    """

    task: str
    place: str
    name: str
    seeds: tuple[int, ...]

    def path(self, folder: str, stage: str) -> str:
        """Where a stage (networks, schur, ablation) keeps this block."""
        return f"{folder}/{stage}/{self.task}/{self.place}/seeds{self.name}.nc"


def blocks_of(config: dict, label: str) -> list[Block]:
    """Every block of one task or network, in the order of the config."""
    if label in config["networks"]:
        return [Block(label, IMPORTED, "0-0", (0,))]
    task = config["tasks"][label]
    ranges = seed_blocks(task["seeds"], config["seeds_per_job"])
    return [
        Block(label, f"n{width}/{init}", name, seeds)
        for width in task["widths"]
        for init in task["inits"]
        for name, seeds in ranges.items()
    ]


def paths(config: dict, stage: str, label: str) -> list[str]:
    """The files of one stage for one task or network, in the order of the config."""
    if stage == "summary":
        return [f"{config['folders']['results']}/summary/{label}.nc"]
    folder = config["folders"]["trained" if stage in ("networks", "schur") else "results"]
    return [block.path(folder, stage) for block in blocks_of(config, label)]


def gathered(config: dict, diagnostic: str, label: str) -> str:
    """The file of one diagnostic of all networks of a task."""
    return f"{config['folders']['results']}/diagnostics/{diagnostic}/{label}.nc"


def labels(config: dict) -> list[str]:
    """Every task and network from elsewhere whose recurrent matrix is decomposed: what has a summary of its own."""
    return [label for label in (*config["tasks"], *config["networks"]) if label not in only_trained(config)]


def measured(config: dict, label: str) -> dict:
    """The section of a task or network: ``metric``, ``ablation`` and more."""
    return (config["tasks"] | config["networks"])[label]


def data_of(config: dict, label: str) -> list[str]:
    """The data files that the trials of a task or network come from."""
    return measured(config, label).get("data", [])


def width_of(place: str) -> int:
    """The width in a block's place, ``n<width>/<init>``."""
    return int(place.split("/")[0].removeprefix("n"))


def seed_blocks(seeds, size: int) -> dict[str, tuple[int, ...]]:
    """ "first-last" of each aligned range of ``size`` -> the seeds in it."""
    return _seed_blocks(tuple(seeds), size)


@cache
def _seed_blocks(seeds: tuple[int, ...], size: int) -> dict[str, tuple[int, ...]]:
    ranges: dict[str, tuple[int, ...]] = {}
    for seed in sorted(seeds):
        first = seed // size * size
        name = f"{first}-{first + size - 1}"
        ranges[name] = (*ranges.get(name, ()), seed)
    return ranges


def other_blocks(config: dict) -> str | None:
    """A sentence if networks of this config lie there in blocks of another size: they will be trained again."""
    size = config["seeds_per_job"]
    blocks = (block for label in config["tasks"] for block in blocks_of(config, label))
    folders = {Path(block.path(config["folders"]["trained"], "networks")).parent for block in blocks}
    names = (
        re.fullmatch(r"seeds([0-9]+)-([0-9]+)", file.stem) for folder in folders for file in folder.glob("seeds*-*.nc")
    )
    found = {int(name[2]) - int(name[1]) + 1 for name in names if name} - {size}
    if not found:
        return None
    sizes = ", ".join(map(str, sorted(found)))
    return (
        f"seeds_per_job is {size}, but networks lie there in blocks of {sizes}: blocks of {size} that are missing"
        " will be trained, and the other files are not used"
    )


def without_memory(config: dict) -> str | None:
    """A sentence if there are networks, but not Snakemake's memory of what they were made with."""
    networks = (
        block.path(config["folders"]["trained"], "networks") for t in config["tasks"] for block in blocks_of(config, t)
    )
    if any(Path(".snakemake").glob("metadata/*")) or not any(map(os.path.exists, networks)):
        return None
    return (
        "networks lie there, but not .snakemake, Snakemake's memory of the settings that they were made with: a change"
        " of the config since then is not seen; copy .snakemake along, or use --forceall if in doubt"
    )


def train_settings(config: dict, label: str, block: str) -> str:
    """What the training of a block depends on besides its task label, width and init."""
    task, seeds = config["tasks"][label], seeds_of(config, label, block)
    return canonical({"seeds": seeds, "task_settings": task["settings"], "training": task["training"]})


def ablate_settings(config: dict, label: str) -> str:
    """What the grid of a network depends on besides the network."""
    return canonical(measured(config, label)["ablation"])


def import_settings(config: dict, label: str) -> str:
    """How a network from elsewhere is read, and which trials it gets; the files themselves are inputs of the job."""
    files = ("weights", "trials", "data")
    network = {key: value for key, value in config["networks"][label].items() if key not in files}
    ablation = network.pop("ablation")
    return canonical(network | ({"held_out": ablation["trials"]} if "task" in network else {}))


def cuts_settings(config: dict, label: str) -> str:
    """What the scores at every cut depend on besides the networks."""
    return canonical(config["cuts"] | {"target_mean": measured(config, label)["ablation"]["target_mean"]})


def analyse_settings(config: dict, label: str, block: str) -> str:
    """What each diagnostic of a block's networks depends on besides the networks."""
    grid, of_each = measured(config, label)["ablation"], {}
    for name in diagnostics(config):
        needs = needs_of(name)
        of_each[name] = {"alphas": grid["alphas"], "own": config["diagnostics"][name]}
        if "ablation" not in needs:
            of_each[name] |= {"alpha": config["figures"]["alpha"], "target_mean": grid["target_mean"]}
        if "trials" in needs:
            of_each[name]["trials"] = config["diagnostics"]["trials"]
        first = min(config["tasks"][label]["seeds"]) if label in config["tasks"] else 0
        if "first" in needs and first in seeds_of(config, label, block):
            of_each[name]["first"] = first
    return canonical(of_each)


def time_scales(config: dict) -> list[str]:
    """The spectra of networks that are only trained, where the diagnostic ``lyapunov`` is wanted."""
    if not isinstance(config["diagnostics"]["lyapunov"], dict):
        return []
    return [path for label in only_trained(config) for path in paths(config, "time_scales", label)]


def time_scales_settings(config: dict) -> str:
    """What these depend on besides the networks."""
    return canonical(config["diagnostics"]["lyapunov"])


def in_schur_form(config: dict) -> list[str]:
    """The tasks with networks that are trained in Schur form."""
    return [label for label, task in config["tasks"].items() if "triangular" in task["inits"]]


def circuit_blocks(config: dict) -> list[Block]:
    """The blocks whose every coupling is looked at, and whose circuits are looked for."""
    if config["circuits"] is None:
        return []
    found = []
    for label, some in config["circuits"]["of"].items():
        for block in blocks_of(config, label):
            if block.place != IMPORTED:
                width, init = width_of(block.place), block.place.split("/")[1]
                if width not in some.get("widths", [width]) or init not in some.get("inits", [init]):
                    continue
            found.append(block)
    return found


def of_circuits(config: dict, kind: str, label: str | None = None) -> list[str]:
    """The files of one kind (networks, schur, atlas, circuit, or a question) of these blocks, or of those of a task;
    circuits in Schur coordinates first, then in each other basis.
    """
    if config["circuits"] is None:
        return []
    folder = config["folders"]["trained" if kind in ("networks", "schur") else "results"]
    controls = config["circuits"]["controls"] if kind == "circuit" else []
    stages = [f"circuit_questions/{kind}" if kind in REGISTRY["question"] else kind]
    stages += [f"circuit_controls/{basis}" for basis in controls]
    blocks = [block for block in circuit_blocks(config) if label in (None, block.task)]
    return [block.path(folder, stage) for stage in stages for block in blocks]


def explored(config: dict, kind: str) -> list[str]:
    """The atlases, or the circuits in Schur coordinates, of these blocks."""
    return [block.path(config["folders"]["results"], kind) for block in circuit_blocks(config)]


def explorer_settings(config: dict) -> str:
    """What the explorer shows first, and when a cut is fragile; which networks, its files say."""
    return canonical({"alpha": config["figures"]["alpha"], "near": near(config)})


def circuit_summaries(config: dict) -> list[str]:
    """The circuits of each task together."""
    tasks = dict.fromkeys(block.task for block in circuit_blocks(config))
    return [f"{config['folders']['results']}/circuit_summary/{task}.nc" for task in tasks]


def questions(config: dict) -> list[str]:
    """What is asked about circuits, where there are any."""
    return config["circuits"]["questions"] if circuit_blocks(config) else []


def question_settings(config: dict, label: str) -> str:
    """What the answers depend on besides the circuits."""
    return canonical({"alphas": measured(config, label)["ablation"]["alphas"]})


def atlas_settings(config: dict, label: str) -> str:
    """What the effects of single couplings depend on besides the networks."""
    target_mean = measured(config, label)["ablation"]["target_mean"]
    return canonical({"trials": config["circuits"]["atlas_trials"], "target_mean": target_mean})


def circuit_settings(config: dict) -> str:
    """What circuits depend on besides the networks."""
    own = ("epsilons", "selection", "guard", "trials", "unit")
    return canonical({name: config["circuits"][name] for name in own})


def gather_settings(config: dict, label: str) -> str:
    """Which diagnostics of which networks a task has; how they were measured, the blocks say."""
    blocks = [f"{block.place}/{block.name}" for block in blocks_of(config, label)]
    return canonical({"blocks": blocks, "diagnostics": diagnostics(config)})


def seeds_of(config: dict, label: str, block: str) -> tuple[int, ...]:
    """The seeds that share a block."""
    task = config["tasks"].get(label)
    return seed_blocks(task["seeds"], config["seeds_per_job"])[block] if task else (0,)


def diagnostics(config: dict) -> list[str]:
    """The diagnostics that are switched on."""
    return [name for name, settings in config["diagnostics"].items() if isinstance(settings, dict)]


def trust_settings(config: dict) -> str:
    """What that page shows besides its files."""
    return canonical({"diagnostics": diagnostics(config), "alpha": config["figures"]["alpha"]})


def aggregate_settings(config: dict, label: str) -> str:
    """Which networks a summary is made of, and when a cut of theirs is fragile."""
    own = {"task": label, "near": near(config)}
    if label in config["networks"]:
        return canonical(own | {"inits": [IMPORTED], "seeds": [0]})
    task = config["tasks"][label]
    return canonical(own | {"widths": task["widths"], "inits": task["inits"], "seeds": sorted(task["seeds"])})


def near(config: dict) -> float:
    """How small a change of alpha must leave n_R alone: the cut's diagnostic says it, also where it is left out."""
    return (config["diagnostics"]["cut"] or {"near": NEAR})["near"]


def figure_settings(config: dict, charts: list, paper: str) -> str:
    """What a job draws (charts.Chart), and how; ``paper``: what the paper's values are known by, if it draws these."""
    own = {chart.name for chart in charts} & config["figures"].keys()
    said = {"near": near(config), "alpha": config["figures"]["alpha"]} | {key: config["figures"][key] for key in own}
    said |= {"paper_values": paper} if any(constant(chart.kind, chart.name, "PAPER") for chart in charts) else {}
    drawn = [{name: getattr(chart, name) for name in ("kind", "name", "file", "made_from")} for chart in charts]
    return canonical({"charts": drawn, "figures": said})


def neutral_runs(config: dict) -> dict[str, dict]:
    """Name -> settings of each block of networks that is trained on the circle; {} where none is."""
    own = config["neutral"]
    if own is None:
        return {}
    shared = {"seeds": own["seeds"], "updates": own["updates"], "validated": own["validated"]}
    runs = {
        f"{model}_{steps}_{phase}": {"model": model, "steps": steps, "phase": phase, **shared}
        for model in own["models"]
        for steps in own["steps"]
        for phase in own["phases"]
    }
    if own["stronger"] is not None:
        more = {key: own["stronger"][key] for key in ("seeds", "hidden", "updates")}
        runs |= {
            f"{model}_stronger": {"model": model, "steps": max(own["steps"]), "phase": "full", **shared, **more}
            for model in own["models"]
            if model in ("gru", "lstm", "orthogonal")
        }
    return {name: settings | {"test": {"trials": own["test_trials"]}} for name, settings in runs.items()}


def neutral_files(config: dict, kind: str) -> list[str]:
    """The files of one kind (paths, cells, systems, breaking) about neutral modes; [] where there is nothing of it."""
    if config["neutral"] is None or (kind == "cells" and not neutral_cells(config)):
        return []
    folder = f"{config['folders']['results']}/neutral"
    if kind == "paths":
        return [f"{folder}/paths/{run}.nc" for run in neutral_runs(config)]
    return [f"{folder}/{kind}.nc"]


def neutral_cells(config: dict) -> list[str]:
    """The runs whose circle cells are looked into: those of the longest trials over the whole circle."""
    circle = ("equivariant", "free", "broken")
    own = config["neutral"]
    if own is None or "full" not in own["phases"]:
        return []
    return [f"{model}_{max(own['steps'])}_full" for model in own["models"] if model in circle]


def symmetric_blocks(config: dict) -> list[Block]:
    """The blocks of tasks with a symmetry that is known, where neutral modes are wanted."""
    if config["neutral"] is None:
        return []
    tasks = [label for label, task in config["tasks"].items() if symmetries(make_task(task["settings"]))]
    return [block for label in tasks for block in blocks_of(config, label)]


def neutral_kinds(config: dict) -> list[str]:
    """The kinds of files that the report on neutral modes is made of."""
    return [kind for kind in ("paths", "cells", "systems", "breaking") if neutral_files(config, kind)]


def neutral_figures(config: dict) -> list[str]:
    """Its figures, modules of reports/figures."""
    of_kind = {
        "paths": ("neutral_task", "neutral_training"),
        "cells": ("neutral_diagnostics", "neutral_learned"),
        "systems": ("neutral_counts", "neutral_angles"),
        "breaking": ("neutral_lifetimes",),
    }
    return [figure for kind in neutral_kinds(config) for figure in of_kind[kind]]
