"""Files that are either whole or as they were."""

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError

FULL = 2**16  # bytes
SAID = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.ELOOP,
)


@contextmanager
def replacing(path):
    """Yields a temporary name beside ``path``; what was written there takes the place of ``path`` at the end.

    Raises SchurscopeError where the file system refuses, and leaves ``path`` as it was.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:
        raise SchurscopeError(f"{path} could not be written: {_reason(path.parent, error)}") from None
    finally:
        with suppress(OSError):
            part.unlink()


def _reason(folder: Path, error) -> str:
    """The error in words; NetCDF's own does not say when a disk is full."""
    if isinstance(error, OSError) and error.errno in SAID:
        return error.strerror
    with suppress(OSError):
        disk = shutil.disk_usage(folder)
        if disk.total > 0 and disk.free < FULL:
            return "no space is left on the disk"
    return str(error)


def check_place(path) -> None:
    """Raise SchurscopeError if no file can be written at ``path``: before the work, not after it."""
    path = Path(path)
    if path.is_dir():
        raise SchurscopeError(f"{path} could not be written: it is a folder")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise SchurscopeError(f"{path} could not be written: {_reason(path.parent, error)}") from None


def write_text(path, text: str) -> None:
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")
