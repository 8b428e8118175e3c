"""What jobs inherit from the Snakemake process that starts them."""

import os
from pathlib import Path


def use_this_checkout() -> None:
    """Make jobs import the library that lies beside the Snakefile, whatever else is installed."""
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])


def keep_freed_memory() -> None:
    """Let jobs keep what they free (glibc): fresh memory is mapped page by page, which trials would cost each time."""
    os.environ.setdefault("MALLOC_TOP_PAD_", str(2**26))
