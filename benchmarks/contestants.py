"""What is measured: the engines, the obvious implementation with torch.nn.RNN, and the bare products of both."""

import importlib.util

import numpy as np
import torch

from schurscope.analyses.ablation import REMOVED, ablate, sectors_of
from schurscope.analyses.benettin import spectrum
from schurscope.cells import make_cell
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.schur.form import ordered_schur
from schurscope.tasks import Trials, make_task
from schurscope.training.engines.batched import Group
from schurscope.training.groups import Alone, make_engine
from schurscope.training.recipe import recipe
from schurscope.training.start import start

BATCH, UPDATES = 64, 10
TRAINING = {"learning_rate": 1e-3, "clip": 1.0}


def training_update(width: int, steps: int) -> dict:
    """Name -> one update of a flip-flop network (forward, backward, clipping, Adam), or its bare products."""
    task = make_task({"task": "flipflop", "length": steps})
    batches = [task.trials(0, update, BATCH) for update in range(20)]
    engine = make_engine(task, width, "orthogonal", 0, TRAINING | {"engine": "fused"})
    reference = make_engine(task, width, "orthogonal", 0, TRAINING | {"engine": "torch"})
    return {
        "torch.nn.RNN": cycled(torch_rnn_update(task, width), [as_tensors(batch) for batch in batches]),
        "engine torch": cycled(reference.update, batches),
        "engine fused": cycled(engine.update, batches),
        "bare products": update_products(width, steps),
    }


def cycled(function, arguments):
    """A function of nothing that calls ``function`` with one of ``arguments`` after the other."""
    state = {"next": 0}

    def call():
        function(arguments[state["next"] % len(arguments)])
        state["next"] += 1

    return call


def as_tensors(trials: Trials):
    return torch.tensor(trials.inputs, dtype=torch.float32), torch.tensor(trials.targets, dtype=torch.float32)


def torch_rnn_update(task, width):
    """The obvious loop: torch.nn.RNN, a linear readout, autograd, clipping, torch.optim.Adam."""
    rnn = torch.nn.RNN(task.inputs, width, bias=False, batch_first=True)
    readout = torch.nn.Linear(width, task.outputs, bias=False)
    parameters = [*rnn.parameters(), *readout.parameters()]
    adam = torch.optim.Adam(parameters, lr=TRAINING["learning_rate"])

    def update(batch):
        inputs, targets = batch
        adam.zero_grad()
        loss = torch.mean((readout(rnn(inputs)[0]) - targets) ** 2)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, TRAINING["clip"])
        adam.step()
        return loss.item()

    return update


NNRNN = {  # Kerg et al. 2019, Table 2
    "learning_rate": 5e-4, "clip": None, "loss": "cross_entropy", "optimiser": {"name": "rmsprop", "alpha": 0.99},
    "groups": {"X": {"learning_rate": 1e-6}, "T": {"weight_decay": 1e-6}, "gamma": {"penalty": 1e-4, "towards": 1.0}},
    "cell": "modrelu", "ends": "glorot", "biases": ["b_y"],
}  # fmt: skip


def nnrnn_update(seeds: int) -> dict:
    """Name -> one update of each of so many nnRNNs with 128 units on copy memory, T = 220, batch 10."""
    task = make_task({"task": "copy_memory"})
    batches = [task.trials(0, update, 10) for update in range(5)]
    found = {}
    for name in ("torch", "fused"):
        engines = [make_engine(task, 128, "triangular", seed, NNRNN | {"engine": name}) for seed in range(seeds)]

        def every(trials, engines=engines):
            for engine in engines:
                engine.update(trials)

        found[f"engine {name}"] = cycled(every, batches)
    return found


def lyapunov_spectrum(cell: str, width: int, steps: int) -> dict:
    """Name -> the whole spectrum of a network by itself along so many steps, QR at each.

    The plain loop is what demonstrations do (numpy.linalg.qr); beside it clvlib, where it is installed, and the bare
    products with their QR factorisations.
    """
    kind, rng = make_cell(cell), np.random.default_rng(0)
    W = rng.standard_normal((kind.gates * width, width)) * 1.3 / np.sqrt(width)
    weights = Weights(W, np.zeros((len(W), 1)), np.eye(width)[:1], cell=cell)
    size, p, x = kind.states * width, weights.parameters(), np.zeros((1, 1))
    h0 = rng.standard_normal((1, size))

    def plain():
        h, carried, logs = h0, np.eye(size), np.zeros(size)
        for _ in range(steps):
            carried, R = np.linalg.qr(kind.jacobian(p, h, x)[0] @ carried)
            logs += np.log(np.abs(np.diag(R)))
            h = kind.step(p, h, x)
        return logs / steps

    frame = np.linalg.qr(rng.standard_normal((size, size)))[0]

    def alone():
        for _ in range(steps):
            np.linalg.qr(frame @ frame)

    found = {"schurscope": lambda: spectrum(weights, np.zeros((1, steps, 1)), h0), "plain loop": plain}
    found["bare products"] = alone
    if importlib.util.find_spec("clvlib"):
        from clvlib.numpy import lyap_exp_from_ic

        found["clvlib"] = lambda: lyap_exp_from_ic(
            lambda t, h: kind.step(p, h[None], x)[0],
            lambda t, h: kind.jacobian(p, h[None], x)[0],
            h0[0],
            np.arange(steps + 1.0),
            stepper="discrete",
        )
    return found


def group_update(networks: int, width: int, steps: int, device: str) -> dict:
    """Name -> UPDATES updates of each of so many flip-flop networks, trials included; ``device`` is the group's."""
    task = make_task({"task": "flipflop", "length": steps})
    seeds = list(range(networks))
    settings = TRAINING | {"engine": "fused"}
    alone = Alone(make_engine(task, width, "orthogonal", 0, settings), task, 0, BATCH)
    group = Group(
        task, [start(task, width, "orthogonal", seed) for seed in seeds], seeds, BATCH, recipe(settings), device=device
    )
    obvious = torch_rnn_update(task, width)
    updates = {"torch.nn.RNN": 0, "engine fused": 0, "engine batched": 0}

    def counted(name, function):
        def call():
            function(updates[name])
            updates[name] += UPDATES

        return call

    def one_after_the_other(first):
        for _ in seeds:
            alone.run(first, UPDATES, [None])

    def obvious_loop(first):
        for seed in seeds:
            for update in range(first, first + UPDATES):
                obvious(as_tensors(task.trials(seed, update, BATCH)))

    return {
        "torch.nn.RNN": counted("torch.nn.RNN", obvious_loop),
        "engine fused": counted("engine fused", one_after_the_other),
        "engine batched": counted("engine batched", lambda first: group.run(first, UPDATES, [None] * networks)),
        "bare products": group_products(networks, width, steps, device),
    }


def group_products(networks, width, steps, device):
    """The products of one update of every network, as batched products on the same device."""
    kind = {"device": device, "dtype": torch.float32}
    W = torch.randn(networks, width, width, **kind) / width
    h = torch.randn(networks, steps, BATCH, width, **kind)
    out, gradient = torch.empty_like(h[:, 0]), torch.empty_like(W)

    def products():
        for _ in range(UPDATES):
            for t in range(steps):
                torch.bmm(h[:, t], W, out=out)
                torch.bmm(h[:, t], W, out=out)
            torch.bmm(h.flatten(1, 2).mT, h.flatten(1, 2), out=gradient)
        if device == "cuda":
            torch.cuda.synchronize()

    return products


def update_products(width, steps):
    """The products of one update at the machine's own speed: one a step each way, and the gradient's."""
    rng = np.random.default_rng(0)
    W = rng.standard_normal((width, width)).astype("f4") / width
    h = rng.standard_normal((steps, width, BATCH)).astype("f4")
    out = np.empty_like(h[0])
    flat, gradient = h.transpose(1, 0, 2).reshape(width, -1).copy(), np.empty_like(W)
    other = flat + 1  # NumPy halves the work of a product of a matrix with itself

    def products():
        for step in h:
            np.matmul(W, step, out=out)
            np.matmul(W, step, out=out)
        np.matmul(flat, other.T, out=gradient)

    return products


def ablation_grid(masks_differ: bool) -> dict:
    """Name -> the paper's copy grid (N = 72, 512 trials, 136 steps, 3 alphas x 8 subsets), float64 on every side."""
    rng = np.random.default_rng(0)
    task = make_task({"task": "copy"})
    trials, width, alphas = task.held_out(512), 72, [0.85, 0.90, 0.95]
    moduli = (
        np.linspace(1.0, 0.5, width)
        if masks_differ
        else np.concatenate([np.linspace(1.0, 0.97, 64), np.linspace(0.2, 0.1, 8)])
    )
    T = np.diag(moduli) + 0.005 * np.triu(rng.standard_normal((width, width)), 1)
    basis = np.linalg.qr(rng.standard_normal((width, width)))[0]
    ends = rng.standard_normal((width, 8)) / 8, rng.standard_normal((8, width)) / 8
    weights = Weights(basis @ T @ basis.T, *ends)
    form = ordered_schur(weights.W_hh)
    assert len({form.leading(alpha) for alpha in alphas}) == (3 if masks_differ else 1)
    interventions = [form.without(sectors_of(removed), alpha) for alpha in alphas for removed in REMOVED]
    h, out = rng.standard_normal((512, width)), np.empty((512, width))

    def products():
        for W in interventions:
            for _ in range(136):
                np.matmul(h, W, out=out)

    return {
        "torch.nn.RNN": torch_rnn_grid(weights, interventions, trials),
        "one rollout each": lambda: [rollout(Weights(W, *ends), trials.inputs) for W in interventions],
        "ablate": lambda: ablate(form, weights, trials, task.metric, alphas),
        "bare products": products,
    }


def torch_rnn_grid(weights, interventions, trials):
    """The obvious loop over interventions; only rollouts, no metrics."""
    rnn = torch.nn.RNN(8, 72, bias=False, batch_first=True).double()
    readout = torch.nn.Linear(72, 8, bias=False).double()
    inputs = torch.tensor(trials.inputs)

    @torch.no_grad()
    def grid():
        rnn.weight_ih_l0.copy_(torch.tensor(weights.W_xh))
        readout.weight.copy_(torch.tensor(weights.W_hy))
        for W in interventions:
            rnn.weight_hh_l0.copy_(torch.tensor(W))
            readout(rnn(inputs)[0])

    return grid
