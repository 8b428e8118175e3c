"""AdamW (Loshchilov & Hutter 2019), as torch.optim.AdamW: Adam, with weight decay apart from the gradient.

A group's ``weight_decay`` w shrinks its parameter by learning_rate w of itself in each update, whatever the gradient
is and has been; what no group names does not decay.
"""

from dataclasses import dataclass

from schurscope.training.optimisers import adam

PROPERTIES = adam.PROPERTIES


@dataclass(frozen=True)
class AdamW(adam.Adam):
    engines = ("torch",)
    TORCH = "AdamW"


OPTIMISER = AdamW
