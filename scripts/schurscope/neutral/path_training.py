"""Train a model on circle_path by AdamW in float32, as Mo 2026 does; the network that validates best is kept.

Networks of several seeds are trained side by side, a first axis of every array: one such network leaves a core idle
between its many small products.
"""

from dataclasses import dataclass

import numpy as np
import torch

from schurscope.foundations.streams import stream
from schurscope.metrics.circular_rmse import circular_rmse
from schurscope.neutral.path_models import answers
from schurscope.neutral.path_trials import FULL, Paths, fixed_paths, training_paths

BATCH, CLIP, WEIGHT_DECAY = 64, 1.0, 1e-5
RATES = {"equivariant": 3e-3, "free": 3e-3, "broken": 3e-3}
RATE = 2e-3  # of the baselines
LOOKS, VALIDATION = 12, 256  # looks at the validation trials beside the first, and how many trials these are


@dataclass(frozen=True)
class TrainedPath:
    """``parameters``: name -> float32 array of the best look; ``loss`` (update,): mean squared error between unit
    vectors, before each update; ``validation`` (look,): circular RMSE, rad, and ``looked`` (look,): after how many
    updates; ``untrained``: name -> array before the first."""

    parameters: dict[str, np.ndarray]
    loss: np.ndarray
    validation: np.ndarray
    looked: np.ndarray
    untrained: dict[str, np.ndarray]


def train(
    name: str,
    model,
    seeds: list[int],
    steps: int,
    largest: float = FULL,
    updates: int = 120,
    batch: int = BATCH,
    validated_within: float = FULL,
) -> list[TrainedPath]:
    """Networks of ``seeds`` on trials of so many ``steps`` whose first phases lie within +- ``largest`` rad.

    Validation trials lie within +- ``validated_within``: the paper's cover the whole circle whatever training sees, so
    that the choice of the best look knows more than training does; ``largest`` here keeps the two apart.
    """
    starts = [model.parameters(stream("circle path start", name, seed)) for seed in seeds]
    first = {key: np.stack([start[key] for start in starts]).astype(np.float32) for key in starts[0]}
    parameters = {key: torch.tensor(value, requires_grad=True) for key, value in first.items()}
    optimiser = torch.optim.AdamW(parameters.values(), lr=RATES.get(name, RATE), weight_decay=WEIGHT_DECAY)
    shown = fixed_paths("validation", VALIDATION, steps, largest=validated_within)
    looked = np.unique(np.linspace(0, updates, LOOKS + 1).round().astype(int))
    losses, validation, kept = [], [], {key: value.copy() for key, value in first.items()}
    for update in range(updates + 1):
        if update in looked:
            now = {key: value.detach().numpy() for key, value in parameters.items()}
            found = rmse(model, now, shown)
            better = found < np.min(validation, axis=0) if validation else np.ones(len(seeds), dtype=bool)
            for key, value in now.items():
                kept[key][better] = value[better]
            validation.append(found)
        if update == updates:
            break
        trials = [training_paths(seed, update, batch, steps, largest) for seed in seeds]
        targets = torch.tensor(np.stack([one.targets for one in trials]).astype("f4"))
        error = torch.mean((_answers(model, parameters, trials) - targets) ** 2, dim=(1, 2, 3))
        optimiser.zero_grad()
        error.sum().backward()
        _clip(parameters.values())
        optimiser.step()
        losses.append(error.detach().numpy())
    of_each = np.array(losses).reshape(-1, len(seeds)).T, np.array(validation).T
    return [
        TrainedPath(
            {key: value[place] for key, value in kept.items()},
            loss,
            looks,
            looked,
            {key: value[place] for key, value in first.items()},
        )
        for place, (loss, looks) in enumerate(zip(*of_each, strict=True))
    ]


def rmse(model, parameters: dict[str, np.ndarray], trials: Paths) -> np.ndarray:
    """Circular RMSE of each of several networks over all steps of some trials, rad, (network,), in float32.

    ``parameters``: name -> array with a first axis (network).
    """
    p = {key: torch.tensor(value) for key, value in parameters.items()}
    networks = len(next(iter(p.values())))
    with torch.no_grad():
        outputs = _answers(model, p, [trials] * networks).numpy().astype(np.float64)
    return np.array([circular_rmse(own, trials.targets) for own in outputs])


def _answers(model, p, trials: list[Paths]):
    """(network, trial, time + 1, 2)."""
    phase = torch.tensor(np.stack([one.phases[:, 0] for one in trials]).astype("f4"))
    velocities = torch.tensor(np.stack([one.velocities for one in trials]).astype("f4"))
    return answers(model, p, phase, velocities)


def _clip(parameters) -> None:
    """Each network's whole gradient to a norm of CLIP at most, as torch.nn.utils.clip_grad_norm_ does it."""
    squares = sum(torch.sum(value.grad.reshape(len(value), -1) ** 2, dim=1) for value in parameters)
    scale = torch.clamp(CLIP / (torch.sqrt(squares) + 1e-6), max=1.0)
    for value in parameters:
        value.grad *= scale.reshape(-1, *[1] * (value.ndim - 1))
