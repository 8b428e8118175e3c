"""What a run has come to, from events as Snakemake gives them to loggers, and from the numbers of training jobs."""

import logging
import os

import pytest

from schurscope.workflow import progress
from schurscope.workflow.ending import failed
from schurscope.workflow.events import Job, Run
from schurscope.workflow.progress import in_words, sentence, share_of


def heard(run, event, **fields):
    run.handle(logging.makeLogRecord({"event": event, **fields}))


def begin(run, number, rule, message, log, **fields):
    heard(run, "job_info", jobid=number, rule_name=rule, rule_msg=message, log=[log] if log else [], **fields)


@pytest.fixture
def run():
    """Three trainings and three other jobs, of which none has begun."""
    run = Run()
    run.handle(logging.makeLogRecord({"msg": "no event"}))
    heard(run, "run_info", stats={"train": 3, "decompose": 3, "total": 6})
    return run


def test_the_whole_run(run, tmp_path):
    assert sentence(Run(), 1) == "progress: 0 of 0 jobs" and sentence(run, 1) == "progress: 0 of 6 jobs"
    for number, name in ((7, "a"), (8, "b")):
        begin(run, number, "train", f"train {name}", f"{tmp_path}/{name}.log")
        progress.keeper(f"{tmp_path}/{name}.log", networks=3, updates=1000)(1, 1, 500)
    assert [share_of(job) for job in run.begun.values()] == [0.5, 0.5]
    # 2 of 3 trainings half done, each as much as 20 jobs, and none of 3 other jobs: 20 of 63
    assert sentence(run, 300) == "progress: 0 of 6 jobs, 32% of the work, about 11 min left"
    heard(run, "job_finished", job_id=7)
    assert sentence(run, 300) == "progress: 1 of 6 jobs, 48% of the work, about 6 min left"
    begin(run, 9, "decompose", "decompose a", None)
    heard(run, "job_finished", job_id=9)
    assert sentence(run, 300) == "progress: 2 of 6 jobs, 49% of the work, about 5 min left"


def test_the_share_of_a_training(tmp_path):
    job = Job("train", "train", (f"{tmp_path}/a.log",), begun=1000.0)
    assert share_of(job) == 0, "there is no record"
    keep = progress.keeper(job.logs[0], networks=4, updates=1000)
    keep(0, 4, 250)
    assert share_of(job) == 0.25, "side by side"
    os.utime(progress.record_of(job.logs[0]), (999, 999))
    assert share_of(job) == 0, "the record is that of an earlier run"
    progress.record_of(job.logs[0]).write_text("")
    assert share_of(job) == 0
    keep(4, 0, 0)
    assert share_of(job) == 1
    progress.keeper("/proc/nowhere/a.log", networks=4, updates=1000)(0, 4, 250)


def test_failed_jobs_are_named_with_their_logs(run):
    begin(run, 1, "train", "train copy (progress: logs/a.log)", "logs/a.log")
    begin(run, 2, "all", None, None)
    begin(run, 3, "ablate", "ablate copy", "logs/c.log")
    for number, rule in ((1, "train"), (2, "all"), (3, "ablate")):
        heard(run, "job_error", jobid=number, rule_name=rule, rule_msg=None, log=[])
    assert failed(run) == ["    train copy (log: logs/a.log)", "    rule all", "    ablate copy (log: logs/c.log)"]
    begin(run, 3, "ablate", "ablate copy", "logs/c.log")  # tried again
    assert len(failed(run)) == 2


def test_an_event_that_is_not_as_expected_does_not_end_the_run(run, capsys):
    heard(run, "job_finished")
    assert "AttributeError" in capsys.readouterr().err and sentence(run, 1) == "progress: 0 of 6 jobs"


def test_time_left_in_words():
    assert [in_words(seconds) for seconds in (20, 90, 7190, 9000)] == [
        "less than a minute",
        "about 2 min",
        "about 2.0 h",
        "about 2.5 h",
    ]


TOLD_OFTEN = """
import runpy
from schurscope.workflow import progress
progress.EVERY = 1
runpy.run_module("snakemake", run_name="__main__", alter_sys=True)
"""


@pytest.mark.slow
def test_a_run_says_how_far_it_is(study):
    """Plain snakemake too: while the networks of a block are trained, then when all is done."""
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [64]}}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    study.config["training"] |= {"updates": 20_000, "check_every": 20_000}
    done = study.snakemake("--until", "train", program=("-c", TOLD_OFTEN))
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("progress: ")]
    shares = [int(line.split(", ")[1].split("%")[0]) for line in said if "%" in line]
    whole_jobs = {0, 50, 100}
    assert shares == sorted(shares) and set(shares) - whole_jobs, said
    logs = study.folder / "results" / "logs" / "train" / "flipflop" / "n64" / "orthogonal"
    job = Job("train", "", (str(logs / "seeds0-1.log"),), begun=0.0)
    assert share_of(job) == 1
