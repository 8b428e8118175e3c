"""Shared by all tests: a small config, and Snakemake in a folder of its own."""

import copy
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from schurscope.external.contents import check_path

ROOT = Path(__file__).resolve().parent.parent
RUN = (ROOT / "scripts" / "run.py",)


SHARED = ("external", "reruns", "survival", "why", "workflow")  # tests of what finished studies hold


def pytest_xdist_make_scheduler(config, log):
    """For two workers: a file's tests stay together, and those of SHARED files too, so that studies are made once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByStudy(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::")[0].rsplit("/", 1)[-1]
            return "study" if file.removeprefix("test_").removesuffix(".py") in SHARED else file

    return ByStudy(config, log)


@pytest.fixture
def paper_config():
    """config.yaml as plain data, free to be changed."""
    return yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


TINY = {
    "seeds": [0, 1, 2],
    "seeds_per_job": 2,
    "training": {"updates": 60, "check_every": 20, "validation_trials": 16, "batch": 8},
    "ablation": {"trials": 16, "alphas": [0.5, 0.9]},
    "tasks": {
        "copy": {
            "settings": {"symbols": 2, "channels": 2, "lags": 6},
            "widths": [6],
            "inits": ["orthogonal", "cayley"],
            "training": {"updates": 60, "horizon": 4},
        },
        "flipflop": {"widths": [6]},
        "sine": None,
        "integration": None,
    },
    "circuits": None,
    "diagnostics": None,
    "figures": {
        "copy_profile": {"width": 6},
        "task_profile": {"tasks": ["flipflop"], "width": 6},
    },
}


class Study:
    """Snakemake on a config of its own, with results in a folder of its own."""

    def __init__(self, folder: Path, root: Path = ROOT):
        self.folder, self.root = folder, root
        self.config = copy.deepcopy(TINY)
        self.config["folders"] = {"trained": "results", "results": "results"}

    def command(self, program, *arguments, cores=2, configs=()) -> dict:
        """What subprocess needs to run ``program`` (snakemake, run.py) on this study; its state lies in the folder."""
        file = self.folder / "study.yaml"
        if not configs:
            file.write_text(yaml.safe_dump(self.config), encoding="utf-8")
        command = [sys.executable, *program, "--snakefile", self.root / "Snakefile", "--cores", str(cores)]
        command += ["--workflow-profile", self.root / "profiles" / "default", "--directory", self.folder, *arguments]
        command += ["--configfile", self.root / "config.yaml", *(configs or [file])]
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        return {"args": list(map(str, command)), "cwd": self.folder, "env": environment}

    def pending(self) -> set[str]:
        """Files below results/ that a run would make, by Snakemake's own summary."""
        lines = self.snakemake("--summary").stdout.split("output_file\t")[1].splitlines()[1:]
        rows = [line.split("\t") for line in lines]
        return {row[0].removeprefix("results/") for row in rows if row[-1] != "no update"}

    def snakemake(self, *arguments, check=True, program=("-m", "snakemake"), **options):
        done = subprocess.run(
            **self.command(program, *arguments, **options), capture_output=True, text=True, timeout=600
        )
        if check and done.returncode:
            pytest.fail(f"snakemake failed:\n{done.stdout}\n{done.stderr}")
        return done

    def run(self, *arguments, **options):
        """Run snakemake as make does."""
        return self.snakemake(*arguments, program=RUN, **options)

    def begin(self, *arguments):
        """Begin a run as make does, in a process group of its own, and let it go on."""
        with open(self.folder / "begun.log", "w", encoding="utf-8") as log:
            return subprocess.Popen(
                **self.command(RUN, *arguments), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def planned(self, *arguments) -> dict[str, int]:
        """How many jobs of each rule a run would start, by a dry run."""
        text = self.snakemake("--dry-run", *arguments).stdout
        jobs = {}
        if "Job stats:" in text:
            for line in text.split("Job stats:")[1].split("total")[0].splitlines():
                name, _, count = line.strip().rpartition(" ")
                if count.isdigit():
                    jobs[name.strip()] = int(count)
        return jobs


def checkout(folder: Path) -> Path:
    """A fresh checkout, free to be changed."""
    for name in ("Snakefile", "config.yaml", "pyproject.toml", "rules", "scripts", "profiles", "report", "envs"):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=shutil.copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return folder


@pytest.fixture
def in_this_process(monkeypatch):
    """Read files from outside here, not in a process of their own, which costs a second each time."""

    def here(function, path, *arguments):
        module, _, name = function.partition(":")
        return getattr(importlib.import_module(f"schurscope.external.{module}"), name)(check_path(path), *arguments)

    for module in ("network", "recorded"):
        monkeypatch.setattr(f"schurscope.external.{module}.aside", here)


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path)


@pytest.fixture
def copied(finished, tmp_path):
    """The finished study in a folder of its own, free to be changed."""
    copy = Study(tmp_path / "copied")
    shutil.copytree(finished.folder, copy.folder)
    return copy


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """One study with blocks of two seeds, run to its end: shared by tests that only look."""
    done = Study(tmp_path_factory.mktemp("study"))
    done.snakemake()
    return done


@pytest.fixture(scope="session")
def finished_alone(tmp_path_factory):
    """The same with one seed a job."""
    done = Study(tmp_path_factory.mktemp("alone"))
    done.config["seeds_per_job"] = 1
    done.snakemake()
    return done
