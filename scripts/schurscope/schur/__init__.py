"""The ordered real Schur form, and where alpha cuts it."""

import importlib

_HOMES = dict.fromkeys(("SECTORS", "SchurForm", "ordered_schur", "stored_form"), "schurscope.schur.form")


def __getattr__(name: str):
    """Imported when it is asked for: alpha needs no SciPy."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOMES])
