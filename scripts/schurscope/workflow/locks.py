"""Who is at work in a folder: kernel locks (flock), which end with the process that holds them, however it ends.

Snakemake's own locks outlive a killed run and do not say whose they are. Here a run holds ``run`` alone, and each job
holds ``jobs`` together with the others; so a run that was killed is told from one that is alive, and so are jobs that
it left behind.
"""

import fcntl
import os
import time
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError

PATIENCE = 2.0  # seconds: a job that was just killed takes a moment to let go of its lock
OURS = "SCHURSCOPE_RUN"  # process that holds the run's lock: it survives exec, as the lock does


def hold_run(folder=".") -> None:
    """Hold the lock of a run until this process ends; it passes to the program that this process may become.

    Nothing happens if this process held it already. Raises SchurscopeError if another run, or a job that an earlier run
    left behind, is at work in the folder.
    """
    if os.environ.get(OURS) == str(os.getpid()):
        return
    file = _open(folder, "run")
    if not _lock(file, fcntl.LOCK_EX):
        raise SchurscopeError(
            f"another run is at work in {Path(folder).resolve()}{_holders(file)}; wait for its end, or stop it"
        )
    jobs = _open(folder, "jobs")
    until = time.monotonic() + PATIENCE
    while not (free := _lock(jobs, fcntl.LOCK_EX)) and time.monotonic() < until:
        time.sleep(0.1)
    if not free:
        os.close(file)
        raise SchurscopeError(
            f"jobs of an earlier run are still at work in {Path(folder).resolve()}{_holders(jobs)};"
            " wait for their end, or stop them"
        )
    os.close(jobs)
    os.set_inheritable(file, True)
    os.environ[OURS] = str(os.getpid())


def hold_job(folder=".") -> None:
    """Show, until this process ends, that a job is at work."""
    _lock(_open(folder, "jobs"), fcntl.LOCK_SH)


def claim_gpu(count: int, folder=".") -> int | None:
    """The number of a GPU that no other job of this folder has claimed, until this process ends; None if all are."""
    for gpu in range(count):
        file = _open(folder, f"gpu{gpu}")
        if _lock(file, fcntl.LOCK_EX):
            return gpu
        os.close(file)
    return None


def _open(folder, name: str) -> int:
    place = Path(folder) / ".snakemake" / f"schurscope-{name}.lock"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return os.open(place, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise SchurscopeError(f"{place} cannot be made: {error.strerror}; a run needs a folder to write in") from None


def _lock(file: int, kind: int) -> bool:
    """Whether the lock could be had; True as well where the file system knows no locks."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _holders(file: int) -> str:
    """The processes on this machine that hold the lock, as Linux lists them; empty elsewhere."""
    try:
        lines = Path("/proc/locks").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    inode = str(os.fstat(file).st_ino)
    fields = [line.split() for line in lines]
    found = sorted({f[4] for f in fields if f[1] == "FLOCK" and f[5].split(":")[-1] == inode}, key=int)
    return f" (process {', '.join(found)})" if found else ""
