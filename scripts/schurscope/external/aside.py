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
BEGUN = "begun"  # a file that says: what goes wrong from here on is the file's
SCRIPTS = Path(__file__).resolve().parents[2]
START = "import sys; sys.path.insert(0, sys.argv[1]); from schurscope.external.aside import serve; serve()"


def aside(function: str, path, *arguments) -> tuple[dict[str, np.ndarray], dict]:
    """(arrays, notes) from "module:name" of this package, called with ``path`` and plain arguments in a new process.

    Raises SchurscopeError: the function's own, or that the file made the process crash or take too long.
    """
    path = check_path(path)
    with tempfile.TemporaryDirectory() as folder:
        task = json.dumps({"function": function, "path": os.fspath(path), "arguments": arguments, "folder": folder})
        command = [sys.executable, "-B", "-c", START, str(SCRIPTS)]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        try:
            done = subprocess.run(command, input=task, capture_output=True, text=True, timeout=SECONDS, env=environment)
        except subprocess.TimeoutExpired:
            raise SchurscopeError(
                f"{path} takes more than {SECONDS} s to read; it is damaged or not made for this"
            ) from None
        except ValueError:  # a name that is no text
            raise SchurscopeError(f"{path!r} is not a name that a file can be read by") from None
        answer = Path(folder, "answer.json")
        if not answer.is_file() and not Path(folder, BEGUN).is_file():
            said = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
            raise SchurscopeError(f"{path} is not read: the process that reads files cannot start here ({said[0]})")
        if not answer.is_file():
            raise SchurscopeError(f"{path} cannot be read: it is damaged so that reading it crashes")
        answer = json.loads(answer.read_text(encoding="utf-8"))
        if "sentence" in answer:
            raise SchurscopeError(answer["sentence"])
        arrays = {}
        if answer["arrays"]:
            with np.load(Path(folder, "arrays.npz"), allow_pickle=False) as stored:
                arrays = {name: stored[f"a{i}"] for i, name in enumerate(answer["arrays"])}
        return arrays, answer["notes"]


def serve() -> None:
    """The other process: do the task from standard input, and leave the answer in its folder."""
    import importlib

    task = json.load(sys.stdin)
    module, _, name = task["function"].partition(":")
    function = getattr(importlib.import_module(f"schurscope.external.{module}"), name)
    path = Path(task["path"])
    try:
        reader(path)  # before the limit: the memory of a library does not count
        Path(task["folder"], BEGUN).touch()
        limit_memory()
        arrays, notes = function(path, *task["arguments"])
        np.savez(Path(task["folder"], "arrays.npz"), **{f"a{i}": array for i, array in enumerate(arrays.values())})
        answer = {"arrays": list(arrays), "notes": notes}
    except SchurscopeError as mistake:
        answer = {"sentence": str(mistake)}
    except MemoryError:
        answer = {"sentence": f"{path} asks for more memory than reading a file may take"}
    Path(task["folder"], "answer.json").write_text(json.dumps(answer), encoding="utf-8")


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
