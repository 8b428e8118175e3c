"""What one update does: loss, optimiser, clipping, and what holds for some parameters only."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from schurscope.foundations import registry
from schurscope.training.losses.mse import MSE
from schurscope.training.optimisers.adam import Adam

LOSS, OPTIMISER = "mse", "adam"  # where the config names none


@dataclass(frozen=True)
class Group:
    """What is different for one parameter. ``learning_rate``: None for the common one.

    ``weight_decay`` w: w x is added to the gradient, as torch.optim does it. ``penalty`` p: the gradient is that of the
    loss plus p times the sum of (x - ``towards``)^2; the loss that is kept is the bare one.
    """

    learning_rate: float | None = None
    weight_decay: float = 0.0
    penalty: float = 0.0
    towards: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """``clip``: largest norm of the whole gradient, None for no clipping; ``groups``: parameter's name -> Group."""

    optimiser: Any = field(default_factory=Adam)
    clip: float | None = 1.0
    loss: Any = field(default_factory=MSE)
    groups: dict[str, Group] = field(default_factory=dict)


def of_groups(recipe: Recipe, shapes: dict) -> dict[str, np.ndarray]:
    """What groups change -> its value for every parameter, (parameter,), in the order of ``shapes`` (name -> shape).

    ``learning_rate``: over the common one. What no group changes is left out; ``towards`` comes with ``penalty``.
    """
    common = {"learning_rate": recipe.optimiser.learning_rate, "weight_decay": 0.0, "penalty": 0.0, "towards": 0.0}
    sizes, found = [int(np.prod(shape)) for shape in shapes.values()], {}
    for what, usual in common.items():
        own = {name: getattr(group, what) for name, group in recipe.groups.items()}
        told = [usual if own.get(name) is None else own[name] for name in shapes]
        if any(value != usual for value in told) or (what == "towards" and "penalty" in found):
            told = [value / usual for value in told] if what == "learning_rate" else told
            found[what] = np.repeat(told, sizes)
    return found


def recipe(training: dict) -> Recipe:
    """The recipe of a complete ``training`` section (section.py)."""
    named = optimiser_of(training)
    optimiser = registry.load("optimiser", named.pop("name")).OPTIMISER(training["learning_rate"], **named)
    loss = registry.load("loss", loss_of(training)).LOSS
    groups = {name: Group(**own) for name, own in training.get("groups", {}).items()}
    return Recipe(optimiser, training["clip"], loss, groups)


def loss_of(training: dict) -> str:
    """The name of the loss."""
    return training.get("loss", LOSS)


def optimiser_of(training: dict) -> dict:
    """The name of the optimiser, and its own numbers where they are not its defaults."""
    return dict(training.get("optimiser", {"name": OPTIMISER}))
