"""Which couplings can a trained recurrent network lose?"""

import importlib

__version__ = "0.1.0"
_HOMES = {"profile": "schurscope.one_network", "read_network": "schurscope.external.network"}
__all__ = [*_HOMES]


def __getattr__(name: str):
    """Imported when it is asked for: a job needs no more than what it imports itself."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'schurscope' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOMES])
