"""What a file says of how it was made."""

import json
from importlib.metadata import version

RECORDED = ("numpy", "scipy", "torch", "numba")  # libraries whose versions are written into each file


def provenance(settings: str, code: str) -> dict:
    """The attributes that say what a file was made with: settings (JSON), code digest, library versions."""
    versions = {name: version(name).split("+")[0] for name in RECORDED}
    return {"settings": settings, "code": code, "versions": json.dumps(versions, sort_keys=True)}
