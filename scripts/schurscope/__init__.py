"""Which couplings can a trained recurrent network lose?"""

import importlib


def __getattr__(name: str):
    """``schurscope.profile``, imported when it is asked for: a job needs no more than what it imports itself."""
    if name == "profile":
        return importlib.import_module("schurscope.one_network").profile
    raise AttributeError(f"module 'schurscope' has no attribute {name!r}")
