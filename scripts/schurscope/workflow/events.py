"""What a run has come to, from the events that Snakemake gives to its loggers.

They are those of its logger-plugin interface, with numbers and names as fields. A plugin would have to be asked for by
each call (``--logger``), and hears of a failure on a thread of its own, perhaps after the run's last word; a handler at
Snakemake's own logger hears all calls, at once.
"""

import logging
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """One job as the run begins it: ``message`` for people, ``begun`` in seconds since the epoch."""

    rule: str
    message: str
    logs: tuple[str, ...]
    begun: float


class Run(logging.Handler):
    """``total``: jobs of each rule, and their sum under "total"; ``begun``, ``finished``, ``failed``: by Snakemake's
    number of a job. A job that is tried again has not failed."""

    def __init__(self):
        super().__init__()
        self.total: dict[str, int] = {}
        self.begun: dict[int, Job] = {}
        self.finished: set[int] = set()
        self.failed: dict[int, Job] = {}

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._take(getattr(record, "event", None), record)
        except Exception:
            self.handleError(record)  # as any handler: the run goes on

    def _take(self, event, record) -> None:
        if event == "run_info":
            self.total = dict(record.stats)
        elif event == "job_info":
            message = record.rule_msg or f"rule {record.rule_name}"
            self.begun[record.jobid] = Job(record.rule_name, message, tuple(record.log), record.created)
            self.failed.pop(record.jobid, None)
        elif event == "job_finished":
            self.finished.add(record.job_id)
        elif event == "job_error":
            self.failed[record.jobid] = self.begun[record.jobid]
