"""Check the config's section ``diagnostics``: each diagnostic's own settings, or null to leave it out."""

from schurscope.foundations.config_check import checked
from schurscope.foundations.defaults import DIAGNOSED
from schurscope.foundations.registry import REGISTRY
from schurscope.workflow.constants import constant

TRIALS = {"type": "integer", "minimum": 2, "maximum": 1_000_000, "default": DIAGNOSED}


def check_diagnostics(section: dict | None) -> dict:
    """``section`` with every diagnostic's defaults filled in. Raises SchurscopeError: the key and what is allowed."""
    if section is None:
        section = dict.fromkeys(REGISTRY["diagnostic"])
    properties = {"trials": TRIALS}
    for name in REGISTRY["diagnostic"]:
        own = {"type": ["object", "null"], "additionalProperties": False}
        properties[name] = own | {"properties": constant("diagnostic", name, "PROPERTIES")}
        properties[name]["default"] = constant("diagnostic", name, "USUAL", {})
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return checked(section, schema, where="config: diagnostics")


def needs_of(diagnostic: str) -> tuple[str, ...]:
    """NEEDS of a registered diagnostic's module: ("trials",) where it does not say."""
    return constant("diagnostic", diagnostic, "NEEDS", ("trials",))
