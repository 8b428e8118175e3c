"""The line about the whole run, from logs as Snakemake and the training jobs write them."""

import pytest

from schurscope.workflow.progress import in_words, sentence, share_of

LOG = """Job stats:
job          count
---------  -------
train            3
decompose        3
total            6

[Sun Nov 22 11:02:14 2026]
Job 7: train copy n64 cayley, seeds 0-2 (progress: a.log)
Reason: Missing output files: a.nc
Job 8: train copy n72 cayley, seeds 0-2 (progress: b.log)
Finished jobid: 7 (Rule: train)
1 of 6 steps (17%) done
"""


def test_the_whole_run(tmp_path):
    line = (
        "2026-11-22 11:02:15,1 copy n64, seed 1 ({} of 3 in this job): update {} of 1000, 1 going on, at most 9 s left"
    )
    (tmp_path / "a.log").write_text(line.format(3, 900) + "\n2026-11-22 11:02:16,1 done\n")
    (tmp_path / "b.log").write_text(line.format(1, 900) + "\n" + line.format(2, 500) + "\n")
    assert [share_of(tmp_path / name) for name in ("a.log", "b.log", "c.log")] == [1, pytest.approx(0.5), 0]
    # 1.5 of 3 trainings, each as much as 20 jobs, and none of 3 other jobs: 30 of 63
    assert sentence(LOG, tmp_path, 300) == "progress: 1 of 6 jobs, 48% of the work, about 6 min left"
    assert sentence("Building DAG of jobs...", tmp_path, 1) == "progress: 0 of 0 jobs"
    (tmp_path / "b.log").write_text("2026-11-22 11:02:15,1 copy (3 of 3 in this job): ended after 60 updates\n")
    assert share_of(tmp_path / "b.log") == 1


def test_time_left_in_words():
    assert [in_words(seconds) for seconds in (20, 90, 7190, 9000)] == [
        "less than a minute",
        "about 2 min",
        "about 2.0 h",
        "about 2.5 h",
    ]
