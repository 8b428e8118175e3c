"""Every registered cell, unasked: its step in NumPy and in torch, its Jacobian against differences, its vjp against
autograd, rollouts against a loop; and the cells that PyTorch has against PyTorch."""

import re

import numpy as np
import pytest
import torch

import schurscope
from conftest import ROOT
from schurscope.cells import Weights, arrays_of, cell_of, make_cell
from schurscope.cells.rollout import rollout
from schurscope.foundations.registry import REGISTRY
from schurscope.stages.ablate import ablate
from schurscope.stages.decompose import decompose
from schurscope.stages.train import train
from schurscope.tasks import make_task

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOUND = re.search(r"`scripts/schurscope/cells/softplus.py`:\n\n```python\n(.*?)```", CONTRIBUTING, re.DOTALL)
N, INPUTS, OUTPUTS, BATCH, STEPS = 7, 3, 2, 5, 9
SIZES = {"unit": N, "unit_from": N, "input": INPUTS, "output": OUTPUTS}
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
    rng = np.random.default_rng(seed)
    drawn = {key: rng.standard_normal([SIZES[dim] for dim in a.dims]) / 2 for key, a in arrays_of(name).items()}
    own = {key: drawn.pop(key) for key in make_cell(name).own}
    return Weights(**drawn, leak=leak, cell=name, own=own)


def point(seed=2):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((BATCH, N)), rng.standard_normal((BATCH, INPUTS)), rng.standard_normal((BATCH, N))


def as_torch(p, *others):
    return {key: torch.tensor(value) for key, value in p.items()}, *(torch.tensor(other) for other in others)


CELLS = [*REGISTRY["cell"], "softplus"]
every = pytest.mark.parametrize("name", CELLS)
leaks = pytest.mark.parametrize("leak", LEAKS)


@every
@leaks
def test_the_same_lines_in_torch_and_for_many_networks(name, leak):
    weights, (h, x, _) = network(name, leak), point()
    cell, p = cell_of(weights), weights.parameters()
    assert np.allclose(cell.step(*as_torch(p, h, x)).numpy(), cell.step(p, h, x), atol=1e-14, rtol=0)
    other = network(name, leak, seed=5).parameters()
    both = cell.step({key: np.stack([p[key], other[key]]) for key in p}, np.stack([h, h]), np.stack([x, x]))
    assert np.allclose(both[1], cell.step(other, h, x), atol=1e-14, rtol=0)


@every
@leaks
def test_the_jacobian_is_the_limit_of_differences(name, leak):
    weights, (h, x, _) = network(name, leak), point()
    cell, p, tiny = cell_of(weights), weights.parameters(), 1e-6
    found = cell.jacobian(p, h, x)
    for unit in range(N):
        change = np.zeros(N)
        change[unit] = tiny
        slope = (cell.step(p, h + change, x) - cell.step(p, h - change, x)) / (2 * tiny)
        assert np.allclose(found[..., unit], slope, atol=1e-8, rtol=0)


@every
@leaks
def test_the_vjp_is_autograd(name, leak):
    weights, (h, x, d) = network(name, leak), point()
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


@every
@leaks
def test_the_jvp_is_forward_differentiation(name, leak):
    weights, (h, x, dh) = network(name, leak), point()
    cell, p = cell_of(weights), weights.parameters()
    change, tiny = np.random.default_rng(3).standard_normal((N, N)), 1e-6
    ahead = cell.step(p | {"W_hh": p["W_hh"] + tiny * change}, h + tiny * dh, x)
    behind = cell.step(p | {"W_hh": p["W_hh"] - tiny * change}, h - tiny * dh, x)
    state, moved = cell.jvp(p, h, x, dh, change)
    assert np.array_equal(state, cell.step(p, h, x))
    assert np.allclose(moved, (ahead - behind) / (2 * tiny), atol=1e-7, rtol=0)


@every
@leaks
def test_a_rollout_is_step_after_step(name, leak):
    weights = network(name, leak)
    inputs = np.random.default_rng(4).standard_normal((BATCH, STEPS, INPUTS))
    inputs[:, 3:5] = 0
    h, expected = np.broadcast_to(weights.h0, (BATCH, N)), []
    for t in range(STEPS):
        h = cell_of(weights).step(weights.parameters(), h, inputs[:, t])
        expected.append(h @ weights.W_hy.T + weights.b_y)
    assert np.allclose(rollout(weights, inputs), np.stack(expected, axis=1), atol=1e-12, rtol=0)


@every
def test_what_is_not_a_number_stays_so(name):
    """A network that diverges must be seen to."""
    weights, (h, x, _) = network(name), point()
    h[0, 0] = np.nan
    assert np.isnan(cell_of(weights).step(weights.parameters(), h, x)[0]).all()


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
