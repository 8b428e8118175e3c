"""RMSprop (Tieleman & Hinton 2012), as torch.optim.RMSprop: no momentum, not centred."""

from dataclasses import dataclass

PROPERTIES = {
    "alpha": {"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.99},
    "epsilon": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1e-8},
}


@dataclass(frozen=True)
class RMSprop:
    """``alpha``: how much of the running mean square is kept in a step."""

    learning_rate: float = 1e-3
    alpha: float = 0.99
    epsilon: float = 1e-8
    engines = ("fused", "batched", "torch")
    TORCH = "RMSprop"

    def keywords(self) -> dict:
        return {"alpha": self.alpha, "eps": self.epsilon}


OPTIMISER = RMSprop
