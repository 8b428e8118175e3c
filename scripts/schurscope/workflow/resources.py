"""What a job may take: minutes and megabytes for a scheduler, on the safe side, growing with the work.

From the number of products that the work has, at a rate that a slow core or a busy GPU still reaches, and from the
arrays that are in memory at once. Each attempt after a failure asks for that much memory again on top.
"""

import math
import os

from schurscope.tasks import make_task

CORE, GPU = 5e9, 1e12  # floating-point operations a second
LAUNCH = 0.02  # seconds an update on a GPU takes at least
PYTHON, CUDA = 1000, 4000  # megabytes of a process with its libraries, and of CUDA's
START = 10  # minutes
ROWS, MATRIX = 4096, 8192  # of a circuit's model: outputs at most, and couplings that are weighed together


def training(settings: dict, training: dict, width: int, networks: int) -> tuple[int, int]:
    """(minutes, megabytes) for a block; ``settings``, ``training`` as the plan has them for a task."""
    task = make_task(settings)
    one = task.validation(1)
    (_, steps, inputs), outputs = one.inputs.shape, one.targets.shape[2]
    horizon = training.get("horizon")
    trained = steps if horizon is None else min(steps, max(horizon if isinstance(horizon, list) else [horizon]) + 64)
    flop = 6 * training["batch"] * width * (width + inputs + outputs) * trained
    updates = training["updates"]
    checks = 1 + updates // training["check_every"]
    scored = checks * 2 * training["validation_trials"] * steps * width * (width + inputs + outputs)
    cuda = training.get("device") == "cuda"
    if cuda:
        seconds = updates * (LAUNCH + networks * flop / GPU) + networks * scored / GPU
    else:
        seconds = networks * (updates * (flop / CORE + 1e-3) + scored / CORE)
    arrays = 8 * training["validation_trials"] * steps * (3 * inputs + 6 * outputs)
    arrays += 6 * training["batch"] * trained * (2 * width + 3 * inputs + 6 * outputs) * 8
    arrays += networks * (16 * updates + 100 * width * (width + inputs + outputs))
    return START + math.ceil(seconds / 60), PYTHON + cuda * CUDA + math.ceil(arrays / 1e6)


def decomposition(width: int, networks: int) -> tuple[int, int]:
    """(minutes, megabytes) for the Schur forms of a block."""
    seconds = networks * (width**3 * 200 / CORE + width**2 * 1e-4)
    return START + math.ceil(seconds / 60), PYTHON + math.ceil((80 * width**2 + networks * 32 * width**2) / 1e6)


def ablation(settings: dict, ablation: dict, width: int, networks: int) -> tuple[int, int]:
    """(minutes, megabytes) for the grid of a block."""
    task = make_task(settings)
    one = task.validation(1)
    (_, steps, inputs), outputs = one.inputs.shape, one.targets.shape[2]
    entries = ablation["trials"] * steps
    flop = 8 * len(ablation["alphas"]) * 2 * entries * (width + outputs) * (width + inputs)
    arrays = 8 * entries * (3 * inputs + 10 * outputs) + networks * 40 * width**2
    return START + math.ceil(networks * flop / CORE / 60), PYTHON + math.ceil(arrays / 1e6)


def cuts(settings: dict, trials: int, width: int, networks: int) -> tuple[int, int]:
    """(minutes, megabytes) for the scores of a block at every cut: six rollouts for each of at most ``width`` cuts."""
    task = make_task(settings)
    one = task.validation(1)
    (_, steps, inputs), outputs = one.inputs.shape, one.targets.shape[2]
    flop = 6 * width * 2 * trials * steps * (width + outputs) * (width + inputs)
    arrays = 8 * trials * steps * (3 * inputs + 10 * outputs) + networks * 100 * width**2
    return START + math.ceil(networks * flop / CORE / 60), PYTHON + math.ceil(arrays / 1e6)


def circuits(settings: dict, circuits: dict, width: int, networks: int, every: bool = False) -> tuple[int, int]:
    """(minutes, megabytes) for the atlas of a block, or for its circuits: the longer of the two.

    ``every``: in coordinates in which every entry may go.
    """
    one = make_task(settings).validation(1)
    (_, steps, inputs), scored = one.inputs.shape, int(one.mask.sum())
    units = width**2 if every else width * (width - 1) // 2
    rollouts = width * (width - 1) * circuits["atlas_trials"] * steps * width * (width + inputs)
    rows = min(ROWS, scored * max(circuits["selection"], circuits["guard"]))
    models = 20 * len(circuits["epsilons"]) * (1 + units / 5000)
    work = max(rollouts, models * rows * (8 * steps * width**2 + 150 * units))
    megabytes = (5 * rows * units + 4 * MATRIX**2 + 8 * circuits["trials"] * steps * (6 * inputs + 20)) / 1e6
    return START + math.ceil(networks * work / CORE / 60), PYTHON + math.ceil(megabytes)


def imported(network: dict) -> tuple[int, int]:
    """(minutes, megabytes) for any job of a network from elsewhere, by the sizes of its files."""
    numbers = sum(os.path.getsize(network[name]) for name in ("weights", "trials") if name in network) / 4
    return START + math.ceil(numbers / 1e6), PYTHON + math.ceil(60 * numbers / 1e6)


def analysis(settings: dict, diagnostics: dict, width: int, networks: int) -> tuple[int, int]:
    """(minutes, megabytes) for the diagnostics of a block: a few hundred rollouts of each network, draws included."""
    trials = diagnostics["trials"]
    _, steps, inputs = make_task(settings).validation(1).inputs.shape
    draws = sum(own.get("draws", 0) * 9 for own in diagnostics.values() if isinstance(own, dict))
    flop = (draws + 100) * 2 * trials * steps * width * (width + inputs)
    arrays = 8 * trials * steps * (6 * width + 20 * inputs) + networks * 100 * width**2
    return START + math.ceil(networks * flop / CORE / 60), PYTHON + math.ceil(arrays / 1e6)
