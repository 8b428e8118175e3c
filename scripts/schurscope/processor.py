"""Let OpenBLAS use the AVX-512 units of AMD processors that it does not recognise.

OpenBLAS 0.3.31 (in NumPy 2.4 and SciPy 1.17) takes a Zen 5 for a Haswell, and small products take twice the time. The
choice can be named in the environment, before NumPy is loaded. Where it recognises the processor nothing is changed.
"""

import os
from pathlib import Path

CHOICE, OURS = "OPENBLAS_CORETYPE", "SCHURSCOPE_CORETYPE"
NEEDED = {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"}


def choose_openblas_kernels(cpuinfo: str | None = None) -> None:
    """Set the environment for processes to come, for this processor; a user's own choice is left alone.

    A cluster job inherits the login node's environment, so what was set here before is decided anew.
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
