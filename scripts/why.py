"""Say in words what a run would do and why: why.py [Snakemake's arguments]. Starts nothing.

Snakemake gives each job a reason; here jobs of one rule with one reason share a line, and of changed settings
only those that differ are shown.
"""

import ast
import json
import re
import sys

from schurscope.workflow.ask import ask
from schurscope.workflow.digest import remembered

SHOWN = 8  # jobs with one reason
PARAMS = "Params have changed since last execution: "
TEXT = r"'(?:[^'\\]|\\.)*'" + r'|"(?:[^"\\]|\\.)*"'
DIGEST = r"\b[0-9a-f]{16}\b"  # one, or several with a name each: "order:0123... cut:4567..."
FOLLOWS = ("Input files updated by another job", "Updated input files", "Set of input files has changed")


def main() -> None:
    said = ask(sys.argv[1:], "--dry-run", "--cores", "1")
    for note in dict.fromkeys(re.findall(r"^Note: .*$", said, re.MULTILINE)):
        print(note)
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
    """One of Snakemake's reasons, for a researcher; of several, the first cause."""
    if "Missing output files" in reason:
        return "Not there yet"
    if "Incomplete output files" in reason:
        return "Begun before and not finished"
    if PARAMS in reason:
        return changed(reason.partition(PARAMS)[2])
    if any(words in reason for words in FOLLOWS):
        return "Made from what is new or changed"
    if "Code has changed" in reason:
        return "The rule has changed"
    return reason


def changed(text: str) -> str:
    """What differs between the settings and code digests before and now."""
    before, now = sides(text)
    found = []
    old, new = ({one for one in side if not isinstance(one, dict)} for side in (before, now))
    if old or new:
        found.append(code(old, new))
    old, new = ([one for one in side if isinstance(one, dict)] for side in (before, now))
    if old and new:
        found += differences(old[0], new[0])
    return "Changed: " + "; ".join(found or ["the settings"])


def sides(text: str) -> tuple[list, list]:
    """The parameters before and now: settings as dicts, digests as text. Snakemake writes them as Python would."""
    found: tuple[list, list] = ([], [])
    side = 0
    for part in re.findall(rf"{TEXT}| now: ", text):
        if part == " now: ":
            side = 1
            continue
        value = ast.literal_eval(part)
        found[side].append(json.loads(value) if value[:1] in ("{", "[") else value)
    return found


def code(old: set, new: set) -> str:
    """Which modules and libraries differ between digests, where it is known what they were made of."""
    old, new = (set(re.findall(DIGEST, " ".join(side))) for side in (old, new))
    parts = [[made for digest in some if (made := remembered(digest))] for some in (old - new, new - old)]
    if [] in parts:
        return "the code that it rests on, or a library"
    before, now = ({name: value for made in side for name, value in made.items()} for side in parts)
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    modules = [name for name in names if name.endswith((".py", ".jinja"))]
    libraries = [
        f"{name} {before.get(name, 'not used')} -> {now.get(name, 'not used')}" for name in names if name not in modules
    ]
    return f"the code ({', '.join([*modules, *libraries])})"


def differences(old, new, where: str = "") -> list[str]:
    """Every place where two settings differ: key: old -> new."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted(old.keys() | new.keys())
        return [
            line for key in keys for line in differences(old.get(key), new.get(key), f"{where}.{key}" if where else key)
        ]
    return [] if old == new else [f"{where}: {shown(old)} -> {shown(new)}"]


def shown(value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(item)}" for key, item in value.items()) or "an empty section"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "an empty list"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
