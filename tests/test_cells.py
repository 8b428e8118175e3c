"""Every registered cell, unasked: its step in NumPy and in torch, its Jacobian against differences, its vjp against
autograd, rollouts against a loop; and the cells that PyTorch has against PyTorch."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch

import schurscope
from conftest import ROOT
from schurscope.cells import Weights, arrays_of, cell_of, make_cell
from schurscope.cells.cell import COMMON
from schurscope.cells.rollout import rollout
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.stages.ablate import ablate
from schurscope.stages.decompose import decompose
from schurscope.stages.train import train
from schurscope.store import netcdf
from schurscope.tasks import make_task
from schurscope.training.groups import make_engine
from schurscope.training.start import start

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOUND = re.search(r"`scripts/schurscope/cells/softplus.py`:\n\n```python\n(.*?)```", CONTRIBUTING, re.DOTALL)
N, INPUTS, OUTPUTS, BATCH, STEPS = 7, 3, 2, 5, 9
LEAKS = (1.0, 0.3)


@pytest.fixture(autouse=True, scope="module")
def softplus(tmp_path_factory):
    """The cell that CONTRIBUTING.md adds, by its file and its line."""
    folder = tmp_path_factory.mktemp("cells")
    (folder / "softplus_of_contributing.py").write_text(FOUND[1], encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setitem(REGISTRY["cell"], "softplus", "softplus_of_contributing")
        yield


def network(name, leak=1.0, seed=1):
    """A network with every array that its cell may have."""
    rng, cell = np.random.default_rng(seed), make_cell(name)
    sizes = {"unit": N, "unit_from": N, "input": INPUTS, "output": OUTPUTS}
    sizes |= {"gate_unit": cell.gates * N, "state": cell.states * N}
    drawn = {key: rng.standard_normal([sizes[dim] for dim in a.dims]) / 2 for key, a in arrays_of(name).items()}
    own = {key: drawn.pop(key) for key in arrays_of(name) if key not in COMMON}
    return Weights(**drawn, leak=leak, cell=name, own=own)


def point(name, seed=2):
    """A state, an input, and a change of the state."""
    rng, size = np.random.default_rng(seed), make_cell(name).states * N
    return rng.standard_normal((BATCH, size)), rng.standard_normal((BATCH, INPUTS)), rng.standard_normal((BATCH, size))


def as_torch(p, *others):
    return {key: torch.tensor(value) for key, value in p.items()}, *(torch.tensor(other) for other in others)


CELLS = [*REGISTRY["cell"], "softplus"]
GATED = ["lstm", "gru"]
every = pytest.mark.parametrize("name", CELLS)
of_any_leak = pytest.mark.parametrize(
    "name, leak", [(name, leak) for name in CELLS for leak in LEAKS if not (leak < 1 and name in GATED)]
)


@of_any_leak
def test_the_same_lines_in_torch_and_for_many_networks(name, leak):
    weights, (h, x, _) = network(name, leak), point(name)
    cell, p = cell_of(weights), weights.parameters()
    assert np.allclose(cell.step(*as_torch(p, h, x)).numpy(), cell.step(p, h, x), atol=1e-14, rtol=0)
    other = network(name, leak, seed=5).parameters()
    both = cell.step({key: np.stack([p[key], other[key]]) for key in p}, np.stack([h, h]), np.stack([x, x]))
    assert np.allclose(both[1], cell.step(other, h, x), atol=1e-14, rtol=0)


@of_any_leak
def test_the_jacobian_is_the_limit_of_differences(name, leak):
    weights, (h, x, _) = network(name, leak), point(name)
    cell, p, tiny = cell_of(weights), weights.parameters(), 1e-6
    found = cell.jacobian(p, h, x)
    for unit in range(h.shape[-1]):
        change = np.zeros(h.shape[-1])
        change[unit] = tiny
        slope = (cell.step(p, h + change, x) - cell.step(p, h - change, x)) / (2 * tiny)
        assert np.allclose(found[..., unit], slope, atol=1e-8, rtol=0)


@of_any_leak
def test_the_vjp_is_autograd(name, leak):
    weights, (h, x, d) = network(name, leak), point(name)
    cell, p = cell_of(weights), weights.parameters()
    leaves, start, inputs, ahead = as_torch(p, h, x, d)
    for leaf in (*leaves.values(), start):
        leaf.requires_grad_()
    (cell.step(leaves, start, inputs) * ahead).sum().backward()
    back, gradients = cell.vjp(p, h, x, d)
    assert np.allclose(back, start.grad.numpy(), atol=1e-13, rtol=0)
    assert set(gradients) == set(p)
    for key, gradient in gradients.items():
        assert np.allclose(gradient, leaves[key].grad.numpy(), atol=1e-13, rtol=0), key


@of_any_leak
def test_the_jvp_is_forward_differentiation(name, leak):
    weights, (h, x, dh) = network(name, leak), point(name)
    cell, p = cell_of(weights), weights.parameters()
    change, tiny = np.random.default_rng(3).standard_normal(p["W_hh"].shape), 1e-6
    ahead = cell.step(p | {"W_hh": p["W_hh"] + tiny * change}, h + tiny * dh, x)
    behind = cell.step(p | {"W_hh": p["W_hh"] - tiny * change}, h - tiny * dh, x)
    state, moved = cell.jvp(p, h, x, dh, change)
    assert np.array_equal(state, cell.step(p, h, x))
    assert np.allclose(moved, (ahead - behind) / (2 * tiny), atol=1e-7, rtol=0)


@of_any_leak
def test_a_rollout_is_step_after_step(name, leak):
    weights = network(name, leak)
    inputs = np.random.default_rng(4).standard_normal((BATCH, STEPS, INPUTS))
    inputs[:, 3:5] = 0
    h, expected = np.tile(weights.h0, (BATCH, 1)), []
    for t in range(STEPS):
        h = cell_of(weights).step(weights.parameters(), h, inputs[:, t])
        expected.append(h[:, :N] @ weights.W_hy.T + weights.b_y)
    assert np.allclose(rollout(weights, inputs), np.stack(expected, axis=1), atol=1e-12, rtol=0)


@every
def test_what_is_not_a_number_stays_so(name):
    """A network that diverges must be seen to."""
    weights, (h, x, _) = network(name), point(name)
    h[0, 0] = np.nan
    assert np.isnan(cell_of(weights).step(weights.parameters(), h, x)[0]).all()


@pytest.mark.parametrize("name", GATED)
def test_against_torch_nn(name):
    """States and outputs of torch.nn.LSTM and GRU with the same arrays under the same names."""
    weights, cell = network(name), make_cell(name)
    rnn = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[name](INPUTS, N, batch_first=True, dtype=torch.float64)
    theirs = {"weight_hh_l0": "W_hh", "weight_ih_l0": "W_xh", "bias_ih_l0": "b_h", "bias_hh_l0": "b_hh"}
    rnn.load_state_dict({key: torch.tensor(weights.arrays()[own]) for key, own in theirs.items()})
    inputs = np.random.default_rng(4).standard_normal((BATCH, STEPS, INPUTS))
    first = [torch.tensor(part).expand(1, BATCH, N).contiguous() for part in np.split(weights.h0, cell.states)]
    with torch.no_grad():
        states = rnn(torch.tensor(inputs), tuple(first) if name == "lstm" else first[0])[0].numpy()
    assert np.allclose(rollout(weights, inputs), states @ weights.W_hy.T + weights.b_y, atol=1e-12, rtol=0)


@pytest.mark.parametrize("name", GATED)
def test_gates_are_trained(name):
    """Losses fall, the file gives the network back, and its validation score is the rollout's."""
    training = {
        "engine": "auto", "cell": name, "updates": 60, "batch": 16, "learning_rate": 1e-2,
        "biases": ["b_hh", "b_h", "b_y"], "clip": 1.0, "stop_when_solved": False, "check_every": 60,
        "validation_trials": 16, "solved": 0.5,
    }  # fmt: skip
    task = make_task({"task": "sine", "length": 12})
    networks = train(task.settings, 6, "orthogonal", [0, 1], training)
    assert (networks["loss"].values[:, -10:].mean(axis=1) < 0.5 * networks["loss"].values[:, 0]).all()
    assert networks["W_hh"].dims == ("seed", "gate_unit", "unit_from") and "b_hh" in networks
    for seed in (0, 1):
        weights = netcdf.weights_of(networks, seed)
        assert len(weights.W_hh) == make_cell(name).gates * 6
        assert task.score(weights, task.validation(16)) == networks["validation"].sel(seed=seed).item()
    blocks = np.split(start(task, 6, "orthogonal", 0, {"cell": name}).parameters()["W_hh"], make_cell(name).gates)
    for block in blocks:
        assert np.allclose(block @ block.T, np.eye(6))
    assert not np.allclose(blocks[0], blocks[1])


@pytest.mark.parametrize("name", GATED)
def test_pytorch_s_rollout_trains_as_step_after_step(name, monkeypatch):
    """Losses and last states of some updates, the second from states that are carried over."""
    task = make_task({"task": "flipflop", "length": 9})
    said = {"engine": "torch", "cell": name, "learning_rate": 1e-2, "clip": 1.0, "biases": ["b_h", "b_hh"]}
    pair = []
    for whole in (True, False):
        engine = make_engine(task, 6, "default", 0, said, dtype="float64")
        for update in range(4):
            with monkeypatch.context() as patch:
                if not whole:
                    patch.setattr("schurscope.training.engines.autograd.WHOLE", {})
                trials = replace(task.trials(0, update, 5), h0=engine.last if update else None)
                pair.append((engine.update(trials), engine.last))
    for (loss, last), (expected, state) in zip(pair[:4], pair[4:], strict=True):
        assert loss == pytest.approx(expected, rel=1e-10)
        assert last.shape == (5, make_cell(name).states * 6) and np.allclose(last, state, atol=1e-12, rtol=0)


def test_what_gates_cannot_be():
    with pytest.raises(SchurscopeError, match="leak is 0.3; a network of gates has none"):
        make_cell("gru", 0.3)
    with pytest.raises(SchurscopeError, match="init 'triangular' constrains a square W_hh, and this cell has 4 gates"):
        start(make_task({"task": "sine"}), 6, "triangular", 0, {"cell": "lstm"})


@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_against_torch_nn_rnn(name):
    weights = network(name)
    rnn = torch.nn.RNN(INPUTS, N, nonlinearity=name, batch_first=True, dtype=torch.float64)
    inputs = np.random.default_rng(4).standard_normal((BATCH, STEPS, INPUTS))
    with torch.no_grad():
        rnn.weight_hh_l0.copy_(torch.tensor(weights.W_hh))
        rnn.weight_ih_l0.copy_(torch.tensor(weights.W_xh))
        rnn.bias_ih_l0.copy_(torch.tensor(weights.b_h))
        rnn.bias_hh_l0.zero_()
        h0 = torch.tensor(weights.h0).expand(1, BATCH, N).contiguous()
        states = rnn(torch.tensor(inputs), h0)[0].numpy()
    assert np.allclose(rollout(weights, inputs), states @ weights.W_hy.T + weights.b_y, atol=1e-12, rtol=0)


def test_modrelu_by_hand():
    """|z| + b below 0 gives 0, above it keeps the sign of z; f(0) = 0 whatever b is."""
    cell, p = make_cell("modrelu"), {"b_modulus": np.array([-1.0, -1.0, 0.5, 0.5, 0.5])}
    z = np.array([[0.4, -3.0, -0.1, 0.0, 2.0]])
    assert np.allclose(cell.activate(p, z), [[0.0, -2.0, -0.6, 0.0, 2.5]])


@pytest.mark.parametrize("engine", ["torch", "batched"])
def test_a_cell_is_one_file_and_one_line(engine):
    """The one of CONTRIBUTING.md is trained, decomposed, ablated and profiled like any other."""
    training = {
        "engine": engine, "device": "cpu", "cell": "softplus", "updates": 30, "batch": 8, "learning_rate": 1e-2,
        "clip": 1.0, "stop_when_solved": False, "check_every": 30, "validation_trials": 8, "solved": 0.5,
    }  # fmt: skip
    task = make_task({"task": "sine", "length": 12})
    networks = train(task.settings, 6, "normal", [0, 1], training)
    assert networks.attrs["cell"] == "softplus" and networks["loss"].values[0, -1] < networks["loss"].values[0, 0]
    schur = decompose(networks)
    grid = ablate(networks, schur, {"alphas": [0.9], "trials": 8, "target_mean": "channel"})
    arrays = {name: networks[name].sel(seed=0).values for name in ("W_hh", "W_xh", "W_hy")}
    profile = schurscope.profile(**arrays, trials=task.held_out(8), cell="softplus", alphas=[0.9])
    assert np.allclose(profile["fvu"], grid["fvu"].sel(seed=0), rtol=1e-12)
    z = np.array([[-800.0, 0.0, 800.0]])
    assert np.allclose(make_cell("softplus").activate({}, z), [[0.0, np.log(2), 800.0]])
