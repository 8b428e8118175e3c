"""Crashes cost nothing: locks, damage, signals, full and read-only disks, and death at any moment."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from conftest import Study
from schurscope.foundations.errors import SchurscopeError
from schurscope.store import files, records
from schurscope.workflow import locks
from schurscope.workflow.ending import STOPPED


def results(study) -> dict[str, bytes]:
    """Every NetCDF file of a study."""
    root = study.folder / "results"
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.nc"))}


def all_as_written(study) -> bool:
    """Whether --resume finds every result as it was written: the NetCDF files, and the figures' and tables'."""
    found = re.search(r"(\d+) of (\d+) results are as they were written\.", study.run("--resume").stdout)
    return found[1] == found[2] and int(found[1]) > len(results(study))


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def jobs_of(study) -> list[int]:
    """Processes of jobs that work in the study's folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode()
        except OSError:
            continue
        if f"{study.folder}/.snakemake/scripts/" in command:
            found.append(int(entry.name))
    return found


def kill_all(study, process):
    """SIGKILL for the run and every process that came from it."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    while left := jobs_of(study):
        for one in left:
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)


def long(study):
    """A study whose training takes minutes."""
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [64]}}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    study.config["training"] |= {"updates": 500_000, "check_every": 500_000}
    return study


def test_a_record_knows_its_file(tmp_path):
    path = tmp_path / "a" / "result.nc"
    files.write_text(path, "what was written")
    assert records.mismatch(path) == "there is no record of it"
    records.record(path)
    assert records.mismatch(path) is None
    path.write_text("what was writteN")
    assert records.mismatch(path) == "its bytes are not those that were written"
    path.write_text("what")
    assert records.mismatch(path) == "it has 4 bytes, and 16 were written"
    next((tmp_path / "a" / ".records").iterdir()).write_text("{")
    assert records.mismatch(path) == "its record cannot be read"


def test_a_large_file_is_read_again_where_its_time_is_another_one(tmp_path, monkeypatch):
    path = tmp_path / "result.nc"
    files.write_text(path, "what was written")
    records.record(path)
    when = path.stat().st_mtime_ns
    path.write_text("what was writteN")
    monkeypatch.setattr(records, "LARGE", 3)
    assert records.mismatch(path) == "its bytes are not those that were written"
    os.utime(path, ns=(when, when))
    assert records.mismatch(path) is None


def test_what_was_there_stays_if_writing_fails(tmp_path):
    path = tmp_path / "result"
    files.write_text(path, "before")
    with pytest.raises(SchurscopeError, match="result could not be written: quota"), files.replacing(path) as part:
        part.write_text("half")
        raise OSError("quota")
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


def test_locks(tmp_path, monkeypatch):
    """One run at a time, and none while jobs are at work; a lock ends with its process."""
    code = "import sys; from schurscope.workflow.locks import hold_{0} as hold; hold(sys.argv[1]); "
    code += "print(1, flush=True); sys.stdin.read()"
    monkeypatch.setenv(locks.OURS, "")  # and put back at the end
    for kind, sentence in (
        ("run", "another run is at work in"),
        ("job", "jobs of an earlier run are still at work in"),
    ):
        holder = subprocess.Popen(
            [sys.executable, "-c", code.format(kind), tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        holder.stdout.readline()
        with pytest.raises(SchurscopeError, match=rf"{sentence} .* \(process {holder.pid}\)"):
            locks.hold_run(tmp_path)
        holder.kill()
        holder.communicate()
    locks.hold_run(tmp_path)
    assert os.environ[locks.OURS] == str(os.getpid())
    locks.hold_run(tmp_path)


@pytest.mark.parametrize("how", ["--resume", "--orphans"])
def test_a_mistake_is_one_sentence(study, how):
    done = study.run(how, check=False, configs=[study.folder / "nowhere.yaml"])
    assert done.returncode == 1 and done.stderr == f"the config file {study.folder / 'nowhere.yaml'} does not exist\n"
    study.config["sedes"] = [1]
    done = study.run(how, check=False)
    assert done.returncode == 1 and done.stderr.startswith("config: ") and done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_made():
    with pytest.raises(SchurscopeError, match="cannot be made: .*; a run needs a folder to write in"):
        locks.hold_run("/proc/nowhere")


def test_each_job_claims_a_gpu_of_its_own(tmp_path):
    assert [locks.claim_gpu(2, tmp_path) for _ in range(3)] == [0, 1, None]
    assert locks.claim_gpu(0, tmp_path) is None


@pytest.fixture
def small_disk(study):
    """A study whose results lie on a disk of 192 KiB."""
    place = study.folder / "results"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192k", "none", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    yield study
    subprocess.run(["umount", place], check=True)


@pytest.mark.slow
def test_a_full_disk(small_disk):
    """One sentence, nothing under a final name that is not whole, and the rest after room was made."""
    study = small_disk
    study.config["training"] |= {"updates": 20_000, "check_every": 20_000}
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [64]}}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    done = study.run("--until", "train", check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and ".nc could not be written: no space is left on the disk" in said
    assert "Traceback" not in said
    made = list((study.folder / "results").rglob("*.nc"))
    assert len(made) < 2 and all(records.mismatch(path) is None for path in made)
    assert not list((study.folder / "results").rglob("*.part"))
    subprocess.run(["mount", "-o", "remount,size=64m", study.folder / "results"], check=True)
    study.run("--resume", "--until", "train")
    assert len(list((study.folder / "results").rglob("*.nc"))) == 2


@pytest.mark.slow
def test_results_that_became_read_only(small_disk):
    study = small_disk
    subprocess.run(["mount", "-o", "remount,ro", study.folder / "results"], check=True)
    done = study.run("--until", "train", check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "Read-only file system" in said and "results" in said
    assert not list((study.folder / "results").iterdir())


def flip(path) -> None:
    """One bit, without another time."""
    when, bits = path.stat().st_mtime_ns, bytearray(path.read_bytes())
    bits[len(bits) // 2] ^= 1
    path.write_bytes(bits)
    os.utime(path, ns=(when, when))


@pytest.mark.slow
def test_a_flipped_bit_is_not_used(copied):
    """A plain run that needs the file ends with a sentence; a dry run of --resume says it and changes nothing."""
    network = copied.folder / "results/networks/flipflop/n6/orthogonal/seeds0-1.nc"
    schur = copied.folder / "results/schur/flipflop/n6/orthogonal/seeds2-3.nc"
    flip(network)
    schur.unlink()
    before = {path: path.read_bytes() for path in copied.folder.rglob("results/**/*") if path.is_file()}
    done = copied.run("--resume", "-n")
    said = done.stdout + done.stderr
    assert f"{network.relative_to(copied.folder)} is to be made again: its bytes are not those" in said
    assert f"{schur.relative_to(copied.folder)} is missing" in said
    written = r"(\d+) of (\d+) results are as they were written"
    counted = re.search(rf"{written}; 1 of \2 is damaged; 1 of \2 is missing\.", said)
    assert counted and int(counted[1]) == int(counted[2]) - 2
    assert "train flipflop n6 orthogonal, seeds 0-1" in said and "decompose flipflop n6/orthogonal, seeds 2-3" in said
    assert {path: path.read_bytes() for path in copied.folder.rglob("results/**/*") if path.is_file()} == before
    copied.config["ablation"]["alphas"] = [0.6, 0.9]
    done = copied.run("--until", "ablate", check=False)
    said = done.stdout + done.stderr
    assert done.returncode and f"{network.relative_to(copied.folder)} is damaged: its bytes are not those" in said
    assert "1 job failed; what does not depend on it is done:" in said
    log = "results/logs/ablate/flipflop/n6/orthogonal/seeds0-1.log"
    assert f"    ablate flipflop n6/orthogonal, seeds 0-1 (log: {log})" in said and "TypeError" not in said


@pytest.mark.slow
def test_resume_rebuilds_what_was_damaged(copied):
    """Truncated, one bit flipped, foreign, missing: named, made again; and nothing else is touched."""
    before = results(copied)
    network, schur, figure = damaged = [
        copied.folder / "results" / name
        for name in (
            "networks/flipflop/n6/orthogonal/seeds2-3.nc",
            "schur/copy/n6/cayley/seeds0-1.nc",
            "figures/all_profiles.svg",
        )
    ]
    gone = copied.folder / "results/ablation/copy/n6/orthogonal/seeds0-1.nc"
    gone.unlink()
    times = [path.stat().st_mtime_ns for path in damaged]
    network.write_bytes(network.read_bytes()[:2000])
    flip(schur)
    figure.write_text("foreign")
    for path, when in zip(damaged, times, strict=True):
        os.utime(path, ns=(when, when))
    assert copied.planned() == {}  # Snakemake alone does not see it
    said = copied.run("--resume").stdout
    for path, why in zip(damaged, ("it has 2000 bytes", "its bytes are not", "it has 7 bytes"), strict=True):
        assert f"{path.relative_to(copied.folder)} is to be made again: {why}" in said
    assert said.count("is to be made again") == 3
    assert results(copied) == before and copied.planned() == {}
    assert all_as_written(copied)


def test_orphans_are_named(copied):
    copied.config["seeds"] = [0, 1]
    said = copied.run("--orphans").stdout.splitlines()
    names = [
        f"{task}/n6/{init}" for task, init in (("copy", "cayley"), ("copy", "orthogonal"), ("flipflop", "orthogonal"))
    ]
    assert said == sorted(
        f"results/{stage}/{name}/seeds2-3.nc" for stage in ("networks", "schur", "ablation", "cuts") for name in names
    )


@pytest.mark.slow
def test_second_run_says_so_and_orphans_of_a_killed_one_are_found(study):
    """The first is left alone; when it is killed but its job lives on, the next one says which process that is."""
    first = long(study).begin()
    wait_for(lambda: jobs_of(study) and list((study.folder / "results" / "logs" / "train").rglob("*.log")))
    second = study.run(check=False)
    assert second.returncode == 1 and f"another run is at work in {study.folder} (process {first.pid})" in second.stderr
    assert first.poll() is None and list(study.folder.glob(".snakemake/locks/*"))

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    time.sleep(0.5)
    left = jobs_of(study)
    third = study.run(check=False)
    assert third.returncode == 1 and "jobs of an earlier run are still at work" in third.stderr
    assert any(str(process) in third.stderr for process in left)
    for process in left:
        with suppress(ProcessLookupError):  # a short job comes to its end by itself
            os.kill(process, signal.SIGKILL)
    wait_for(lambda: not jobs_of(study))
    study.config["training"] |= {"updates": 20, "check_every": 20}
    last = study.run("--until", "train")
    assert "The last run did not come to its end; its locks are removed." in last.stdout
    assert all(records.mismatch(path) is None for path in (study.folder / "results").rglob("*.nc"))


@pytest.mark.slow
def test_sigterm_lets_running_jobs_end(study):
    study.config["tasks"]["copy"] = None
    study.config["figures"] |= {"copy_profile": None}
    run = study.begin()
    wait_for(lambda: list((study.folder / "results").rglob("networks/**/*.nc")))
    os.kill(run.pid, signal.SIGTERM)
    assert run.wait(60) != 0
    assert not jobs_of(study) and not list((study.folder / "results").rglob("*.part"))
    study.run("--resume")
    assert study.planned() == {}


@pytest.mark.slow
def test_resume_itself_killed_at_twenty_moments(copied):
    """Damage, and SIGKILL for everything while --resume mends it; in the end each byte is as it was."""
    before, moments = results(copied), random.Random(2)
    begun = time.monotonic()
    copied.run("--resume")
    whole = time.monotonic() - begun
    for _ in range(20):
        names = sorted(before)
        damaged, gone = (copied.folder / "results" / moments.choice(names) for _ in range(2))
        if damaged.is_file():  # else the one before was killed when it was gone
            flip(damaged)
        gone.unlink(missing_ok=True)
        run = copied.begin("--resume")
        try:
            run.wait(moments.uniform(0.1, 1.5) * whole)
        except subprocess.TimeoutExpired:
            kill_all(copied, run)
    copied.run("--resume")
    assert results(copied) == before and copied.planned() == {}
    assert all_as_written(copied)


def test_ctrl_c_is_one_sentence(study):
    """In a process group of its own, as from a terminal; jobs end, locks are no hindrance, the run goes on."""
    run = long(study).begin()
    logs = study.folder / "results" / "logs" / "train"
    wait_for(lambda: jobs_of(study) and any("update" in log.read_text() for log in logs.rglob("*.log")))
    before = len((study.folder / "begun.log").read_text().splitlines())
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(60) != 0
    said = (study.folder / "begun.log").read_text().splitlines()[before:]
    assert [line for line in said if line] == [STOPPED]
    wait_for(lambda: not jobs_of(study))
    study.config["training"] |= {"updates": 20, "check_every": 20}
    study.run("--until", "train")


@pytest.mark.slow
def test_killed_at_twenty_moments(finished, tmp_path):
    """SIGKILL for everything at random moments, again and again; in the end each byte is that of a quiet run."""
    study = Study(tmp_path / "killed")
    study.folder.mkdir()
    moments = random.Random(1)
    begun = time.monotonic()
    study.run()
    whole = time.monotonic() - begun
    kills = 0
    while kills < 20:
        shutil.rmtree(study.folder / "results", ignore_errors=True)
        run = study.begin("--resume")
        while kills < 20:
            try:
                run.wait(moments.uniform(0.1, 0.5) * whole)
                break  # it came to its end: begin anew
            except subprocess.TimeoutExpired:
                kill_all(study, run)
                kills += 1
                run = study.begin("--resume")
        run.wait()
        assert run.returncode == 0
    assert results(study) == results(finished) and study.planned() == {}
