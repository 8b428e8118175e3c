"""What jobs inherit from the Snakemake process that starts them: environment variables, set before NumPy is loaded."""

import os
from pathlib import Path

CHOICE, OURS = "OPENBLAS_CORETYPE", "SCHURSCOPE_CORETYPE"
NEEDED = {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"}


def use_this_checkout() -> None:
    """Make jobs import the library that lies beside the Snakefile, whatever else is installed."""
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)


def choose_openblas_kernels(cpuinfo: str | None = None) -> None:
    """Let OpenBLAS use the AVX-512 units of AMD processors that it does not recognise.

    OpenBLAS 0.3.31 (in NumPy 2.4 and SciPy 1.17) takes a Zen 5 for a Haswell, and small products take up to twice the
    time. Where it recognises the processor, or the user has chosen, nothing is changed. A cluster job inherits the
    login node's environment, so what was set here before is decided anew.
    """
    if os.environ.get(CHOICE) != os.environ.get(OURS):
        return
    for name in (CHOICE, OURS):
        os.environ.pop(name, None)
    if cpuinfo is None:
        file = Path("/proc/cpuinfo")
        cpuinfo = file.read_text(encoding="utf-8") if file.is_file() else ""
    if "AuthenticAMD" in cpuinfo and set(cpuinfo.split()) >= NEEDED:
        os.environ[CHOICE] = os.environ[OURS] = "SkylakeX"
