"""The reference: torch autograd, torch.optim and torch's gradient clipping, written for plainness.

Every other engine is tested against it. It trains any cell with any loss and optimiser.
``device`` "cuda" runs it on a GPU, with TF32 off.
"""

import torch

from schurscope.cells import Weights
from schurscope.foundations.errors import NO_GPU, SchurscopeError
from schurscope.training.recipe import Group, Recipe
from schurscope.training.start import Start

WHOLE = {"lstm": torch.lstm, "gru": torch.gru}  # PyTorch's own rollout of a cell, in a tenth of the time


class Engine:
    """Trains one network with autograd; ``dtype`` is a NumPy dtype, and ``last`` are states, as in engines/fused.py."""

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

    def halve(self) -> None:
        """Learn half as fast from now on, every parameter."""
        for group in self.optimiser.param_groups:
            group["lr"] /= 2

    def update(self, trials) -> float:
        inputs, targets = (torch.tensor(a, **self.kind) for a in (trials.inputs, trials.targets))
        mask = torch.tensor(trials.mask, device=self.kind["device"])
        cell, p = self.start.cell, {"W_hh": self.start.construction.matrix(self.parameters), **self.parameters}
        p["W_xh"] = self.start.reads(self.parameters)
        h = torch.zeros(inputs.shape[0], cell.states * p["W_hh"].shape[1], **self.kind)
        h = h if trials.h0 is None else torch.tensor(trials.h0, **self.kind)
        run = _whole if self.start.cell_name in WHOLE else _step_by_step
        outputs, last = run(self.start, p, inputs, h)
        self.last = last.detach().cpu().numpy()
        loss = self.recipe.loss.value(outputs, targets, mask)
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


def _step_by_step(start, p, inputs, h):
    """Outputs, (batch, time, output), and the last state, (batch, states * unit)."""
    outputs = []
    for x in inputs.unbind(1):
        h = start.cell.step(p, h, x)
        outputs.append(start.cell.visible(h) @ p["W_hy"].T + p.get("b_y", 0))
    return torch.stack(outputs, dim=1), h


def _whole(start, p, inputs, h):
    """The same by PyTorch's own rollout: one layer, one direction, no dropout, the batch first."""
    nothing = torch.zeros(len(p["W_hh"]), dtype=h.dtype, device=h.device)
    arrays = [p["W_xh"], p["W_hh"], p.get("b_h", nothing), p.get("b_hh", nothing)]
    first = [part[None].contiguous() for part in h.chunk(start.cell.states, dim=-1)]
    first = first if len(first) > 1 else first[0]
    visible, *last = WHOLE[start.cell_name](inputs, first, arrays, True, 1, 0.0, True, False, True)
    return visible @ p["W_hy"].T + p.get("b_y", 0), torch.cat([part[0] for part in last], dim=-1)
