"""Adam (Kingma & Ba 2015), as torch.optim.Adam."""

from dataclasses import dataclass

MOMENT = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
PROPERTIES = {
    "beta1": MOMENT | {"default": 0.9},
    "beta2": MOMENT | {"default": 0.999},
    "epsilon": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1e-8},
}


@dataclass(frozen=True)
class Adam:
    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    engines = ("fused", "batched", "torch")
    TORCH = "Adam"

    def keywords(self) -> dict:
        return {"betas": (self.beta1, self.beta2), "eps": self.epsilon}


OPTIMISER = Adam
