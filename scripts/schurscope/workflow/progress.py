"""How far a whole run is, and how long it will take still: a line now and then among Snakemake's own.

A training job keeps what it has done as numbers, in a file beside its log.
"""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError
from schurscope.store import files
from schurscope.workflow.events import Job, Run

EVERY = 30  # seconds
TRAINING = 20  # a training job counts as much as so many others


def tell_now_and_then(run: Run, tell: Callable[[str], None]) -> None:
    """From now until this process ends, ``tell`` how far ``run`` is."""
    begun = time.monotonic()

    def telling():
        while True:
            time.sleep(EVERY)
            tell(sentence(run, time.monotonic() - begun))

    threading.Thread(target=telling, daemon=True).start()


def sentence(run: Run, seconds: float) -> str:
    """The line for a run after so many ``seconds``."""
    done, jobs, trainings = len(run.finished), run.total.get("total", 0), run.total.get("train", 0)
    of_training = {number: job for number, job in run.begun.items() if job.rule == "train"}
    trained = sum(number in run.finished for number in of_training)
    share = sum(share_of(job) for number, job in of_training.items() if number not in run.finished)
    whole = jobs - trainings + TRAINING * trainings
    part = (done - trained + TRAINING * (trained + share)) / max(whole, 1)
    if not 0 < part < 1:
        return f"progress: {done} of {jobs} jobs"
    left = seconds * (1 - part) / part
    return f"progress: {done} of {jobs} jobs, {part:.0%} of the work, {in_words(left)} left"


def record_of(log: str) -> Path:
    """Where the training job with this log keeps what it has done."""
    return Path(log).with_suffix(".json")


def keeper(log: str, networks: int, updates: int) -> Callable[[int, int, int], None]:
    """A function that keeps what the training job with this log has done: of its ``networks``, ``trained`` and those
    that are trained ``now``, side by side, after ``update`` of ``updates``. A full disk costs the line only."""

    def keep(trained: int, now: int, update: int) -> None:
        numbers = {"networks": networks, "updates": updates, "trained": trained, "now": now, "update": update}
        with suppress(SchurscopeError):
            files.write_text(record_of(log), json.dumps(numbers))

    return keep


def share_of(job: Job) -> float:
    """How much of a training job is done, 0 to 1; 0 where its record is missing, or that of an earlier run."""
    try:
        record = record_of(job.logs[0])
        if record.stat().st_mtime < job.begun:
            return 0.0
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0.0
    return (found["trained"] + found["now"] * found["update"] / found["updates"]) / found["networks"]


def in_words(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    return f"about {minutes} min" if minutes < 120 else f"about {minutes / 60:.1f} h"
