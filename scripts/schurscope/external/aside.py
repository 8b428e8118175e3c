"""Read a file in a process of its own: what makes a library crash, loop or ask for memory costs a sentence, no more."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from schurscope.external.contents import check_path, reader
from schurscope.foundations.errors import SchurscopeError

EXTRA_MEMORY = 640 * 2**20  # bytes that reading may add to the process
SECONDS = 60
MANY = 100  # files for one process at the most
BEGUN = "begun"  # a file that says: what goes wrong from here on is the file's
SCRIPTS = Path(__file__).resolve().parents[2]
START = "import sys; sys.path.insert(0, sys.argv[1]); from schurscope.external.aside import serve; serve()"


def aside(function: str, path, *arguments) -> tuple[dict[str, np.ndarray], dict]:
    """(arrays, notes) from "module:name" of this package, called with ``path`` and plain arguments in a new process.

    Raises SchurscopeError: the function's own, or that the file made the process crash or take too long.
    """
    (found,) = asides(function, [path], *arguments)
    if isinstance(found, SchurscopeError):
        raise found
    return found


def asides(function: str, paths, *arguments) -> list[tuple[dict[str, np.ndarray], dict] | SchurscopeError]:
    """The same for many files, in as few processes as will do; what cannot be read is an error in its place."""
    paths, found = list(paths), []
    while len(found) < len(paths):
        found += _some(function, paths[len(found) : len(found) + MANY], arguments)
    return found


def _some(function: str, paths: list, arguments) -> list:
    """What one process makes of the first of ``paths``, and of as many more as it gets through."""
    try:
        check_path(paths[0])
    except SchurscopeError as mistake:
        return [mistake]
    with tempfile.TemporaryDirectory() as folder:
        names = [os.fspath(path) for path in paths]
        task = json.dumps({"function": function, "paths": names, "arguments": arguments, "folder": folder})
        command = [sys.executable, "-B", "-c", START, str(SCRIPTS)]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        said, late = "", False
        try:
            done = subprocess.run(command, input=task, capture_output=True, text=True, timeout=SECONDS, env=environment)
            said = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        except subprocess.TimeoutExpired:
            late = True
        except ValueError:  # a name that is no text
            return [SchurscopeError(f"{paths[0]!r} is not a name that a file can be read by")]
        answers = [answer for number in range(len(paths)) if (answer := _answer(Path(folder), number)) is not None]
        if answers:
            return answers
        if late:
            words = f"{paths[0]} takes more than {SECONDS} s to read; it is damaged or not made for this"
        elif Path(folder, BEGUN).is_file():
            words = f"{paths[0]} cannot be read: it is damaged so that reading it crashes"
        else:
            words = f"{paths[0]} is not read: the process that reads files cannot start here ({said})"
        return [SchurscopeError(words)]


def _answer(folder: Path, number: int):
    """(arrays, notes) or the error that the process left for one file; None if it did not get through it."""
    place = folder / f"{number}.json"
    if not place.is_file():
        return None
    answer = json.loads(place.read_text(encoding="utf-8"))
    if "sentence" in answer:
        return SchurscopeError(answer["sentence"])
    with np.load(folder / f"{number}.npz", allow_pickle=False) as stored:
        return {name: stored[f"a{i}"] for i, name in enumerate(answer["arrays"])}, answer["notes"]


def serve() -> None:
    """The other process: do the task from standard input, file by file, and leave each answer in its folder."""
    import importlib

    task = json.load(sys.stdin)
    folder = Path(task["folder"])
    module, _, name = task["function"].partition(":")
    function = getattr(importlib.import_module(f"schurscope.external.{module}"), name)
    for number, path in enumerate(map(Path, task["paths"])):
        try:
            reader(check_path(path))  # before the limit: the memory of a library does not count
            if number == 0:
                (folder / BEGUN).touch()
                limit_memory()
            arrays, notes = function(path, *task["arguments"])
            np.savez(folder / f"{number}.npz", **{f"a{i}": array for i, array in enumerate(arrays.values())})
            answer = {"arrays": list(arrays), "notes": notes}
        except SchurscopeError as mistake:
            answer = {"sentence": str(mistake)}
        except MemoryError:
            answer = {"sentence": f"{path} asks for more memory than reading a file may take"}
        part = folder / "part"
        part.write_text(json.dumps(answer), encoding="utf-8")
        part.rename(folder / f"{number}.json")  # whole, or not there


def limit_memory() -> None:
    """Let this process grow by EXTRA_MEMORY at most, and use SECONDS of a core, where the system can do that."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + EXTRA_MEMORY, now + EXTRA_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return
