"""What a file says of how it was made."""

import json
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

RECORDED = ("numpy", "scipy", "torch", "numba")  # libraries whose versions are written into each file


def provenance(settings: str, code: str) -> dict:
    """The attributes that say what a file was made with: settings (JSON), code digest, installed versions."""
    versions = {}
    for name in RECORDED:
        with suppress(PackageNotFoundError):
            versions[name] = version(name).partition("+")[0]
    return {"settings": settings, "code": code, "versions": json.dumps(versions, sort_keys=True)}
