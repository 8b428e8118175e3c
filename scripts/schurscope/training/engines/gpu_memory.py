"""How many networks of one shape fit into a GPU's memory at once."""

import sys

import torch

from schurscope.cells import TANH
from schurscope.foundations.errors import NO_GPU, SchurscopeError

DRAWN = {"cuda": 2**30}  # bytes that the drawing of trials of more than one update may take
DRAWN_ELSEWHERE = 2**26
MOST = 16  # updates whose trials are drawn at once: more would no longer be felt
RESERVED = 2**31 + DRAWN["cuda"]  # bytes left to scoring, to the libraries, and to that


def networks_at_once(task, width: int, training: dict) -> int:
    """How many networks a group may have: on a GPU what fits into its free memory, else any number.

    Raises SchurscopeError if there is no GPU, or not room for one network.
    """
    if training["device"] != "cuda":
        return sys.maxsize
    if not torch.cuda.is_available():
        raise SchurscopeError(NO_GPU)
    torch.cuda.empty_cache()
    free = torch.cuda.mem_get_info()[0]
    horizon = training.get("horizon")
    longest = max(horizon) if isinstance(horizon, list) else horizon
    hidden = 3 if training.get("cell", TANH) == TANH else 4
    each = bytes_of_one(task.trials(0, 0, training["batch"], longest), width, hidden)
    if free - RESERVED < each:
        raise SchurscopeError(
            f"width {width} with a batch of {training['batch']} needs {(each + RESERVED) / 1e9:.1f} GB of GPU memory,"
            f" and {free / 1e9:.1f} GB are free; the largest batch that fits is"
            f" {max(0, int(training['batch'] * (free - RESERVED) / each))}"
        )
    return (free - RESERVED) // each


def bytes_of_one(trials, width: int, hidden: int = 3) -> int:
    """GPU memory that training takes for each network: an upper bound from the arrays of one update.

    ``hidden``: arrays of the size of all states (h, d, what the products of the gradient are made of; z but for tanh).
    """
    batch, steps, inputs = trials.inputs.shape
    outputs = trials.targets.shape[2]
    hidden = hidden * steps * batch * width * 4
    parameters = 12 * width * (width + inputs + outputs) * 4
    return hidden + _drawing(trials) + parameters


def updates_at_once(trials, networks: int, device: str) -> int:
    """How many updates' trials of so many networks are drawn at once: a GPU's time for one is that of its launches."""
    return max(1, min(MOST, DRAWN.get(device, DRAWN_ELSEWHERE) // (networks * _drawing(trials))))


def _drawing(trials) -> int:
    """Bytes that the drawing of one network's trials for an update takes: random numbers, and what is made of them."""
    batch, steps, inputs = trials.inputs.shape
    return 24 * steps * batch * max(inputs, trials.targets.shape[2]) * 8
