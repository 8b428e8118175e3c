"""One text for equal settings: Snakemake compares the texts that its jobs were given, and files carry them."""

import json


def canonical(settings) -> str:
    """Sorted JSON: equal settings give equal strings, whatever the order of their keys."""
    return json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
