"""A small study over all tasks, cells, constructions, engines and diagnostics, made by the rules' own scripts.

``snakemake`` is a stand-in with what a script reads: wildcards, params, input, output, log.
"""

import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import yaml

from drawn import DRAWN
from schurscope.foundations.registry import REGISTRY
from schurscope.workflow import plan
from schurscope.workflow.config.whole import check_config

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 6
ABOUT = {"widths": [WIDTH], "solved": 0.5}
NETWORK = {"weights": "elsewhere.npz", "trials": "trials.npz", "metric": "fvu", "solved": 0.5}


def config() -> dict:
    """Every task; copy with all constructions; copy and sine with all engines; a network that a file holds."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    short = {"copy": {"symbols": 2, "channels": 2, "lags": 6}, "copy_memory": {"symbols": 2, "alphabet": 2, "delay": 3}}
    training = {"copy": {"horizon": [3, 6], "advance_at": 0.5}}

    def task(name, engine="fused", inits=("orthogonal",)):
        settings = {"task": name, **short.get(name, {})}
        return {
            **ABOUT,
            "settings": settings,
            "inits": list(inits),
            "training": {"engine": engine} | training.get(name, {}),
        }

    hashed = [name for name in DRAWN if name != "circle_path"]  # which has no hashes from the machine of the others
    config["tasks"] = {name: task(name) for name in hashed}
    config["tasks"]["copy"]["inits"] = [init for init in REGISTRY["init"] if init != "eurnn_fft"]  # a power of 2
    for engine in set(REGISTRY["engine"]) - {"fused"}:
        config["tasks"] |= {f"{name}_{engine}": task(name, engine, ["cayley", "normal"]) for name in ("copy", "sine")}
    config["tasks"]["flipflop_relu"] = task("flipflop", "batched") | {"cell": "relu"}
    config["tasks"]["sine_modrelu"] = task("sine", "torch") | {"cell": "modrelu"}
    config["networks"] = {"elsewhere": NETWORK}
    config["seeds"], config["seeds_per_job"] = [0, 2], 3
    config["training"] |= {"updates": 12, "check_every": 5, "validation_trials": 8, "batch": 5}
    config["ablation"] |= {"trials": 9, "alphas": [0.6, 0.9]}
    config["cuts"] = {"trials": 8}
    config["circuits"] = None
    config["diagnostics"] |= {"trials": 7, "order": {"draws": 2}, "controls": {"draws": 2}, "dose": {"steps": 3}}
    config["diagnostics"] |= {"nonnormality": {"powers": 5, "grid": 3}}
    config["figures"] |= {"copy_profile": None, "task_profile": None}
    return config


def write_network(folder: Path) -> None:
    """A leaky network with biases and initial states, and its trials."""
    rng = np.random.default_rng(5)
    weights = {"W_hh": rng.normal(0, WIDTH**-0.5, (WIDTH, WIDTH)), "W_xh": rng.normal(size=(WIDTH, 2))}
    weights |= {"W_hy": rng.normal(size=(3, WIDTH)), "b_h": rng.normal(size=WIDTH), "b_y": rng.normal(size=3)}
    np.savez(folder / "elsewhere.npz", **weights, leak=0.5)
    trials = {"inputs": rng.normal(size=(8, 10, 2)), "targets": rng.normal(size=(8, 10, 3))}
    np.savez(folder / "trials.npz", **trials, h0=rng.normal(size=(8, WIDTH)))


class Named(list):
    """As Snakemake's lists of files: by number and by name."""

    def __init__(self, **named):
        files = [one if isinstance(one, list) else [one] for one in named.values()]
        super().__init__(sum(files, []))
        self.__dict__ |= named

    def items(self):
        return self.__dict__.items()

    keys = property(lambda self: self.__dict__.keys)

    def __getitem__(self, key):
        return self.__dict__[key] if isinstance(key, str) else super().__getitem__(key)


def run(script: str, wildcards: dict, settings: str, inputs: dict, outputs: dict, code: str = "") -> None:
    """Run one script in the folder of the study."""
    snakemake = SimpleNamespace(rule=script, wildcards=SimpleNamespace(**wildcards), log=["job.log"])
    snakemake.params = SimpleNamespace(settings=settings, code=code)
    snakemake.input, snakemake.output = Named(**inputs), Named(**outputs)
    runpy.run_path(str(ROOT / "scripts" / f"{script}.py"), {"snakemake": snakemake})


def make(monkeypatch, folder: Path) -> None:
    """The study's NetCDF files, in ``folder``."""
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(ROOT / "scripts")
    monkeypatch.setattr(sys, "argv", ["small study"])
    write_network(folder)
    study = check_config(config())
    diagnostics = plan.diagnostics(study)
    for label in plan.labels(study):
        trials = {"trials": f"trials/{label}.nc"} if label in study["networks"] else {}
        blocks = plan.blocks_of(study, label)
        for block in blocks:
            wildcards = {"task": label, "place": block.place}
            files = {stage: block.path(".", stage) for stage in ("networks", "schur", "ablation")}
            if trials:
                out = {"networks": files["networks"], **trials}
                read = {name: NETWORK[name] for name in ("weights", "trials")}
                run("import_network", wildcards, plan.import_settings(study, label), read, out)
            else:
                width, init = block.place.split("/")
                trained = wildcards | {"width": width.removeprefix("n"), "init": init}
                run(
                    "train", trained, plan.train_settings(study, label, block.name), {}, {"networks": files["networks"]}
                )
            run("decompose", wildcards, "{}", {"networks": files["networks"]}, {"schur": files["schur"]})
            inputs = {stage: files[stage] for stage in ("networks", "schur")} | trials
            run("ablate", wildcards, plan.ablate_settings(study, label), inputs, {"ablation": files["ablation"]})
            cuts = {"cuts": block.path(".", "cuts")}
            run("score_cuts", wildcards, plan.cuts_settings(study, label), inputs, cuts)
            analysed = {name: block.path(".", name) for name in diagnostics}
            grid, code = {"ablation": files["ablation"]}, " ".join(f"{name}:0" for name in diagnostics)
            run("analyse", wildcards, plan.analyse_settings(study, label, block.name), inputs | grid, analysed, code)
        inputs = {name: [block.path(".", name) for block in blocks] for name in diagnostics}
        out = {name: f"diagnostics/{name}/{label}.nc" for name in diagnostics}
        run("gather", {"task": label}, plan.gather_settings(study, label), inputs, out)
