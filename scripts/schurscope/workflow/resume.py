"""What a config asks for, compared with what is there: results that are damaged, missing, or nobody's any more."""

import os
from pathlib import Path

from schurscope.foundations.registry import REGISTRY
from schurscope.store import records
from schurscope.workflow.ask import ask

SHOWN = 8  # missing files that are named
STAGES = ("networks", "trials", "schur", "ablation", "cuts", "atlas", *REGISTRY["diagnostic"])
STAGES += ("circuit", "circuit_controls", "circuit_questions", "circuit_summary")
STAGES += ("summary", "tables", "figures", "diagnostics", "trust")


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
