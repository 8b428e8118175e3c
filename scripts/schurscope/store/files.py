"""Files that are either whole or as they were, and the record of what was written into them.

A record lies beside its file in ``.records/`` and holds size and SHA-256, so that a later run can tell a file that is
as it was written from one that was truncated, altered or put there by something else.
"""

import hashlib
import json
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


def write_record(path) -> None:
    """Record what ``path`` holds now."""
    with replacing(_record(path)) as part:
        part.write_text(json.dumps(_state(path)), encoding="utf-8")


def mismatch(path) -> str | None:
    """Why ``path`` is not what was written there, or None if it is."""
    try:
        expected = json.loads(_record(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "there is no record of it"
    except (OSError, ValueError):
        return "its record cannot be read"
    found = _state(path)
    if found == expected:
        return None
    if found["size"] != expected.get("size"):
        return f"it has {found['size']} bytes, and {expected.get('size')} were written"
    return "its bytes are not those that were written"


def remove(path) -> None:
    """Remove a file and its record."""
    Path(path).unlink(missing_ok=True)
    _record(path).unlink(missing_ok=True)


def _record(path) -> Path:
    path = Path(path)
    return path.parent / ".records" / f"{path.name}.json"


def sha256(path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state(path) -> dict:
    return {"size": os.path.getsize(path), "sha256": sha256(path)}
