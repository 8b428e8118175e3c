"""A file from outside as named arrays, whatever its format; whatever is wrong with it becomes one sentence.

Names, shapes and types are known before any array is read, and what would be too large is refused by them. Files are
opened in a process of their own (aside.py), whose memory and time are limited: a file may lie about its sizes, or make
a library crash or loop.
"""

import importlib
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np

from schurscope.foundations.errors import SchurscopeError, needs

FORMATS = {
    ".pt": "pt",
    ".pth": "pt",
    ".ckpt": "pt",
    ".safetensors": "safetensors",
    ".npz": "npz",
    ".nc": "nc",
    ".mat": "mat",
}
KERAS = (
    "a Keras file, which is not read; save the arrays of a SimpleRNN and its Dense: xh, hh, h, hy, y ="
    " model.get_weights(); np.savez('net.npz', W_xh=xh.T, W_hh=hh.T, b_h=h, W_hy=hy.T, b_y=y)"
)
ELSEWHERE = dict.fromkeys((".h5", ".hdf5", ".keras"), KERAS)  # ending -> what such a file is, and the line that helps
FILE_BYTES = 2**28
NUMBERS = 2**24  # of all arrays that are taken from one file: 128 MiB in float64
MOST_NAMES = 12  # in a sentence


@dataclass(frozen=True)
class Entry:
    """An array that lies in a file: its shape, and how to read it. ``problem``: why it cannot be read, in words."""

    shape: tuple[int, ...]
    load: Callable[[], np.ndarray] = lambda: np.empty(0)
    problem: str | None = None

    def __str__(self) -> str:
        return str(tuple(self.shape))


@dataclass(frozen=True)
class Contents:
    """What a file holds: arrays by name, and what it says in text or as an attribute (activation, leak)."""

    path: Path
    entries: dict[str, Entry]
    attributes: dict = field(default_factory=dict)

    def listing(self) -> str:
        """The names and shapes of the arrays, for a sentence."""
        return listed(f"{name} {entry}" for name, entry in self.entries.items()) or "no arrays"

    def read(self, names) -> dict[str, np.ndarray]:
        """The arrays of ``names`` as they are stored, real numbers only. SchurscopeError if they are too large."""
        numbers = sum(math.prod(self.entries[name].shape) for name in names)
        if numbers > NUMBERS:
            largest = max(names, key=lambda name: math.prod(self.entries[name].shape))
            raise SchurscopeError(
                f"{self.path} claims {numbers:,} numbers ({largest} has the shape {self.entries[largest]}); at most"
                f" {NUMBERS:,} are read from one file"
            )
        return {name: self._array(name) for name in names}

    def _array(self, name) -> np.ndarray:
        entry = self.entries[name]
        array = None if entry.problem else np.asarray(entry.load())
        problem = entry.problem or (None if array.dtype.kind in "fiub" else f"holds {array.dtype}, not real numbers")
        if problem:
            raise SchurscopeError(f"{self.path}: {name} {problem}")
        return array


def listed(names) -> str:
    """Names for a sentence, not more than a line or two."""
    names = [name if len(name) < 80 else f"{name[:77]}..." for name in names]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def check_path(path, where: str = "") -> Path:
    """``path`` as a Path, if a file of a known format lies there; else SchurscopeError that begins with ``where``."""
    path = Path(path)
    if path.suffix.lower() in ELSEWHERE:
        raise SchurscopeError(f"{where}{path} is {ELSEWHERE[path.suffix.lower()]}")
    if path.suffix.lower() not in FORMATS:
        raise SchurscopeError(f"{where}{path} has the ending {path.suffix!r}; allowed: {', '.join(FORMATS)}")
    try:
        if not path.is_file():
            what = "is a folder or something else that is no file" if path.exists() else "does not exist"
            raise SchurscopeError(f"{where}{path} {what}")
        size = path.stat().st_size
        with open(path, "rb") as file:
            start = file.read(64)
    except OSError as error:
        raise SchurscopeError(f"{where}{path} cannot be opened: {error.strerror}") from None
    if size == 0:
        raise SchurscopeError(f"{where}{path} is empty")
    if size > FILE_BYTES:
        raise SchurscopeError(f"{where}{path} has {size:,} bytes; at most {FILE_BYTES:,} are read")
    if start.startswith(b"version https://git-lfs"):
        raise SchurscopeError(f"{where}{path} is a Git LFS pointer, not the data itself; run git lfs pull")
    return path


def reader(path: Path) -> ModuleType:
    """The module that reads files of this ending. Raises SchurscopeError where its library is missing or broken."""
    form = path.suffix.lower()
    try:
        return importlib.import_module(f"schurscope.external.formats.{FORMATS[form]}")
    except (ImportError, OSError) as error:
        words = needs(error) if isinstance(error, ImportError) else f"fails, because a library is broken: {error}"
        raise SchurscopeError(f"{path}: reading {form} {words}") from None


@contextmanager
def opened(path: Path, seed: int | None = None) -> Iterator[Contents]:
    """What a file holds, while it is open. ``seed``: which network of a NetCDF file that holds several.

    Raises SchurscopeError that names the file, also for what happens in the body: damaged, foreign, too large.
    """
    form = path.suffix.lower()
    if seed is not None and form != ".nc":
        raise SchurscopeError(f"{path}: seed chooses among the networks of a NetCDF file; leave it out")
    module = reader(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with module.contents(path, seed) as contents:
                yield contents
    except SchurscopeError:
        raise
    except Exception as error:  # whatever a format's library raises for a file that is not what its name says
        if isinstance(error, MemoryError) or "alloc" in str(error).lower():
            raise SchurscopeError(f"{path} asks for more memory than reading a file may take") from None
        raise SchurscopeError(f"{path} cannot be read as {form}: it is truncated, damaged or something else") from None
