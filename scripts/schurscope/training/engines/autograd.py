"""The reference: torch autograd, torch.optim.Adam and torch's gradient clipping, written for plainness.

Every other engine is tested against it. ``device`` "cuda" runs it on a GPU, with TF32 off.
"""

import torch

from schurscope.cells.weights import Weights
from schurscope.foundations.errors import NO_GPU, SchurscopeError
from schurscope.training.recipe import Recipe


class Engine:
    """Trains one network with autograd; ``dtype`` is a NumPy dtype, as in engines/fused.py."""

    def __init__(self, construction, W_xh, W_hy, recipe: Recipe, dtype="float32", device="cpu"):
        if device == "cuda" and not torch.cuda.is_available():
            raise SchurscopeError(NO_GPU)
        torch.backends.cuda.matmul.allow_tf32 = False  # torch's default, which an environment variable can turn round
        self.construction, self.recipe = construction, recipe
        self.kind = {"dtype": torch.from_numpy(W_xh.astype(dtype)).dtype, "device": device}
        start = {"W_xh": W_xh, "W_hy": W_hy, **construction.parameters}
        self.parameters = {name: torch.nn.Parameter(torch.tensor(w, **self.kind)) for name, w in start.items()}
        self.adam = torch.optim.Adam(
            self.parameters.values(), lr=recipe.learning_rate, betas=(recipe.beta1, recipe.beta2), eps=recipe.epsilon
        )

    def weights(self) -> Weights:
        with torch.no_grad():
            W_hh = self.construction.matrix(self.parameters)
            W_xh, W_hy = self.parameters["W_xh"], self.parameters["W_hy"]
            return Weights(*(w.detach().cpu().numpy().copy() for w in (W_hh, W_xh, W_hy)))

    def update(self, trials) -> float:
        inputs, targets = (torch.tensor(a, **self.kind) for a in (trials.inputs, trials.targets))
        mask = torch.tensor(trials.mask, device=self.kind["device"])
        W_hh = self.construction.matrix(self.parameters)
        h = torch.zeros(inputs.shape[0], W_hh.shape[0], **self.kind)
        outputs = []
        for x in inputs.unbind(1):
            h = torch.tanh(x @ self.parameters["W_xh"].T + h @ W_hh.T)
            outputs.append(h @ self.parameters["W_hy"].T)
        loss = torch.mean((torch.stack(outputs, dim=1) - targets)[mask] ** 2)
        if torch.isfinite(loss):
            self.adam.zero_grad()
            loss.backward()
            if self.recipe.clip is not None:
                torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.recipe.clip)
            self.adam.step()
        return loss.item()
