"""Files that are either whole or as they were."""

import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError

FULL = 2**16  # bytes


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
    with suppress(OSError):
        if shutil.disk_usage(folder).free < FULL:
            return "no space is left on the disk"
    return str(error)


def write_text(path, text: str) -> None:
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")
