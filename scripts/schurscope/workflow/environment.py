"""What jobs inherit from the Snakemake process that starts them."""

import os
from pathlib import Path


def use_this_checkout() -> None:
    """Make jobs import the library that lies beside the Snakefile, whatever else is installed."""
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
