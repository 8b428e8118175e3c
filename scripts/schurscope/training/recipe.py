"""The numbers that one update needs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Adam's numbers (Kingma & Ba 2015); ``clip``: largest norm of the whole gradient, None for no clipping."""

    learning_rate: float = 1e-3
    clip: float | None = 1.0
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
