"""Say in words what a run would do and why: why.py [Snakemake's arguments]. Starts nothing.

Snakemake gives each job a reason; here jobs of one rule with one reason share a line, and of changed settings
only those that differ are shown.
"""

import json
import re
import sys

from schurscope.workflow.ask import ask

SHOWN = 8  # jobs with one reason
PARAMS = "Params have changed since last execution: "


def main() -> None:
    said = ask(sys.argv[1:], "--dry-run", "--cores", "1")
    jobs = re.findall(r"^Job \d+: (.*)\nReason: (.*)$", said, re.MULTILINE)
    if not jobs:
        print("Nothing would run: every result is there, made with these settings and this code.")
    grouped: dict[str, list[str]] = {}
    for message, reason in jobs:
        grouped.setdefault(in_words(reason), []).append(message.partition(" (progress:")[0])
    for reason, messages in grouped.items():
        print(f"{reason}:")
        for message in sorted(messages)[:SHOWN]:
            print(f"    {message}")
        if len(messages) > SHOWN:
            print(f"    ... and {len(messages) - SHOWN} more")


def in_words(reason: str) -> str:
    """One of Snakemake's reasons, for a researcher."""
    kind, _, rest = reason.partition(": ")
    if reason.startswith(PARAMS):
        return changed(reason.removeprefix(PARAMS))
    if kind == "Missing output files":
        return "Not there yet"
    if kind in (
        "Input files updated by another job",
        "Updated input files",
        "Set of input files has changed since last execution",
    ):
        return "Made from what is new or changed"
    if kind == "Code has changed since last execution":
        return "The rule has changed"
    return reason


def changed(text: str) -> str:
    """What differs between the settings and code digests before and now."""
    before, now = (
        [json.loads(one) if one[0] in "{[" else one for one in quoted(part)]
        for part in re.split(" now: ", text, maxsplit=1)
    )
    found = []
    if any(isinstance(one, str) for one in [*before, *now]):
        found.append("the code that it rests on, or a pinned library")
    old, new = ([one for one in side if not isinstance(one, str)] for side in (before, now))
    if old and new:
        found += differences(old[0], new[0])
    return "Changed: " + "; ".join(found or ["the settings"])


def quoted(text: str) -> list[str]:
    """The strings in single quotes."""
    return re.findall(r"'([^']*)'", text)


def differences(old, new, where: str = "") -> list[str]:
    """Every place where two settings differ: key: old -> new."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted(old.keys() | new.keys())
        return [
            line for key in keys for line in differences(old.get(key), new.get(key), f"{where}.{key}" if where else key)
        ]
    shown = ("nothing" if value is None else json.dumps(value) for value in (old, new))
    return [] if old == new else [f"{where}: {' -> '.join(shown)}"]


if __name__ == "__main__":
    main()
