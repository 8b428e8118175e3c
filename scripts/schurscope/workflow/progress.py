"""How far a whole run is, and how long it will take still: a line now and then beside Snakemake's own.

Read from Snakemake's log and from the logs of the training jobs that it names.
"""

import os
import re
import signal
import sys
import time
from pathlib import Path

EVERY = 30  # seconds
TRAINING = 20  # a training job counts as much as so many others


def beside_this_process(folder: Path, held: list[int]) -> None:
    """From now until this process ends, whatever it becomes, another one says how far the run in ``folder`` is.

    ``held``: open files that the other process must not keep (a lock would outlive the run).
    """
    parent, begun = os.getpid(), time.time()
    if os.fork():
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the run does
    for file in held:
        os.close(file)
    said = begun
    while os.getppid() == parent:
        time.sleep(0.2)  # short, because whoever reads our output waits for this process too
        if time.time() - said >= EVERY:
            said = time.time()
            if logs := [log for log in folder.glob(".snakemake/log/*.log") if log.stat().st_mtime >= begun]:
                print(sentence(newest(logs).read_text("utf-8"), folder, said - begun), file=sys.stderr, flush=True)
    os._exit(0)


def newest(logs: list[Path]) -> Path:
    return max(logs, key=lambda log: log.stat().st_mtime)


def sentence(text: str, folder: Path, seconds: float) -> str:
    """The line for a run whose log has ``text`` after so many ``seconds``."""
    done, jobs = (re.findall(r"^(\d+) of (\d+) steps", text, re.MULTILINE) or [("0", "")])[-1]
    total = re.findall(r"^total +(\d+)$", text, re.MULTILINE)
    jobs = int(jobs or (total[0] if total else 0))
    trainings = re.findall(r"^train +(\d+)$", text, re.MULTILINE)
    trainings = int(trainings[0]) if trainings else 0
    trained = len(re.findall(r"^Finished jobid: \d+ \(Rule: train\)", text, re.MULTILINE))
    logs = {folder / path for path in re.findall(r"^Job \d+: .*\(progress: (.*)\)$", text, re.MULTILINE)}
    share = sum(share_of(log) for log in logs)
    whole = jobs - trainings + TRAINING * trainings
    part = (int(done) - trained + TRAINING * max(trained, share)) / max(whole, 1)
    if not 0 < part < 1:
        return f"progress: {done} of {jobs} jobs"
    left = seconds * (1 - part) / part
    return f"progress: {done} of {jobs} jobs, {part:.0%} of the work, {in_words(left)} left"


def share_of(log: Path) -> float:
    """How much of a training job is done, by its own log: 0 to 1."""
    try:
        text = log.read_text(encoding="utf-8")
    except OSError:
        return 0.0
    if text.rstrip().endswith(" done"):
        return 1.0
    lines = re.findall(r"\((\d+) of (\d+) in this job\): (?:update (\d+) of (\d+)|ended)", text)
    if not lines:
        return 0.0
    network, networks, update, updates = lines[-1]
    return (int(network) - 1 + (int(update) / int(updates) if update else 1)) / int(networks)


def in_words(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    return f"about {minutes} min" if minutes < 120 else f"about {minutes / 60:.1f} h"
