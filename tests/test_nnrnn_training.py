"""nnRNN trained side by side with a plain torch version of it that shares no line with the engines."""

import numpy as np
import pytest
import torch

from schurscope.tasks import make_task
from schurscope.training.groups import make_engine
from schurscope.training.start import start

RECIPE = {  # Kerg et al. 2019, Table 2, with a rate of X that shows
    "learning_rate": 5e-4, "clip": None, "loss": "cross_entropy", "optimiser": {"name": "rmsprop", "alpha": 0.99},
    "groups": {
        "X": {"learning_rate": 1e-5}, "T": {"weight_decay": 1e-3}, "gamma": {"penalty": 1e-2, "towards": 1.0},
    },
    "cell": "modrelu", "ends": "glorot", "biases": ["b_y"],
}  # fmt: skip


class PlainNNRNN(torch.nn.Module):
    """h = modReLU(P (D + T) P^T h + U x), y = O h + o."""

    def __init__(self, parameters):
        super().__init__()
        for name, value in parameters.items():
            setattr(self, name, torch.nn.Parameter(torch.tensor(value)))

    def forward(self, x):
        skew = self.X.triu(1) - self.X.triu(1).T
        P = torch.linalg.matrix_exp(skew)
        blocks = [
            g * torch.stack([torch.stack([t.cos(), -t.sin()]), torch.stack([t.sin(), t.cos()])])
            for g, t in zip(self.gamma, self.theta, strict=True)
        ]
        V = P @ (torch.block_diag(*blocks) + self.T.tril(-1)) @ P.T
        h, outputs = torch.zeros(len(x), len(V), dtype=x.dtype), []
        for t in range(x.shape[1]):
            z = h @ V.T + x[:, t] @ self.W_xh.T
            h = torch.sign(z) * torch.relu(z.abs() + self.b_modulus)
            outputs.append(h @ self.W_hy.T + self.b_y)
        return torch.stack(outputs, dim=1)


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_fifty_updates_have_equal_losses(engine):
    task = make_task({"task": "copy_memory", "symbols": 4, "alphabet": 5, "delay": 20})
    ours = make_engine(task, 16, "triangular", 0, RECIPE | {"engine": engine}, dtype="float64")
    plain = PlainNNRNN(start(task, 16, "triangular", 0, RECIPE).parameters())
    slow = [plain.X]
    rest = [p for name, p in plain.named_parameters() if name not in ("X", "T")]
    optimisers = [
        torch.optim.RMSprop(slow, lr=1e-5, alpha=0.99),
        torch.optim.RMSprop([{"params": rest}, {"params": [plain.T], "weight_decay": 1e-3}], lr=5e-4, alpha=0.99),
    ]
    losses = []
    for update in range(50):
        trials = task.trials(0, update, 10)
        outputs = plain(torch.tensor(trials.inputs))
        targets = torch.tensor(trials.targets).argmax(-1)
        loss = torch.nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())
        for optimiser in optimisers:
            optimiser.zero_grad()
        (loss + 1e-2 * ((1 - plain.gamma) ** 2).sum()).backward()
        for optimiser in optimisers:
            optimiser.step()
        losses.append((loss.item(), ours.update(trials)))
    theirs, own = np.array(losses).T
    assert np.max(np.abs(own / theirs - 1)) < 1e-9
    assert own[-1] < 0.75 * own[0], "it learns, so that equal losses say something"
