"""What a registered module says of itself, read without importing it (and SciPy or Altair with it)."""

import ast
from functools import cache
from pathlib import Path

from schurscope.foundations import registry

SCRIPTS = Path(__file__).resolve().parents[2]


def constant(kind: str, name: str, constant: str, default=None):
    """A constant of the module behind a registered name; ``default`` where it has none."""
    return constants(registry.module_name(kind, name)).get(constant, default)


@cache
def constants(module: str) -> dict:
    """Name -> value of what stands at the top of a module as a plain value: text, numbers, lists and dicts of these."""
    found = {}
    for node in ast.parse(SCRIPTS.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found
