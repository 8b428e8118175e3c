"""Results as files: what they hold, reading and writing, records, provenance."""

import importlib

_HOMES = {"open_results": "schurscope.store.results", "read": "schurscope.store.netcdf"}


def __getattr__(name: str):
    """Imported when it is asked for: files and records need no xarray."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOMES])
