"""Ask Snakemake something that starts no job, and pass a user's mistake on as one sentence."""

import re
import subprocess
import sys
from pathlib import Path


def ask(arguments: list[str], *question: str) -> str:
    """What Snakemake says (standard output, then error) to ``question``, with a user's ``arguments``."""
    check_config_files(arguments)
    done = subprocess.run([sys.executable, "-m", "snakemake", *arguments, *question], capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode:
        mistake = re.search(r"^WorkflowError.*:\n(.*)$", said, re.MULTILINE)
        sys.exit(mistake[1] if mistake else said)
    return said


def check_config_files(arguments: list[str]) -> None:
    """Exit with a sentence if a file after --configfile is not there."""
    if "--configfile" in arguments:
        for name in arguments[arguments.index("--configfile") + 1 :]:
            if name.startswith("-"):
                break
            if not Path(name).is_file():
                sys.exit(f"the config file {name} does not exist")
