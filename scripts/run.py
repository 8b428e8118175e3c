"""Start Snakemake with the folder to itself: run.py [--resume | --orphans] [--directory FOLDER] [its arguments].

If an earlier run was killed, its locks are removed, which is safe because its kernel lock is gone. ``--resume`` first
compares every result that the config asks for with the record that was made when it was written, and has those that
differ or are missing made again; it changes nothing itself. ``--orphans`` lists results that the config does not ask
for, and starts nothing.
"""

import argparse
import os
import sys
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError
from schurscope.store import records
from schurscope.workflow import locks, progress
from schurscope.workflow.ask import ask, check_config_files, check_profile
from schurscope.workflow.ending import STOPPED

SNAKEMAKE = (  # Ctrl-C while it starts ends it without a word; from then on the Snakefile sees to it
    "import runpy, signal; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    " runpy.run_module('snakemake', run_name='__main__', alter_sys=True)"
)
SHOWN = 8  # missing files that are named
STAGES = ("networks", "trials", "schur", "ablation", "summary", "tables", "figures", "diagnostics", "trust")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], add_help=False)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--orphans", action="store_true")
    parser.add_argument("--directory", default=".")
    own, arguments = parser.parse_known_args()
    arguments = ["--directory", own.directory, *arguments]
    folder = Path(own.directory)
    try:
        check_config_files(arguments)
        check_profile(arguments)
        if own.orphans:
            for path in orphans(folder, asked_for(arguments)):
                print(path)
            return
        lock = locks.hold_run(folder)
    except SchurscopeError as mistake:
        sys.exit(str(mistake))
    if any(folder.glob(".snakemake/locks/*")):
        print("The last run did not come to its end; its locks are removed.", flush=True)
        ask(arguments, "--unlock")
    if own.resume and (again := to_make_again(folder, asked_for(arguments))):
        arguments += ["--forcerun", *again]
    progress.beside_this_process(folder, [lock])
    os.execv(sys.executable, [sys.executable, "-c", SNAKEMAKE, *arguments])


def asked_for(arguments: list[str]) -> dict[str, bool]:
    """Every file that the config asks for, as Snakemake names it -> whether Snakemake itself would make it."""
    lines = ask(arguments, "--summary").splitlines()
    header = next(number for number, line in enumerate(lines) if line.startswith("output_file\t"))
    rows = [line.split("\t") for line in lines[header + 1 :] if line.count("\t") == 5]
    return {row[0]: row[-1] != "no update" for row in rows}


def to_make_again(folder: Path, paths: dict[str, bool]) -> list[str]:
    """The files that are not what was written into them, and those that are missing and that Snakemake does not miss.

    Says how many there are of each. What is damaged stays where it is until its job begins.
    """
    there = [path for path in paths if (folder / path).is_file()]
    damaged = {path: why for path in there if (why := records.mismatch(folder / path))}
    for path, why in damaged.items():
        print(f"{path} is to be made again: {why}")
    missing = [path for path in paths if path not in there]
    for path in missing[:SHOWN] if len(there) > len(missing) else []:
        print(f"{path} is missing")
    counts = [f"{len(there) - len(damaged)} of {len(paths)} results are as they were written"]
    for some, word in ((damaged, "damaged"), (missing, "missing")):
        counts += [f"{len(some)} of {len(paths)} {'is' if len(some) == 1 else 'are'} {word}"] if some else []
    print("; ".join(counts) + ".", flush=True)
    return [*damaged, *(path for path in missing if not paths[path])]


def orphans(folder: Path, paths) -> list[str]:
    """Files in the folders of ``paths`` that are not among them."""
    wanted = {(folder / path).resolve() for path in paths}
    roots = {parent for path in wanted for parent in path.parents if parent.name in STAGES}
    found = {file for root in roots for file in root.rglob("*") if file.is_file() and ".records" not in file.parts}
    return sorted(os.path.relpath(file, folder) for file in found - wanted)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(f"\n{STOPPED}")
