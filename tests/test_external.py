"""Networks that were trained elsewhere, written by real writers: read exactly, and their recorded outputs come out."""

import re

import numpy as np
import pytest
import scipy.io
import torch
from safetensors.torch import save_file

import elsewhere
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.external.network import assembled, read_network
from schurscope.external.proof import reproduce
from schurscope.external.recorded import arranged, read_trials
from schurscope.foundations.errors import SchurscopeError
from schurscope.stages.read import datasets
from schurscope.stages.train import train
from schurscope.store import netcdf

pytestmark = pytest.mark.usefixtures("in_this_process")
N, INPUTS, OUTPUTS, STEPS = elsewhere.N, elsewhere.INPUTS, elsewhere.OUTPUTS, elsewhere.STEPS


@pytest.fixture(scope="module")
def network():
    return elsewhere.trained()


@pytest.fixture(scope="module")
def recorded(network):
    return elsewhere.recorded(network)


def same(weights: Weights, expected: dict, dtype="f4"):
    for name, array in expected.items():
        found = getattr(weights, name)
        assert found.dtype == np.float64
        assert np.array_equal(found, array.astype(dtype).astype(float)), name


@pytest.mark.parametrize("writer", elsewhere.WRITERS)
def test_every_writer(writer, network, tmp_path):
    ending, write = elsewhere.WRITERS[writer]
    path = tmp_path / f"network{ending}"
    write(network, path)
    weights, origin = read_network(path)
    expected = elsewhere.arrays(network)  # after the writer: the checkpoint's optimiser makes a step
    for name in ("W_hh", "W_xh", "W_hy"):
        assert np.array_equal(getattr(weights, name), expected[name].astype(float)), name
    assert np.allclose(weights.b_h, expected["b_h"], atol=1e-7, rtol=0)
    assert np.array_equal(weights.b_y, expected["b_y"].astype(float))
    assert weights.leak == 1 and weights.h0 is None
    assert set(origin) - {"activation", "step"} == {"W_hh", "W_xh", "W_hy", "b_h", "b_y"}
    fresh = elsewhere.recorded(network)
    trials, outputs = arranged(fresh, weights)
    assert reproduce(weights, trials, outputs) < 1e-6


def test_a_lightning_checkpoint(network, tmp_path):
    """Its state_dict is the network; hyper-parameters and callbacks are not."""
    saved = {"epoch": 3, "pytorch-lightning_version": "2.5", "state_dict": network.state_dict()}
    saved |= {"hyper_parameters": {"alpha": 0.1, "activation": "relu", "W_hh": torch.ones(3)}, "lr_schedulers": []}
    saved |= {"callbacks": {"ModelCheckpoint": {"best_model_score": torch.tensor(0.5), "bias": torch.ones(N)}}}
    torch.save(saved, tmp_path / "last.ckpt")
    weights, origin = read_network(tmp_path / "last.ckpt")
    assert np.array_equal(weights.W_hh, elsewhere.arrays(network)["W_hh"].astype(float)) and weights.leak == 1
    assert set(origin) == {"W_hh", "W_xh", "W_hy", "b_h", "b_y", "step"} and origin["step"] == "3"


def test_a_key_is_offered_for_what_may_belong(tmp_path):
    w = {"W_hh": np.eye(5), "W_xh": np.ones((5, 2)), "W_hy": np.ones((3, 5))}
    for extra, offer in (
        ({"cell.bias": np.ones(5)}, r"cell\.bias may be b_h \(keys: b_h=cell\.bias\)"),
        ({"alpha": np.array(0.5)}, r"alpha may be leak \(keys: leak=alpha\)"),
        ({"out.bias": np.ones(3)}, r"out\.bias may be b_y \(keys: b_y=out\.bias\)"),
    ):
        np.savez(tmp_path / "n.npz", **w, **extra)
        with pytest.raises(SchurscopeError, match=offer):
            read_network(tmp_path / "n.npz")


def test_a_parametrisation_is_refused_with_the_line_that_helps(tmp_path):
    layer = elsewhere.Plain()
    torch.nn.utils.parametrizations.orthogonal(layer.rnn, "weight_hh_l0")
    torch.save(layer.state_dict(), tmp_path / "n.pt")
    with pytest.raises(SchurscopeError, match=r"remove_parametrizations\(module, 'weight_hh_l0'\)"):
        read_network(tmp_path / "n.pt")
    torch.nn.utils.parametrize.remove_parametrizations(layer.rnn, "weight_hh_l0")
    torch.save(layer.state_dict(), tmp_path / "n.pt")
    assert read_network(tmp_path / "n.pt")[0].W_hh.shape == (N, N)


def test_one_key_is_enough_where_only_one_thing_is_unclear(network, tmp_path):
    other = {"value.weight": torch.ones(1, N), "value.bias": torch.ones(1)}
    torch.save(network.state_dict() | other, tmp_path / "heads.pt")
    for head, outputs in (("readout", OUTPUTS), ("value", 1)):
        weights, origin = read_network(tmp_path / "heads.pt", {"W_hy": f"{head}.weight"})
        assert weights.W_hy.shape == (outputs, N) and origin["b_y"] == f"{head}.bias"
    average = {f"ema.{name}": value / 2 for name, value in network.state_dict().items()}
    torch.save(average | {f"net.{name}": v for name, v in network.state_dict().items()}, tmp_path / "two.pt")
    with pytest.raises(SchurscopeError, match="ema.rnn.weight_hh_l0, net.rnn.weight_hh_l0 could all be W_hh"):
        read_network(tmp_path / "two.pt")
    weights, origin = read_network(tmp_path / "two.pt", {"W_hh": "net.rnn.weight_hh_l0"})
    assert origin["W_hy"] == "net.readout.weight" and origin["b_h"] == "net.rnn.bias_ih_l0 + net.rnn.bias_hh_l0"
    same(weights, {"W_hy": elsewhere.arrays(network)["W_hy"]})


def test_weights_and_trials_in_one_file(network, recorded, tmp_path):
    states = np.zeros((40, N), "f4")
    path = tmp_path / "all.npz"
    np.savez(path, **elsewhere.arrays(network), **recorded, h0=states, mask=np.ones((40, STEPS)))
    weights, _ = read_network(path)
    trials, outputs = arranged(read_trials(path), weights)
    assert weights.h0 is None and trials.h0.shape == (40, N) and reproduce(weights, trials, outputs) < 1e-6


@pytest.mark.parametrize("name", ["alpha", "tau", "bias", "W2", "b_in"])
def test_what_may_belong_to_the_network_is_not_passed_over(name, network, tmp_path):
    np.savez(tmp_path / "n.npz", **elsewhere.arrays(network), **{name: 0.1, "comment": 3, "loss": np.ones(100)})
    with pytest.raises(SchurscopeError, match=rf"{name} \(\) might be a part of the network"):
        read_network(tmp_path / "n.npz")
    assert read_network(tmp_path / "n.npz", {"W_hh": "W_hh"})[1]["not used"] == f"{name}, comment, loss"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_precisions(dtype, ending, tmp_path):
    """What is stored is read to the last bit, and float16 weights that ran in float32 are reproduced."""
    stored = {name: value.to(dtype) for name, value in elsewhere.trained(1, 5).state_dict().items()}
    path = tmp_path / f"network{ending}"
    (torch.save if ending == ".pt" else save_file)(stored, path)
    weights, _ = read_network(path)
    assert np.array_equal(weights.W_hh, stored["rnn.weight_hh_l0"].double().numpy())
    network = elsewhere.Plain()
    network.load_state_dict({name: value.float() for name, value in stored.items()})
    trials, outputs = arranged(elsewhere.recorded(network), weights)
    assert reproduce(weights, trials, outputs) < 1e-5


def test_a_cell_with_a_loop_of_ones_own(tmp_path):
    torch.manual_seed(3)
    cell, readout = torch.nn.RNNCell(INPUTS, N), torch.nn.Linear(N, OUTPUTS, bias=False)
    torch.save(torch.nn.ModuleDict({"cell": cell, "out": readout}).state_dict(), tmp_path / "cell.pt")
    inputs, targets = elsewhere.trials(10)
    h, outputs = torch.zeros(10, N), []
    with torch.no_grad():
        for x in inputs.unbind(1):
            h = cell(x, h)
            outputs.append(readout(h))
    weights, _ = read_network(tmp_path / "cell.pt")
    recorded = {"inputs": inputs, "targets": targets, "outputs": torch.stack(outputs, 1)}
    trials, outputs = arranged(recorded, weights)
    assert weights.b_y is None and reproduce(weights, trials, outputs) < 1e-6


def test_saved_on_a_gpu(network, tmp_path, monkeypatch):
    """A file says where its tensors lay; they are read where there is no such device."""
    monkeypatch.setattr(torch.serialization, "location_tag", lambda storage: "cuda:0")
    torch.save(network.state_dict(), tmp_path / "gpu.pt")
    monkeypatch.undo()
    assert b"cuda:0" in (tmp_path / "gpu.pt").read_bytes()
    same(read_network(tmp_path / "gpu.pt")[0], {"W_hh": elsewhere.arrays(network)["W_hh"]})


def leaky(rng, leak):
    """A leaky network in NumPy that multiplies from the right, with h0 of its own, and its outputs."""
    w = {
        "J": rng.standard_normal((N, N)) / N**0.5,
        "B": rng.standard_normal((INPUTS, N)),
        "D": rng.standard_normal((N, OUTPUTS)),
    }
    w |= {"c": rng.standard_normal(N), "start": rng.standard_normal(N)}
    inputs = rng.standard_normal((20, STEPS, INPUTS))
    h, outputs = np.tile(w["start"], (20, 1)), []
    for t in range(STEPS):
        h = (1 - leak) * h + leak * np.tanh(h @ w["J"] + inputs[:, t] @ w["B"] + w["c"])
        outputs.append(h @ w["D"])
    outputs = np.stack(outputs, axis=1)
    return w, {"inputs": inputs, "targets": np.roll(outputs, 1, axis=1), "outputs": outputs}


KEYS = {"W_hh": "J", "W_xh": "B", "W_hy": "D", "b_h": "c", "h0": "start"}


def test_odd_names_transposed_with_leak(tmp_path):
    w, trials = leaky(np.random.default_rng(5), 0.3)
    np.savez(tmp_path / "rate.npz", **w, leak=0.3)
    weights, origin = read_network(tmp_path / "rate.npz", KEYS, orientation="W^T")
    assert reproduce(weights, *arranged(trials, weights)) < 1e-12 and origin["W_hh"] == "J"
    by_array = {"W_hh": "J.T", "W_xh": "B.T", "W_hy": "D.T", "b_h": "c", "h0": "start"}
    again, _ = read_network(tmp_path / "rate.npz", by_array)
    assert np.array_equal(again.W_hh, weights.W_hh) and np.array_equal(again.W_xh, w["B"].T)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"W_hh": "J"}, "with W_hh transposed they would be .keys: W_hh=NAME.T"),
        ({"leak": 1.0}, "nothing is ablated"),
        ({"b_h": None}, "nothing is ablated"),
    ],
)
def test_recorded_outputs_show_a_mix_up(change, hint):
    w, trials = leaky(np.random.default_rng(6), 0.3)
    read = {name: w[key].T for name, key in KEYS.items()} | {"leak": 0.3}
    read |= {name: w[value] if isinstance(value, str) else value for name, value in change.items()}
    weights = assembled(**read)
    with pytest.raises(SchurscopeError, match=f"recorded outputs are not reproduced.*{hint}"):
        reproduce(weights, *arranged(trials, weights))


def test_outputs_of_another_moment_are_recognised(network, recorded):
    weights = assembled(**elsewhere.arrays(network))
    late = recorded | {"outputs": np.concatenate([recorded["outputs"][:, :1], recorded["outputs"][:, :-1]], axis=1)}
    with pytest.raises(SchurscopeError, match="each is the network's output one step before"):
        reproduce(weights, *arranged(late, weights))


def test_nothing_is_measured_where_outputs_are_not_reproduced(network, recorded):
    weights = assembled(**elsewhere.arrays(network))
    wrong = recorded | {"outputs": recorded["outputs"] + 2e-5 * np.abs(recorded["outputs"]).max(axis=(0, 1))}
    with pytest.raises(SchurscopeError, match="not reproduced: they differ by up to 2e-05"):
        datasets("net", weights, wrong)
    assert datasets("net", weights, wrong, tolerance=3e-5)[0].attrs["reproduction"] == pytest.approx(2e-5, rel=0.1)


def test_time_first_is_recognised(network, recorded):
    """As torch.nn.RNN has it without batch_first; shapes alone cannot show it."""
    weights = assembled(**elsewhere.arrays(network))
    swapped = {name: array.swapaxes(0, 1) for name, array in recorded.items()}
    with pytest.raises(SchurscopeError, match="with time before batch they would be .axes: time, batch, channel"):
        reproduce(weights, *arranged(swapped, weights))


def test_every_channel_is_proved_at_its_own_size():
    """A bias of 0.5 is missing in a channel beside one that is a million times larger."""
    rng = np.random.default_rng(8)
    w = {"W_hh": rng.standard_normal((4, 4)), "W_xh": rng.standard_normal((4, 1)), "W_hy": rng.standard_normal((2, 4))}
    w["W_hy"][0] *= 1e6
    inputs = rng.standard_normal((3, 6, 1))
    outputs = rollout(assembled(**w, b_y=[0, 0.5]), inputs)
    trials, outputs = arranged({"inputs": inputs, "targets": outputs + 1, "outputs": outputs}, assembled(**w))
    with pytest.raises(
        SchurscopeError, match="not reproduced.*; check orientation, axes, leak .*, biases.*used: alpha"
    ):
        reproduce(assembled(**w), trials, outputs, unused="alpha")


def test_one_step_proves_nothing():
    weights = assembled(np.eye(3), np.ones(3), np.ones(3))
    with pytest.raises(SchurscopeError, match="one step, in which W_hh plays no part"):
        arranged({"inputs": np.ones((4, 1)), "targets": np.ones((4, 1))}, weights)


def test_orientation_that_shapes_contradict(network, tmp_path):
    w = elsewhere.arrays(network)
    np.savez(tmp_path / "t.npz", W_hh=w["W_hh"].T, W_xh=w["W_xh"].T, W_hy=w["W_hy"].T)
    with pytest.raises(SchurscopeError, match=re.escape("they fit with orientation W^T")):
        read_network(tmp_path / "t.npz")
    same(read_network(tmp_path / "t.npz", orientation="W^T")[0], {k: w[k] for k in ("W_hh", "W_xh", "W_hy")})


@pytest.mark.parametrize("ending", [".npz", ".mat", ".nc", ".pt", ".safetensors"])
def test_trials_of_every_format(ending, recorded, tmp_path):
    path = tmp_path / f"trials{ending}"
    write = {
        ".npz": lambda: np.savez(path, **recorded),
        ".mat": lambda: scipy.io.savemat(path, recorded),
        ".nc": lambda: (
            __import__("xarray")
            .Dataset({name: (("trial", "time", f"{name}_channel"), a) for name, a in recorded.items()})
            .to_netcdf(path)
        ),
        ".pt": lambda: torch.save({name: torch.tensor(a) for name, a in recorded.items()}, path),
        ".safetensors": lambda: save_file({name: torch.tensor(a) for name, a in recorded.items()}, path),
    }
    write[ending]()
    found = read_trials(path)
    assert all(np.array_equal(found[name], recorded[name]) for name in recorded)


def test_axes_masks_and_initial_states(network, recorded):
    weights = assembled(**elsewhere.arrays(network))
    usual, _ = arranged(recorded, weights)
    assert usual.mask.all() and usual.h0 is None
    time_first = {name: a.swapaxes(0, 1) for name, a in recorded.items()}
    assert np.array_equal(arranged(time_first, weights, ["time", "batch", "channel"])[0].inputs, usual.inputs)
    matlab = {name: a.transpose(2, 1, 0) for name, a in recorded.items()}
    assert np.array_equal(arranged(matlab, weights, ["channel", "time", "batch"])[0].targets, usual.targets)
    by_step = np.arange(STEPS)[None] >= 4 + np.zeros((40, 1))
    masked, _ = arranged(recorded | {"mask": by_step}, weights)
    assert masked.mask.shape == usual.targets.shape and np.array_equal(masked.mask[..., 1], by_step)
    targets = np.where(masked.mask, recorded["targets"], np.nan)
    assert np.isnan(arranged(recorded | {"mask": by_step, "targets": targets}, weights)[0].targets).any()
    states = np.random.default_rng(0).standard_normal((1, 40, N))
    with torch.no_grad():
        outputs = network(torch.tensor(recorded["inputs"]), torch.tensor(states, dtype=torch.float32)).numpy()
    started, outputs = arranged(recorded | {"h0": states, "outputs": outputs}, weights)
    assert reproduce(weights, started, outputs) < 1e-6
    assert np.array_equal(arranged(recorded | {"h0": states[0, 0]}, weights)[0].h0, np.tile(states[0, 0], (40, 1)))


@pytest.mark.parametrize("channels", [(1, 1), (1, 3), (2, 1)])
def test_matlab_trials_with_one_channel(channels, tmp_path):
    """MATLAB keeps a first axis of length 1 and drops a last one."""
    rng = np.random.default_rng(1)
    weights = assembled(
        rng.standard_normal((5, 5)), rng.standard_normal((5, channels[0])), rng.standard_normal((channels[1], 5))
    )
    inputs, h0 = rng.standard_normal((4, 7, channels[0])), rng.standard_normal((4, 5))
    recorded = {
        "inputs": inputs,
        "targets": rng.standard_normal((4, 7, channels[1])),
        "outputs": rollout(weights, inputs, h0),
    }
    as_matlab = {name: array.transpose(2, 1, 0) for name, array in recorded.items()}
    as_matlab |= {"h0": h0.T, "mask": np.ones((7, 4))}
    scipy.io.savemat(tmp_path / "t.mat", {"trials": as_matlab})
    trials, outputs = arranged(read_trials(tmp_path / "t.mat"), weights, ["channel", "time", "batch"])
    assert np.array_equal(trials.inputs, inputs) and np.array_equal(trials.h0, h0) and trials.mask.all()
    assert reproduce(weights, trials, outputs) < 1e-12


def test_one_input_and_one_output_may_lack_their_axis():
    rng = np.random.default_rng(2)
    weights = assembled(rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4))
    assert weights.W_xh.shape == (4, 1) and weights.W_hy.shape == (1, 4)
    trials, _ = arranged({"inputs": rng.standard_normal((6, 5)), "targets": rng.standard_normal((6, 5))}, weights)
    assert trials.inputs.shape == trials.targets.shape == (6, 5, 1)


def test_a_network_of_the_contract_by_seed(tmp_path):
    training = {
        "engine": "fused", "updates": 2, "batch": 4, "learning_rate": 1e-3, "clip": 1.0, "stop_when_solved": False,
        "check_every": 2, "validation_trials": 4, "solved": 0.9,
    }  # fmt: skip
    path = tmp_path / "seeds0-1.nc"
    netcdf.write(train({"task": "flipflop", "length": 5}, 4, "default", [0, 1], training), path)
    with pytest.raises(SchurscopeError, match="holds the networks of seeds 0, 1; say which one by seed"):
        read_network(path)
    weights, _ = read_network(path, seed=1)
    import xarray as xr

    same(weights, {"W_hh": xr.load_dataset(path)["W_hh"].sel(seed=1).values})
