"""What one update does, against plain NumPy, every cell: loss, penalty, clipping, weight decay, every optimiser."""

import numpy as np
import pytest
import torch

from schurscope.cells import profiled
from schurscope.foundations.registry import load
from schurscope.tasks import make_task
from schurscope.tasks.trials import Trials
from schurscope.training.groups import make_engine

TASK = make_task({"task": "flipflop", "length": 6})
GROUPS = {
    "W_hh": {"learning_rate": 3e-3, "weight_decay": 0.1},
    "W_hy": {"penalty": 0.05, "towards": 1.0},
    "W_xh": {"weight_decay": 0.02, "penalty": 0.01},
}
KINDS = [{"name": "adam", "beta1": 0.8, "beta2": 0.9}, {"name": "rmsprop", "alpha": 0.9, "epsilon": 1e-6}]
KINDS.append(KINDS[0] | {"name": "adamw"})


def training(**more):
    return {"engine": "torch", "learning_rate": 1e-2, "clip": 0.5} | more


class Plain:
    """Back-propagation through time by the cell's own vjp, then the optimiser's published rule, one array at a time."""

    def __init__(self, start, loss, said):
        self.cell, self.loss, self.said = start.cell, loss, said
        self.p = {name: value.copy() for name, value in start.parameters().items()}
        self.mean, self.square = ({name: np.zeros_like(w) for name, w in self.p.items()} for _ in range(2))
        self.updates = 0

    def update(self, trials):
        states, errors = [np.zeros((len(trials.inputs), len(self.p["W_hh"])))], []
        for t in range(trials.inputs.shape[1]):
            states.append(self.cell.step(self.p, states[-1], trials.inputs[:, t]))
        outputs = np.stack([h @ self.p["W_hy"].T for h in states[1:]], axis=1) + self.p.get("b_y", 0.0)
        value, errors = self.loss(outputs, trials)
        gradient = {name: np.zeros_like(w) for name, w in self.p.items()}
        if "b_y" in self.p:
            gradient["b_y"] = errors.sum(axis=(0, 1))
        back = np.zeros_like(states[0])
        for t in reversed(range(len(states) - 1)):
            gradient["W_hy"] += errors[:, t].T @ states[t + 1]
            inputs = trials.inputs[:, t]
            back, own = self.cell.vjp(self.p, states[t], inputs, back + errors[:, t] @ self.p["W_hy"])
            for name, part in own.items():
                gradient[name] += part
        self._step(gradient)
        return value

    def _step(self, gradient):
        groups, rule = self.said.get("groups", {}), self.said["optimiser"]
        for name, w in self.p.items():
            own = groups.get(name, {})
            gradient[name] += 2 * own.get("penalty", 0.0) * (w - own.get("towards", 0.0))
        norm = np.sqrt(sum(np.sum(g**2) for g in gradient.values()))
        self.updates += 1
        for name, g in gradient.items():
            own = groups.get(name, {})
            rate, decay = own.get("learning_rate", self.said["learning_rate"]), own.get("weight_decay", 0.0)
            g = g * min(1.0, self.said["clip"] / (norm + 1e-6))
            if rule["name"] == "adamw":  # apart from the gradient
                self.p[name] *= 1 - rate * decay
            else:
                g = g + decay * self.p[name]
            if rule["name"] == "rmsprop":
                self.square[name] = rule["alpha"] * self.square[name] + (1 - rule["alpha"]) * g**2
                self.p[name] -= rate * g / (np.sqrt(self.square[name]) + rule["epsilon"])
            else:
                b1, b2 = rule["beta1"], rule["beta2"]
                self.mean[name] = b1 * self.mean[name] + (1 - b1) * g
                self.square[name] = b2 * self.square[name] + (1 - b2) * g**2
                whole = self.mean[name] / (1 - b1**self.updates), self.square[name] / (1 - b2**self.updates)
                self.p[name] -= rate * whole[0] / (np.sqrt(whole[1]) + 1e-8)


def squares(outputs, trials):
    errors = np.where(trials.mask, outputs - trials.targets, 0.0)
    return np.sum(errors**2) / trials.mask.sum(), 2 * errors / trials.mask.sum()


def softmax(outputs, trials):
    """Mean over scored steps of -log p(target), and (p - target) over their number."""
    scored = trials.mask.any(axis=-1)
    p = np.exp(outputs) / np.exp(outputs).sum(axis=-1, keepdims=True)
    value = -np.log((p * trials.targets).sum(axis=-1))[scored].mean()
    return value, np.where(scored[..., None], p - trials.targets, 0.0) / scored.sum()


def classes(trials):
    """Trials whose targets are one of three classes, scored in two thirds of the steps."""
    rng = np.random.default_rng(7)
    targets = np.eye(3)[rng.integers(0, 3, trials.targets.shape[:2])]
    return Trials(trials.inputs, targets, np.repeat(rng.random(targets.shape[:2])[..., None] < 0.66, 3, axis=-1))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["name"])
@pytest.mark.parametrize("cell", profiled())
def test_an_update_is_what_the_recipe_says(cell, kind):
    said = training(cell=cell, optimiser=kind, groups=GROUPS)
    engine = make_engine(TASK, 6, "default", 0, said, dtype="float64")
    plain = Plain(engine.start, squares, said)
    for update in range(4):
        trials = TASK.trials(0, update, 5)
        assert engine.update(trials) == pytest.approx(plain.update(trials), rel=1e-12), "the bare loss"
    for name, value in engine.weights().arrays().items():
        assert np.allclose(value, plain.p[name], atol=1e-10, rtol=0), name
    assert engine.weights().cell == cell


def test_adamw_is_torch_s():
    """Its loop as anybody writes it: all parameters decay alike, beside a loss by torch's own cell."""
    decay = {name: {"weight_decay": 0.3} for name in ("W_hh", "W_xh", "W_hy")}
    said = training(optimiser={"name": "adamw"}, groups=decay, clip=None)
    engine = make_engine(TASK, 6, "default", 0, said, dtype="float64")
    rnn = torch.nn.RNN(3, 6, bias=False, batch_first=True, dtype=torch.float64)
    first, W_hy = engine.weights(), torch.nn.Parameter(torch.tensor(engine.weights().W_hy))
    rnn.load_state_dict({"weight_hh_l0": torch.tensor(first.W_hh), "weight_ih_l0": torch.tensor(first.W_xh)})
    theirs = torch.optim.AdamW([*rnn.parameters(), W_hy], lr=1e-2, weight_decay=0.3)
    for update in range(20):
        trials = TASK.trials(0, update, 5)
        loss = torch.nn.functional.mse_loss(rnn(torch.tensor(trials.inputs))[0] @ W_hy.T, torch.tensor(trials.targets))
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        assert engine.update(trials) == pytest.approx(loss.item(), rel=1e-10)
    assert np.allclose(engine.weights().W_hh, rnn.weight_hh_l0.detach().numpy(), atol=1e-10, rtol=0)


def test_cross_entropy_trains():
    said = training(loss="cross_entropy", optimiser=KINDS[1], biases=["b_h", "b_y"])
    engine = make_engine(TASK, 6, "orthogonal", 0, said, dtype="float64")
    plain = Plain(engine.start, softmax, said)
    for update in range(4):
        trials = classes(TASK.trials(0, update, 5))
        assert engine.update(trials) == pytest.approx(plain.update(trials), rel=1e-12)
    for name, value in engine.weights().arrays().items():
        assert np.allclose(value, plain.p[name], atol=1e-10, rtol=0), name


def test_cross_entropy_is_torch_s():
    trials = classes(TASK.trials(0, 0, 5))
    outputs = np.random.default_rng(3).standard_normal(trials.targets.shape) * 40  # some of them saturate
    scored = trials.mask.any(axis=-1)
    expected = torch.nn.functional.cross_entropy(
        torch.tensor(outputs[scored]), torch.tensor(trials.targets[scored])
    ).item()
    assert load("loss", "cross_entropy").LOSS.value(outputs, trials.targets, trials.mask) == pytest.approx(expected)


def test_a_penalty_alone_moves_a_parameter_to_where_it_is_drawn():
    said = training(learning_rate=0.05, groups={"W_hy": {"penalty": 10.0, "towards": 0.25}}, clip=None)
    engine = make_engine(TASK, 4, "default", 0, said, dtype="float64")
    trials = TASK.trials(0, 0, 3)
    trials.mask[1:] = False
    for _ in range(400):
        engine.update(trials)
    assert np.max(np.abs(engine.weights().W_hy - 0.25)) < 0.05
