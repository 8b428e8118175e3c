"""Names of a package that are imported when somebody asks for them."""

import importlib
import sys


def lazily(package: str, homes: dict[str, str]):
    """(``__getattr__``, ``__dir__``) of a package whose names live in the modules ``homes`` says (name -> module)."""

    def get(name: str):
        if name in homes:
            return getattr(importlib.import_module(homes[name]), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get, lambda: sorted([*vars(sys.modules[package]), *homes])
