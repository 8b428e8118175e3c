"""What was written into a file, recorded beside it in ``.records/``: size, SHA-256, time.

So a file that is as it was written is told from one that was truncated, altered or put there by something else.
"""

import hashlib
import json
from pathlib import Path

from schurscope.store.files import replacing

LARGE = 50_000_000  # bytes: a larger file is read again only where its size or time is another one


def record(path) -> None:
    """Record what ``path`` holds now."""
    with replacing(_place(path)) as part:
        part.write_text(json.dumps({**_state(path), "time": Path(path).stat().st_mtime_ns}), encoding="utf-8")


def recorded(path) -> bool:
    """Whether there is a record of ``path``."""
    return _place(path).is_file()


def mismatch(path) -> str | None:
    """Why ``path`` is not what was written there, or None if it is."""
    try:
        expected = json.loads(_place(path).read_text(encoding="utf-8"))
        size, digest, time = expected["size"], expected["sha256"], expected.get("time")
    except FileNotFoundError:
        return "there is no record of it"
    except (OSError, ValueError, KeyError, TypeError):
        return "its record cannot be read"
    found = Path(path).stat()
    if found.st_size != size:
        return f"it has {found.st_size} bytes, and {size} were written"
    if (found.st_size <= LARGE or found.st_mtime_ns != time) and sha256(path) != digest:
        return "its bytes are not those that were written"
    return None


def sha256(path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state(path) -> dict:
    return {"size": Path(path).stat().st_size, "sha256": sha256(path)}


def _place(path) -> Path:
    path = Path(path)
    return path.parent / ".records" / f"{path.name}.json"
