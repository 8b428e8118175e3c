"""Ask Snakemake something that starts no job, and pass a user's mistake on as one sentence."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError
from schurscope.workflow.config.yaml_text import check_yaml


def ask(arguments: list[str], *question: str) -> str:
    """What Snakemake says (standard output, then error) to ``question``, with a user's ``arguments``."""
    try:
        check_config_files(arguments)
    except SchurscopeError as mistake:
        sys.exit(str(mistake))
    done = subprocess.run([sys.executable, "-m", "snakemake", *arguments, *question], capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode:
        mistake = re.search(r"^WorkflowError.*:\n(.*)$", said, re.MULTILINE)
        sys.exit(mistake[1] if mistake else said)
    return said


def check_config_files(arguments: list[str]) -> None:
    """Raise SchurscopeError if a file after --configfile is not there, or not YAML."""
    for name in after(("--configfile", "--configfiles"), arguments):
        if not Path(name).is_file():
            raise SchurscopeError(f"the config file {name} does not exist")
        check_yaml(Path(name))


def check_profile(arguments: list[str]) -> None:
    """Raise SchurscopeError if a profile or option asks for SLURM where its plugin is not installed."""
    executors = after(("--executor", "-e"), arguments)
    for name in after(("--profile",), arguments):
        for file in (Path(name, "profile.yaml"), Path(name, "config.yaml")):
            if file.is_file():
                executors += re.findall(r"^executor: *(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    if "slurm" in executors and find_spec("snakemake_executor_plugin_slurm") is None:
        raise SchurscopeError(
            "SLURM needs a plugin of Snakemake that is not installed here: .venv/bin/pip install --constraint"
            " envs/lock.txt --editable '.[slurm]' (on the cluster only; elsewhere it slows every call of snakemake)"
        )


def after(options: tuple[str, ...], arguments: list[str]) -> list[str]:
    """The values of an option: those that stand behind it, or behind its ``=``."""
    found: list[str] = []
    taking = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument.startswith("-"):
            taking = name in options
            found += [value] if taking and equals else []
        elif taking:
            found.append(argument)
    return found
