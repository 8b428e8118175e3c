"""The workflow on a real SLURM with two pretend GPUs, which start.sh starts; make test-slurm runs this."""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import ROOT, Study
from schurscope.store import records


def answers() -> bool:
    """Whether the cluster of start.sh answers: no test may touch another one."""
    if not shutil.which("scontrol"):
        return False
    said = subprocess.run(["scontrol", "show", "config"], capture_output=True, text=True).stdout
    return re.search(r"^ClusterName\s*= schurscope-test$", said, re.MULTILINE) is not None


pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(not answers(), reason="the SLURM of make test-slurm does not run here"),
    pytest.mark.skipif(
        not importlib.util.find_spec("snakemake_executor_plugin_slurm"), reason="the SLURM plugin is not installed"
    ),
]
PROFILE = (
    *("--profile", ROOT / "profiles" / "slurm"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2"),
    *("--seconds-between-status-checks", "3"),
)
ON_GPU = ("train:gpu=1", "train:slurm_partition=gpu")


@pytest.fixture
def study(tmp_path):
    """One task, of which only the training is run, for some seconds; whatever is left at the end is stopped."""
    study = Study(tmp_path)
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [64]}}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    study.config["training"] |= {"updates": 30_000, "check_every": 30_000}
    study.runs = []
    yield study
    for run in study.runs:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    subprocess.run(["scancel", "--user", "root"], check=True)


def begin(study, *arguments):
    study.runs.append(study.begin(*PROFILE, "--until", "train", *arguments))
    return study.runs[-1]


def ends_well(study, run, seconds=300):
    said = study.folder / "begun.log"
    assert run.wait(seconds) == 0, said.read_text(encoding="utf-8")[-4000:]
    made = list((study.folder / "results").rglob("*.nc"))
    assert len(made) == 2 and all(records.mismatch(path) is None for path in made)


def jobs(state="RUNNING", name="train") -> list[str]:
    """SLURM's ids of jobs in a state whose comment names the rule."""
    listed = subprocess.run(
        ["squeue", "--noheader", f"--states={state}", "--format=%i %k"], capture_output=True, text=True
    )
    return [line.split()[0] for line in listed.stdout.splitlines() if name in line]


def wait_for(condition, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def training_logs(study) -> dict[str, str]:
    root = study.folder / "results" / "logs" / "train"
    return {path.stem: path.read_text(encoding="utf-8") for path in root.rglob("*.log")}


def at_work(study) -> bool:
    return len(training_logs(study)) == 2 and all("update" in text for text in training_logs(study).values())


def test_small_config_gets_its_gpus_and_the_same_bytes(finished, tmp_path):
    """Training jobs see one GPU each, the others none, and every number is that of a run without SLURM."""
    study = Study(tmp_path)
    study.config["tasks"]["copy"] = None
    study.config["figures"]["copy_profile"] = None
    done = study.run(*PROFILE, "--set-resources", *ON_GPU)
    assert "submitted with SLURM jobid" in done.stdout + done.stderr
    logs = study.folder / "results" / "logs"
    for path in logs.rglob("*.log"):
        seen = re.findall(r" on \S+, GPU (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert seen in ((["0"], ["1"]) if "train" in path.relative_to(logs).parts else ([],)), path
    for path in (study.folder / "results").rglob("*.nc"):
        assert path.read_bytes() == (finished.folder / path.relative_to(study.folder)).read_bytes(), path


def test_a_cancelled_job_is_tried_again(study):
    run = begin(study)
    wait_for(lambda: at_work(study))
    subprocess.run(["scancel", jobs()[0]], check=True)
    ends_well(study, run)


def test_a_node_goes_down_and_comes_back(study):
    host = os.uname().nodename.split(".")[0]
    run = begin(study)
    wait_for(lambda: at_work(study))
    subprocess.run(["pkill", "-x", "slurmd"], check=True)
    subprocess.run(["scontrol", "update", f"nodename={host}", "state=down", "reason=test"], check=True)
    time.sleep(5)
    subprocess.run(["slurmd"], check=True)
    subprocess.run(["scontrol", "update", f"nodename={host}", "state=resume"])  # refused if it came back by itself
    ends_well(study, run)


def test_too_little_memory_asks_for_more(study):
    """The first attempt is killed by SLURM, a later one has room."""
    run = begin(study, "--set-resources", "train:mem_mb=attempt * 200")
    ends_well(study, run)
    assert "Trying to restart job" in (study.folder / "begun.log").read_text()


def test_the_controller_restarts(study):
    run = begin(study)
    wait_for(lambda: at_work(study))
    subprocess.run(["pkill", "-x", "slurmctld"], check=True)
    time.sleep(5)
    subprocess.run(["slurmctld"], check=True)
    ends_well(study, run)


def test_a_killed_run_is_resumed(study):
    """Snakemake dies, its SLURM jobs go on: the next run says so; once they have ended, resume completes."""
    run = begin(study)
    wait_for(lambda: at_work(study))
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    said = study.run(*PROFILE, "--resume", check=False)
    assert said.returncode == 1 and "jobs of an earlier run are still at work" in said.stderr
    subprocess.run(["scancel", "--user", "root"], check=True)
    wait_for(lambda: not jobs())
    ends_well(study, begin(study, "--resume"))
