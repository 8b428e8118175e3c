"""How a run ends: one sentence for Ctrl-C, a list of failed jobs with their logs for a failure."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

import psutil

from schurscope.workflow.events import Run

STOPPED = (
    "Stopped. What was finished is kept: the same command goes on from here (make resume checks every file first)."
)


class Interrupt:
    """Ctrl-C in Snakemake's own process: says STOPPED, and no more of what Snakemake and its jobs would say."""

    def __init__(self):
        self.running = False  # whether there may be jobs, which Snakemake must end
        self.stopped = False
        signal.signal(signal.SIGINT, self)

    def __call__(self, number, frame):
        if not self.stopped:
            print(f"\n{STOPPED}", file=sys.stderr, flush=True)
        if self.stopped or not self.running:
            os._exit(130)
        self.stopped = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        threading.Thread(target=end_jobs, daemon=True).start()
        signal.default_int_handler(number, frame)


def end_jobs() -> None:
    """End the scripts below this process, again and again: one that was just starting has not heard of Ctrl-C."""
    while True:
        with suppress(psutil.Error):
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    if any(".snakemake/scripts/" in word for word in child.cmdline()):
                        child.terminate()
        time.sleep(0.3)


def failed(run: Run) -> list[str]:
    """A line a failed job, with its log."""
    lines = []
    for job in run.failed.values():
        log = job.logs[0] if job.logs else ""
        lines.append("    " + job.message.removesuffix(f" (progress: {log})") + (f" (log: {log})" if log else ""))
    return lines
