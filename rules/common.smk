# The checked config, and the names that all stages share.

import hashlib
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from schurscope.workflow.ending import Interrupt, failed

INTERRUPT = Interrupt()  # before all that takes time

from schurscope.cells import TANH
from schurscope.store import records
from schurscope.training import recipe
from schurscope.workflow import plan
from schurscope.workflow import population
from schurscope.workflow import resources
from schurscope.workflow.charts import WIDTHS, charts
from schurscope.workflow.config.diagnostics import needs_of
from schurscope.workflow.config.unprofiled import note_of_only_trained, only_trained
from schurscope.workflow.config.yaml_text import check_yaml
from schurscope.workflow.config.whole import check_config
from schurscope.workflow.digest import digest as digest_of
from schurscope.foundations.errors import SchurscopeError
from schurscope.external.contents import FORMATS
from schurscope.workflow.environment import keep_freed_memory, use_this_checkout
from schurscope.workflow.events import Run
from schurscope.workflow.leads import index_settings
from schurscope.workflow.locks import hold_run
from schurscope.workflow.progress import tell_now_and_then
from schurscope.foundations.registry import REGISTRY, module_name

use_this_checkout()
keep_freed_memory()
RUN = Run()
if workflow.is_main_process:
    logger.addHandler(RUN)


onstart:
    INTERRUPT.running = True
    try:
        hold_run()
    except SchurscopeError as others:
        raise WorkflowError(str(others))
    tell_now_and_then(RUN, logger.info)


onerror:
    if lines := failed(RUN):
        jobs = "1 job failed" if len(lines) == 1 else f"{len(lines)} jobs failed"
        logger.error("\n".join([f"{jobs}; what does not depend on it is done:", *lines]))


try:
    for file in workflow.configfiles:
        check_yaml(Path(file))
    PLAN = check_config(config)
except SchurscopeError as mistake:
    raise WorkflowError(str(mistake))

if workflow.is_main_process:
    notes = plan.other_blocks(PLAN), plan.without_memory(PLAN), note_of_only_trained(PLAN), *PLAN["left_out"].values()
    for announcement in filter(None, notes):
        logger.warning(f"Note: {announcement}")


def digest(script, modules=()):
    """What the code of a job is; ``make why`` can say later what of it has changed."""
    return known_digest(script, tuple(modules))


@cache
def known_digest(script, modules):
    """Thousands of jobs rest on the same few modules."""
    return digest_of(script, modules, remember=workflow.is_main_process)


TRAINED, RESULTS = PLAN["folders"]["trained"], PLAN["folders"]["results"]
TRAINING = "{task}/n{width}/{init}/seeds{block}"
IMPORTED = "{task}/imported/seeds0-0"
BLOCK = "{task}/{place}/seeds{block}"  # of either kind
ENV = "../envs/schurscope.yaml"
FIGURES = f"{RESULTS}/figures"
VEGA = f"{FIGURES}/vega.js"


LABELS = [*plan.labels(PLAN), *only_trained(PLAN)]


wildcard_constraints:
    task="|".join(LABELS),
    width="[0-9]+",
    init="[a-z_]+",
    place="n[0-9]+/[a-z_]+|imported",
    block="|".join(dict.fromkeys(block.name for label in LABELS for block in plan.blocks_of(PLAN, label))),


def paths(stage, label):
    """The files of one stage for one task, in the order of the config."""
    return plan.paths(PLAN, stage, label)


def loaded(label):
    """The modules that are loaded by name to measure the networks of a task, or one from elsewhere."""
    entry, built_in = plan.measured(PLAN, label), label in PLAN["tasks"]
    task = entry["settings"] if built_in else entry.get("task")
    cell = entry["training"].get("cell", TANH) if built_in else entry.get("activation")
    modules = [module_name("task", task["task"])] if task else []
    modules += [module_name("cell", name) for name in ([cell] if cell else REGISTRY["cell"])]
    return [*modules, module_name("metric", entry["metric"])]


def train_code(wildcards):
    training = PLAN["tasks"][wildcards.task]["training"]
    names = {"init": wildcards.init, "engine": training["engine"]}
    names |= {"loss": recipe.loss_of(training), "optimiser": recipe.optimiser_of(training)["name"]}
    modules = [module_name(kind, name) for kind, name in names.items()]
    return digest("train.py", loaded(wildcards.task) + modules)


SEARCHES = 4  # ten at one epsilon take as long as so many at all


def needed(stage, wildcards):
    """(minutes, megabytes) for a job of a block."""
    if wildcards.task in PLAN["networks"]:
        minutes, megabytes = resources.imported(PLAN["networks"][wildcards.task])
        return minutes * (len(plan.diagnostics(PLAN)) if stage == "analyse" else 1), megabytes
    task = PLAN["tasks"][wildcards.task]
    width = int(wildcards.width) if stage == "train" else plan.width_of(wildcards.place)
    networks = len(plan.seeds_of(PLAN, wildcards.task, wildcards.block))
    if stage == "train":
        return resources.training(task["settings"], task["training"], width, networks)
    if stage == "decompose":
        return resources.decomposition(width, networks)
    if stage == "score_cuts":
        return resources.cuts(task["settings"], PLAN["cuts"]["trials"], width, networks)
    if stage in ("circuits", "circuit_controls", "circuit_questions"):
        every = stage == "circuit_controls"
        minutes, megabytes = resources.circuits(task["settings"], PLAN["circuits"], width, networks, every)
        return minutes * (SEARCHES if stage == "circuit_questions" else 1), megabytes
    if stage == "analyse":
        return resources.analysis(task["settings"], PLAN["diagnostics"], width, networks)
    return resources.ablation(task["settings"], task["ablation"], width, networks)


def minutes(stage):
    """More with each attempt."""
    return lambda wildcards, attempt: attempt * needed(stage, wildcards)[0]


def megabytes(stage):
    """More with each attempt."""
    return lambda wildcards, attempt: attempt * needed(stage, wildcards)[1]


def measuring_code(script):
    """The code of a job that measures the networks of a block."""
    return lambda wildcards: digest(script, loaded(wildcards.task))


def data(label):
    """The data files of a task, by name: what they hold decides (the SHA-256 in its settings), not their time."""
    files = [ancient(file) for file in plan.data_of(PLAN, label)]
    return {"data": files} if files else {}


def measuring_input(wildcards):
    """Networks, Schur forms and, for a network from elsewhere, its trials; for others the data of their task."""
    block = f"{wildcards.task}/{wildcards.place}/seeds{wildcards.block}.nc"
    files = {stage: f"{TRAINED}/{stage}/{block}" for stage in ("networks", "schur")}
    if wildcards.task in PLAN["networks"]:
        return files | {"trials": f"{TRAINED}/trials/{wildcards.task}.nc"}
    return files | data(wildcards.task)


def analyse_input(wildcards):
    """The same, and the grid where a diagnostic rests on it."""
    files = measuring_input(wildcards)
    if any("ablation" in needs_of(name) for name in plan.diagnostics(PLAN)):
        files["ablation"] = f"{RESULTS}/ablation/{wildcards.task}/{wildcards.place}/seeds{wildcards.block}.nc"
    return files


def analyse_code(wildcards):
    """The digest of each diagnostic by itself, as "name:digest name:digest"."""
    of_each = {
        name: digest("analyse.py", [module_name("diagnostic", name), *loaded(wildcards.task)])
        for name in plan.diagnostics(PLAN)
    }
    return " ".join(f"{name}:{code}" for name, code in of_each.items())


def every_cut():
    """The scores at every cut, if the config wants them."""
    labels = plan.labels(PLAN) if PLAN["cuts"] else []
    return [path for label in labels for path in paths("cuts", label)]


def circuits():
    """What every coupling does, and circuits in all coordinates, where they are wanted: kind -> files."""
    return {kind: plan.of_circuits(PLAN, kind) for kind in ("schur", "atlas", "circuit")}


def question_input(wildcards):
    """Networks, Schur forms, circuits in these coordinates and, for a network from elsewhere, its trials."""
    block = f"{wildcards.task}/{wildcards.place}/seeds{wildcards.block}.nc"
    return measuring_input(wildcards) | {"circuit": f"{RESULTS}/circuit/{block}"}


def question_code(wildcards):
    modules = [module_name("question", wildcards.question), *loaded(wildcards.task)]
    if wildcards.task in PLAN["tasks"]:  # the network before training
        modules.append(module_name("init", wildcards.place.split("/")[1]))
    return digest("question.py", modules)


def diagnoses(diagnostic):
    """The files of one diagnostic, one a task."""
    return [plan.gathered(PLAN, diagnostic, label) for label in plan.labels(PLAN)]


def trust_input(wildcards):
    """Every task's summary, every diagnostic of it, and its picture; circuits and their picture, where there are any."""
    names = plan.diagnostics(PLAN)
    pictures = {f"picture_{name}": f"{FIGURES}/diagnostics/{name}.svg" for name in names}
    found = {kind: files for kind, files in circuits().items() if kind != "schur"} if plan.circuit_blocks(PLAN) else {}
    pictures |= {"picture_circuits": f"{FIGURES}/circuit_numbers.svg"} if found else {}
    return {"summaries": summaries()} | {name: diagnoses(name) for name in names} | pictures | found


def index_input(wildcards):
    """What the front page's sentences, its picture and its comparison with the paper are made of."""
    files = {"every": f"{RESULTS}/tables/networks.csv", "paper": f"{RESULTS}/tables/paper_vs_here.csv"}
    files |= {"picture": f"{FIGURES}/all_profiles.svg", "summaries": summaries()}
    files["networks"] = [path for label in plan.labels(PLAN) for path in paths("networks", label)]
    if plan.circuit_blocks(PLAN):
        files["circuits"] = plan.circuit_summaries(PLAN)
    if plan.diagnostics(PLAN):
        files |= {"trust": f"{RESULTS}/trust/networks.csv", "answers": f"{RESULTS}/trust/answers.csv"}
    return files


def explorer_input():
    """All networks, what was measured of them, and the trials of those from elsewhere."""
    labels = plan.labels(PLAN)
    kinds = ["networks", "schur", "ablation", "cuts", *{"controls"} & set(plan.diagnostics(PLAN))]
    files = {kind: [path for label in labels for path in paths(kind, label)] for kind in kinds}
    files |= {kind: plan.explored(PLAN, kind) for kind in ("atlas", "circuit") if plan.circuit_blocks(PLAN)}
    files |= {"trials": [f"{TRAINED}/trials/{label}.nc" for label in PLAN["networks"] if label in labels]}
    files["data"] = [file for label in labels for file in data(label).get("data", [])]
    return {name: found for name, found in files.items() if found}


def explorer():
    """The explorer, where there are scores at every cut."""
    return [f"{RESULTS}/explorer.html"] if PLAN["cuts"] and plan.labels(PLAN) else []


def import_files(label):
    """The files that a user's network comes from."""
    network = PLAN["networks"][label]
    return {name: network[name] for name in ("weights", "trials") if name in network}


def import_input(wildcards):
    """Their bytes decide (import_bytes), not their time: a copy may be older than what it replaces."""
    return {name: ancient(file) for name, file in import_files(wildcards.task).items()} | data(wildcards.task)


def import_bytes(wildcards):
    return plan.canonical({name: records.sha256(file) for name, file in import_files(wildcards.task).items()})


def import_code(wildcards):
    files = import_files(wildcards.task).values()
    modules = [f"schurscope.external.formats.{FORMATS[Path(file).suffix.lower()]}" for file in files]
    return digest("import_network.py", modules + loaded(wildcards.task))


def summaries():
    return [path for label in plan.labels(PLAN) for path in paths("summary", label)]


def tables():
    names = [f"profile_{label}" for label in plan.labels(PLAN)] + ["networks", "paper_vs_here"]
    names += ["circuits", "predictors", "circuits_shared"] if plan.circuit_blocks(PLAN) else []
    names += [f"circuit_{name}" for name in plan.questions(PLAN)]
    names += ["learning_curves"] if PLAN["figures"].get("learning_curves") else []
    names += ["nonnormality_used"] if plan.in_schur_form(PLAN) else []
    names += ["time_scales"] if plan.time_scales(PLAN) else []
    return [f"{RESULTS}/tables/{name}.{ending}" for name in names for ending in ("csv", "md", "html")]


def tables_input():
    """Networks whose training is told, those that were trained in Schur form, and spectra of those only trained."""
    shown = (PLAN["figures"].get("learning_curves") or {"tasks": {}})["tasks"]
    trained = [path for label in plan.in_schur_form(PLAN) for path in paths("networks", label)]
    curves = [path for label in shown for path in paths("networks", label)]
    return {"curves": curves, "in_schur_form": trained, "time_scales": plan.time_scales(PLAN)}


def paper_values():
    """The paper's numbers by their bytes: as an input file they would have another name in every checkout."""
    return hashlib.sha256(Path(workflow.basedir, "report", "paper_values.csv").read_bytes()).hexdigest()


def tables_settings():
    """The paper's numbers, and the cut that the table of circuits' sectors is read at."""
    alpha = {"alpha": PLAN["figures"]["alpha"]} if "anatomy" in plan.questions(PLAN) else {}
    shown = PLAN["figures"].get("learning_curves")
    curves = {"learning_curves": shown["tasks"]} if shown else {}
    cells = {label: PLAN["tasks"][label]["training"]["cell"] for label in only_trained(PLAN)}
    cells = {"cells": cells} if plan.time_scales(PLAN) else {}
    return plan.canonical({"paper_values": paper_values()} | alpha | curves | cells)


def figures():
    """The figures of this config."""
    files = [chart.file for label in (*LABELS, None) for chart in charts(PLAN, label)]
    endings = (".html", ".svg", ".png", *(f"_{width}.svg" for width in WIDTHS))
    return [f"{FIGURES}/{file}{ending}" for file in files for ending in endings]


def neutral_tables():
    """The tables about neutral modes."""
    names = ["neutral_paths", "neutral_systems"] if PLAN["neutral"] is not None else []
    names += ["neutral_cells"] if plan.neutral_files(PLAN, "cells") else []
    names += ["neutral_equivariance"] if plan.symmetric_blocks(PLAN) else []
    return [f"{RESULTS}/tables/{name}.{ending}" for name in names for ending in ("csv", "md", "html")]
