"""Corpora: data files that trials come from, among them IDX files of images and labels (LeCun, Cortes & Burges).

A file may be gzipped. It is known by the SHA-256 of what it holds, unpacked, so that it is the same data either way.
What is read is kept in memory until the file is another one.
"""

import gzip
import hashlib
import math
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from schurscope.foundations.errors import SchurscopeError

BYTE = 8  # IDX's code for unsigned bytes
DIGEST = {"type": "string", "minLength": 64, "maxLength": 64}
COMMAND = "python scripts/fetch_data.py"


def lies_at(folder: str, name: str) -> Path:
    """Where a file of that name is: as it is, or with .gz; as it is where it is neither."""
    plain, packed = Path(folder, name), Path(folder, f"{name}.gz")
    return packed if packed.is_file() and not plain.is_file() else plain


def missing(files: dict[str, Path]) -> Path | None:
    """The first of ``files`` that is not there."""
    return next((path for path in files.values() if not path.is_file()), None)


def content(path: Path, digest: str | None = None) -> bytes:
    """What a file holds, unpacked. Raises SchurscopeError where it cannot be read, or has another SHA-256 than
    ``digest``.
    """
    if digest is not None and sha256(path) != digest.lower():
        raise SchurscopeError(f"{path}: its content has the SHA-256 {sha256(path)}, and {digest} is asked for")
    return _content(*_state(path))


def sha256(path: Path) -> str:
    """SHA-256 of what a file holds, in hexadecimal."""
    return _sha256(*_state(path))


def digests(files: dict[str, Path], said: dict[str, str]) -> dict[str, str]:
    """Name -> SHA-256 of every file. Raises SchurscopeError where ``said`` has another one."""
    for name, path in files.items():
        content(path, said.get(name))
    return {name: sha256(path) for name, path in files.items()}


def idx(path: Path, axes: int, digest: str | None = None) -> np.ndarray:
    """The unsigned bytes of an IDX file with so many axes, read-only. Raises SchurscopeError for any other file."""
    data = content(path, digest)
    kind, head = bytes((0, 0, BYTE, axes)), 4 + 4 * axes
    if data[:4] != kind or len(data) < head:
        raise SchurscopeError(
            f"{path}: it begins with {data[:4].hex(' ') or 'nothing'}, and an IDX file of unsigned bytes with"
            f" {axes} {'axis' if axes == 1 else 'axes'} begins with {kind.hex(' ')}"
        )
    shape = tuple(int.from_bytes(data[place : place + 4], "big") for place in range(4, head, 4))
    if len(data) != head + math.prod(shape):
        size = " x ".join(map(str, shape))
        raise SchurscopeError(f"{path}: it says that it holds {size} bytes, and there are {len(data) - head}")
    return np.frombuffer(data, dtype=np.uint8, offset=head).reshape(shape)


def _state(path: Path) -> tuple[Path, int, int]:
    try:
        found = path.stat()
    except OSError:
        raise SchurscopeError(f"{path} is not there") from None
    return path.absolute(), found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _content(path: Path, time: int, size: int) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise SchurscopeError(f"{path} cannot be read ({error})") from None


@lru_cache(maxsize=64)
def _sha256(path: Path, time: int, size: int) -> str:
    return hashlib.sha256(_content(path, time, size)).hexdigest()
