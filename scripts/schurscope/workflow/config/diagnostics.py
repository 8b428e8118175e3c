"""Check the config's section ``diagnostics``: each diagnostic's own settings, or null to leave it out."""

import ast
from functools import cache
from pathlib import Path

from schurscope.foundations import registry
from schurscope.foundations.config_check import checked
from schurscope.foundations.defaults import DIAGNOSED
from schurscope.foundations.registry import REGISTRY

SCRIPTS = Path(__file__).resolve().parents[3]
TRIALS = {"type": "integer", "minimum": 2, "maximum": 1_000_000, "default": DIAGNOSED}


def check_diagnostics(section: dict | None) -> dict:
    """``section`` with every diagnostic's defaults filled in. Raises SchurscopeError: the key and what is allowed."""
    if section is None:
        section = dict.fromkeys(REGISTRY["diagnostic"])
    properties = {"trials": TRIALS}
    for name, module in REGISTRY["diagnostic"].items():
        own = {"type": ["object", "null"], "additionalProperties": False, "properties": properties_of(module)}
        properties[name] = own | {"default": {}}
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return checked(section, schema, where="config: diagnostics")


def properties_of(module: str) -> dict:
    """PROPERTIES of a diagnostic's module."""
    return _constant(module, "PROPERTIES")


@cache
def needs_of(diagnostic: str) -> tuple[str, ...]:
    """NEEDS of a registered diagnostic's module: ("trials",) where it does not say."""
    return _constant(registry.module_name("diagnostic", diagnostic), "NEEDS", ("trials",))


def _constant(module: str, name: str, default=None):
    """A constant of a module, read without importing it (and SciPy with it)."""
    file = SCRIPTS.joinpath(*module.split(".")).with_suffix(".py")
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return ast.literal_eval(node.value)
    assert default is not None, f"{file} has no {name}"
    return default
