"""What code a job rests on, as one short string that changes exactly when that code does.

Snakemake does not look into imported modules, and sees a comment as a change. The digest covers the syntax trees of a
script and of every local module that it imports, transitively, without docstrings and comments, and the pinned
versions of the numerical libraries. It is equal on Python 3.11 to 3.13. Standard library only: the Snakefile calls
it.
"""

import ast
import hashlib
import tomllib
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2]
PYPROJECT = SCRIPTS.parent / "pyproject.toml"
COMPUTE_NOTHING = {  # a change there re-runs nothing
    "schurscope.foundations.registry",
    "schurscope.store.files",
    "schurscope.workflow.locks",
}


def digest(script: str, modules=(), libraries=()) -> str:
    """Digest of ``scripts/<script>``, of the ``modules`` that it loads by name, and of the pins of ``libraries``."""
    found: dict[str, str] = {}
    _walk(SCRIPTS / script, found)
    for module in modules:
        _walk_module(module, found)
    pins = {name: pin for name, pin in pinned().items() if name in libraries}
    text = repr((sorted(found.items()), sorted(pins.items())))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def pinned() -> dict[str, str]:
    """Library name (lower case) -> version, as pinned in pyproject.toml."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return {name.lower(): version for name, _, version in (line.partition("==") for line in project["dependencies"])}


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
        found[key], imported = _read(file)
        for module in imported:
            _walk_module(module, found)


@cache
def _read(file: Path) -> tuple[str, tuple[str, ...]]:
    """Digest of one file's syntax tree, and the dotted names that it imports."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    local = tuple(
        name for name in imported if (SCRIPTS / name.partition(".")[0]).exists() or (SCRIPTS / f"{name}.py").exists()
    )
    return hashlib.sha256(_plain(tree).encode()).hexdigest(), local


def _plain(node) -> str:
    """A syntax tree as text, without docstrings, positions and empty fields (which differ between Python versions)."""
    if isinstance(node, list):
        return "[" + ",".join(map(_plain, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if (
        isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and ast.get_docstring(node, clean=False) is not None
    ):
        fields["body"] = fields["body"][1:]
    kept = ",".join(
        f"{name}={_plain(value)}"
        for name, value in sorted(fields.items())
        if value not in (None, [], ()) and name != "kind"
    )
    return f"{type(node).__name__}({kept})"
