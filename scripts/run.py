"""Start Snakemake with the folder to itself: run.py [--resume | --orphans] [--directory FOLDER] [its arguments].

If an earlier run was killed, its locks are removed, which is safe because its kernel lock is gone. ``--resume`` first
compares every result with the record that was made when it was written, and rebuilds those that differ. ``--orphans``
lists results that the config does not ask for, and starts nothing.
"""

import argparse
import os
import sys
from pathlib import Path

from schurscope.foundations.errors import SchurscopeError
from schurscope.store import files
from schurscope.workflow import locks, progress
from schurscope.workflow.ask import ask, check_config_files

STAGES = ("networks", "trials", "schur", "ablation", "summary", "tables", "figures", "diagnostics", "trust")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], add_help=False)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--orphans", action="store_true")
    parser.add_argument("--directory", default=".")
    own, arguments = parser.parse_known_args()
    arguments = ["--directory", own.directory, *arguments]
    folder = Path(own.directory)

    if own.orphans:
        for path in orphans(folder, outputs(arguments)):
            print(path)
        return
    check_config_files(arguments)
    try:
        lock = locks.hold_run(folder)
    except SchurscopeError as mistake:
        sys.exit(str(mistake))
    if any(folder.glob(".snakemake/locks/*")):
        print("The last run did not come to its end; its locks are removed.", flush=True)
        ask(arguments, "--unlock")
    if own.resume and (damaged := removed(folder, outputs(arguments))):
        arguments += ["--forcerun", *damaged]
    progress.beside_this_process(folder, [lock])
    os.execv(sys.executable, [sys.executable, "-m", "snakemake", *arguments])


def outputs(arguments: list[str]) -> list[str]:
    """Every file that the config asks for, as Snakemake names it."""
    lines = ask(arguments, "--summary").splitlines()
    header = next(number for number, line in enumerate(lines) if line.startswith("output_file\t"))
    return [line.split("\t")[0] for line in lines[header + 1 :] if line.count("\t") == 5]


def removed(folder: Path, paths: list[str]) -> list[str]:
    """Remove the files that are not what was written into them; returns those, and says so."""
    existing = [path for path in paths if (folder / path).is_file()]
    damaged = {path: why for path in existing if (why := files.mismatch(folder / path))}
    for path, why in damaged.items():
        print(f"{path} is removed and made again: {why}")
        files.remove(folder / path)
    print(f"{len(existing) - len(damaged)} of {len(existing)} results are as they were written.", flush=True)
    return list(damaged)


def orphans(folder: Path, paths: list[str]) -> list[str]:
    """Files in the folders of ``paths`` that are not among them."""
    wanted = {(folder / path).resolve() for path in paths}
    roots = {parent for path in wanted for parent in path.parents if parent.name in STAGES}
    found = {file for root in roots for file in root.rglob("*") if file.is_file() and ".records" not in file.parts}
    return sorted(os.path.relpath(file, folder) for file in found - wanted)


if __name__ == "__main__":
    main()
