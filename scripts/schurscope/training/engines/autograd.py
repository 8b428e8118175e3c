"""The reference: torch autograd, torch.optim and torch's gradient clipping, written for plainness.

Every other engine is tested against it. It trains any cell with any loss and optimiser.
``device`` "cuda" runs it on a GPU, with TF32 off.
"""

import torch

from schurscope.cells import Weights
from schurscope.foundations.errors import NO_GPU, SchurscopeError
from schurscope.training.recipe import Group, Recipe
from schurscope.training.start import Start


class Engine:
    """Trains one network with autograd; ``dtype`` is a NumPy dtype, as in engines/fused.py."""

    def __init__(self, start: Start, recipe: Recipe, dtype="float32", device="cpu"):
        if device == "cuda" and not torch.cuda.is_available():
            raise SchurscopeError(NO_GPU)
        torch.backends.cuda.matmul.allow_tf32 = False  # torch's default, which an environment variable can turn round
        self.start, self.recipe = start, recipe
        self.kind = {"dtype": torch.from_numpy(start.W_xh.astype(dtype)).dtype, "device": device}
        self.parameters = {
            name: torch.nn.Parameter(torch.tensor(w, **self.kind)) for name, w in start.parameters().items()
        }
        optimiser, groups = recipe.optimiser, []
        for name, parameter in self.parameters.items():
            own = recipe.groups.get(name, Group())
            rate = optimiser.learning_rate if own.learning_rate is None else own.learning_rate
            groups.append({"params": [parameter], "lr": rate, "weight_decay": own.weight_decay})
        self.optimiser = getattr(torch.optim, optimiser.TORCH)(groups, **optimiser.keywords())

    def weights(self) -> Weights:
        with torch.no_grad():
            return self.start.weights(
                self.start.construction.matrix(self.parameters),
                self.parameters,
                lambda w: w.detach().cpu().numpy().copy(),
            )

    def update(self, trials) -> float:
        inputs, targets = (torch.tensor(a, **self.kind) for a in (trials.inputs, trials.targets))
        mask = torch.tensor(trials.mask, device=self.kind["device"])
        cell, p = self.start.cell, {"W_hh": self.start.construction.matrix(self.parameters), **self.parameters}
        h = torch.zeros(inputs.shape[0], p["W_hh"].shape[0], **self.kind)
        outputs = []
        for x in inputs.unbind(1):
            h = cell.step(p, h, x)
            outputs.append(h @ p["W_hy"].T)
        loss = self.recipe.loss.value(torch.stack(outputs, dim=1), targets, mask)
        if torch.isfinite(loss):
            self.optimiser.zero_grad()
            (loss + self._penalty()).backward()
            if self.recipe.clip is not None:
                torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.recipe.clip)
            self.optimiser.step()
        return loss.item()

    def _penalty(self):
        own = {name: group for name, group in self.recipe.groups.items() if group.penalty and name in self.parameters}
        return sum(group.penalty * ((self.parameters[name] - group.towards) ** 2).sum() for name, group in own.items())
