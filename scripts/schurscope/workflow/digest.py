"""What code a job rests on, as one short string that changes exactly when that code does.

Snakemake does not look into imported modules, and sees a comment as a change. The digest covers the syntax trees of a
script and of every local module that it imports, transitively, the templates and scripts of pages beside these, and the
installed versions
of the libraries that these import; docstrings, comments, log lines and the words of errors are left out. It is equal on
Python 3.11 to 3.13.
Standard library only: the Snakefile calls it.
"""

import ast
import hashlib
import json
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2]
COMPUTE_NOTHING = {  # a change there re-runs nothing
    "schurscope.foundations.registry",
    "schurscope.store.files",
    "schurscope.store.records",
    "schurscope.training.section",
    "schurscope.workflow.locks",
    "schurscope.workflow.progress",
    "threadpoolctl",
    "jsonschema",
    "yaml",
}
MEMORY = Path(".snakemake", "schurscope-code")
LOGS, ERRORS = {"log", "logging"}, {"SchurscopeError"}
PACKAGES = {"vl_convert": "vl-convert-python"}  # where a library is installed under another name than it is imported


def digest(script: str, modules=(), remember: bool = False) -> str:
    """Digest of ``scripts/<script>``, of the ``modules`` that it loads by name, and of the libraries that they use.

    ``remember``: keep what it is made of in this folder, so that it can be said later what has changed.
    """
    parts = digests(script, modules)
    value = hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()[:16]
    if remember and not (file := MEMORY / f"{value}.json").is_file():
        with suppress(OSError):  # only words are lost
            MEMORY.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(parts), encoding="utf-8")
    return value


def remembered(value: str) -> dict[str, str] | None:
    """What a digest was made of (``digests``); None where that is not known."""
    try:
        return json.loads((MEMORY / f"{value}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def digests(script: str, modules=()) -> dict[str, str]:
    """What a digest is made of: file or library -> its own digest or installed version."""
    found: dict[str, str] = {}
    _walk(SCRIPTS / script, found)
    for module in modules:
        _walk_module(module, found)
    return found


@cache
def installed(library: str) -> str:
    """The version of a library that is installed here, without the part that names its build (+cpu)."""
    try:
        return version(PACKAGES.get(library, library)).partition("+")[0]
    except PackageNotFoundError:
        return "not installed"


def _walk_module(module: str, found: dict[str, str]) -> None:
    """Digest a dotted module of the library and the packages above it."""
    for depth in range(1, module.count(".") + 2):
        name = ".".join(module.split(".")[:depth])
        path = SCRIPTS / name.replace(".", "/")
        file = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
        if file.is_file() and name not in COMPUTE_NOTHING:
            _walk(file, found)


def _walk(file: Path, found: dict[str, str]) -> None:
    key = file.relative_to(SCRIPTS).as_posix()
    if key not in found:
        found[key], local, libraries = _read(file)
        found.update({library: installed(library) for library in libraries})
        for beside in file.parent.glob(
            f"{file.stem}.*"
        ):  # the template that page.py fills is a part of it, and scripts
            if beside.suffix in (".jinja", ".js"):
                found[beside.relative_to(SCRIPTS).as_posix()] = hashlib.sha256(beside.read_bytes()).hexdigest()
        for module in local:
            _walk_module(module, found)


@cache
def _read(file: Path) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Digest of one file's syntax tree, the dotted names that it imports from here, and libraries that it imports."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    tops = {name.partition(".")[0] for name in imported}
    here = {top for top in tops if (SCRIPTS / top).is_dir() or (SCRIPTS / f"{top}.py").is_file()}
    local = tuple(name for name in imported if name.partition(".")[0] in here)
    libraries = tuple(sorted(tops - here - sys.stdlib_module_names - COMPUTE_NOTHING))
    return hashlib.sha256(_plain(tree).encode()).hexdigest(), local, libraries


def _logs(statement) -> bool:
    """Whether a statement is a line for the log: log.info(...)."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in LOGS
    )


def _plain(node) -> str:
    """A syntax tree as text, without what computes nothing, positions, and empty fields (Python versions differ)."""
    if isinstance(node, list):
        return "[" + ",".join(map(_plain, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
        return f"Call({node.func.id})"
    fields = dict(ast.iter_fields(node))
    if isinstance(fields.get("body"), list):
        fields["body"] = [statement for statement in node.body if not _logs(statement)]
    if (
        isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and ast.get_docstring(node, clean=False) is not None
    ):
        fields["body"] = fields["body"][1:]  # its docstring
    kept = ",".join(
        f"{name}={_plain(value)}"
        for name, value in sorted(fields.items())
        if value not in (None, [], ()) and name != "kind"
    )
    return f"{type(node).__name__}({kept})"
