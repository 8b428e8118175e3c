"""From a checked config to the experiment's parts: which networks, in which blocks, named how, with which settings.

A block of seeds is the unit of work. Blocks are aligned (k b to k b + b - 1 for ``seeds_per_job`` b), so that more
seeds add blocks and disturb no full one. Settings are canonical JSON, exactly what a job depends on and nothing else.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Block:
    """The networks of one task x width x init whose seeds share a job. ``name``: "first-last" of the aligned range."""

    task: str
    width: int
    init: str
    name: str
    seeds: tuple[int, ...]

    def path(self, folder: str, stage: str) -> str:
        """Where a stage (networks, schur, ablation) keeps this block."""
        return f"{folder}/{stage}/{self.task}/n{self.width}/{self.init}/seeds{self.name}.nc"


def blocks_of(config: dict, label: str) -> list[Block]:
    """Every block of one task, in the order of the config."""
    task = config["tasks"][label]
    ranges = seed_blocks(config)
    return [
        Block(label, width, init, name, seeds)
        for width in task["widths"]
        for init in task["inits"]
        for name, seeds in ranges.items()
    ]


def seed_blocks(config: dict) -> dict[str, tuple[int, ...]]:
    """ "first-last" of each aligned range -> the config's seeds in it."""
    size = config["seeds_per_job"]
    ranges: dict[str, tuple[int, ...]] = {}
    for seed in sorted(config["seeds"]):
        first = seed // size * size
        name = f"{first}-{first + size - 1}"
        ranges[name] = (*ranges.get(name, ()), seed)
    return ranges


def other_blocks(config: dict) -> str | None:
    """A sentence if networks of this config lie there in blocks of another size: they will be trained again."""
    size = config["seeds_per_job"]
    found = set()
    for label in config["tasks"]:
        for block in blocks_of(config, label):
            folder = Path(block.path(config["folders"]["trained"], "networks")).parent
            for file in folder.glob("seeds*-*.nc"):
                name = re.fullmatch(r"seeds([0-9]+)-([0-9]+)", file.stem)
                if name and int(name[2]) - int(name[1]) + 1 != size:
                    found.add(int(name[2]) - int(name[1]) + 1)
    if not found:
        return None
    sizes = ", ".join(map(str, sorted(found)))
    return (
        f"seeds_per_job is {size}, but networks lie there in blocks of {sizes}: blocks of {size} that are missing"
        " will be trained, and the other files are not used"
    )


def without_memory(config: dict) -> str | None:
    """A sentence if there are networks, but not Snakemake's memory of what they were made with."""
    networks = (
        block.path(config["folders"]["trained"], "networks") for t in config["tasks"] for block in blocks_of(config, t)
    )
    if any(Path(".snakemake").glob("metadata/*")) or not any(map(os.path.exists, networks)):
        return None
    return (
        "networks lie there, but not .snakemake, Snakemake's memory of the settings that they were made with: a change"
        " of the config since then is not seen; copy .snakemake along, or use --forceall if in doubt"
    )


def canonical(settings) -> str:
    """Sorted JSON: equal settings give equal strings, whatever the order of their keys."""
    return json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)


def train_settings(config: dict, label: str, block: str) -> str:
    """What the training of a block depends on besides its task label, width and init."""
    task = config["tasks"][label]
    return canonical(
        {"seeds": seed_blocks(config)[block], "task_settings": task["settings"], "training": task["training"]}
    )


def ablate_settings(config: dict, label: str) -> str:
    """What the grid of a network depends on besides the network."""
    return canonical(config["tasks"][label]["ablation"])


def aggregate_settings(config: dict, label: str) -> str:
    """Which networks a summary is made of."""
    task = config["tasks"][label]
    return canonical(
        {"task": label, "widths": task["widths"], "inits": task["inits"], "seeds": sorted(config["seeds"])}
    )


def figure_settings(config: dict, *keys: str) -> str:
    """The figure settings that a figure uses."""
    return canonical({key: config["figures"][key] for key in ("alpha", "fragile_gap", *keys)})
