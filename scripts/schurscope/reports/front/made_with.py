"""With which versions results were made: what their files say of themselves."""

import json
import platform

import schurscope


def made_with(datasets) -> list[tuple[str, str]]:
    """(library, version) of schurscope, Python as it is here, and each library that the files name; all that differ."""
    found: dict[str, dict[str, int]] = {}
    for dataset in datasets:
        for name, version in json.loads(dataset.attrs.get("versions", "{}")).items():
            counts = found.setdefault(name, {})
            counts[version] = counts.get(version, 0) + 1
    here = [("schurscope", schurscope.__version__), ("Python, which wrote this page", platform.python_version())]
    return here + [(name, _said(counts)) for name, counts in sorted(found.items())]


def _said(counts: dict[str, int]) -> str:
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{version} ({n} files)" for version, n in sorted(counts.items()))
