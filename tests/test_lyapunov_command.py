"""``schurscope lyapunov`` and ``schurscope.lyapunov_spectrum``: networks, torch's LSTM and GRU, trials, mistakes."""

import numpy as np
import pytest
import torch
import xarray as xr

import schurscope
from schurscope.analyses.benettin import ordered, spectrum
from schurscope.cli import main
from schurscope.foundations.errors import SchurscopeError
from schurscope.stages.train import train
from schurscope.store import netcdf
from schurscope.tasks import make_task

N = 6


class Net(torch.nn.Module):
    def __init__(self, kind):
        super().__init__()
        torch.manual_seed(3)
        self.core = kind(2, N, batch_first=True, dtype=torch.float64)
        self.read = torch.nn.Linear(N, 1, dtype=torch.float64)


def saved(kind, path):
    net = Net(kind)
    torch.save(net.state_dict(), path)
    return net


def by_differences(core, gates, inputs, h):
    """Exponents of a torch layer by central differences and plain QR, (size,); its state is h, or h and c."""
    tiny, size = 1e-6, len(h)
    frame, logs = np.eye(size), []

    def step(states, x):
        parts = [torch.tensor(part)[None].contiguous() for part in np.split(states, gates, axis=1)]
        x = torch.tensor(np.broadcast_to(x, (len(states), 1, len(x))).copy())
        with torch.no_grad():
            last = core(x, tuple(parts) if gates == 2 else parts[0])[1]
        return np.concatenate([part[0].numpy() for part in (last if gates == 2 else [last])], axis=1)

    for x in inputs:
        J = (step(h + tiny * np.eye(size), x) - step(h - tiny * np.eye(size), x)).T / (2 * tiny)
        frame, R = np.linalg.qr(J @ frame)
        logs.append(np.log(np.abs(np.diag(R))))
        h = step(h[None], x)[0]
    return ordered(np.array(logs))


@pytest.mark.parametrize("kind, states", [(torch.nn.GRU, 1), (torch.nn.LSTM, 2), (torch.nn.RNN, 1)])
def test_a_state_dict_and_inputs_by_one_command(kind, states, tmp_path, monkeypatch, capsys):
    """Against differences of PyTorch's own layer, from 0, on trials that do nothing but drive it."""
    monkeypatch.chdir(tmp_path)
    net = saved(kind, "net.pt")
    inputs = np.random.default_rng(0).standard_normal((2, 40, 2))
    np.savez("trials.npz", inputs=inputs)
    more = ["--activation", "tanh"] if kind is torch.nn.RNN else []
    main(["lyapunov", "net.pt", "--trials", "trials.npz", "--warm-up", "0", "--no-figure", *more])
    said = capsys.readouterr().out
    assert "Along 2 trials of 40 steps (mean), the first 0 left out." in said and "core.weight_hh_l0" in said
    found = xr.load_dataset("net_lyapunov.nc")
    expected = np.mean([by_differences(net.core, states, x, np.zeros(states * N)) for x in inputs], axis=0)
    assert np.allclose(found["exponent"], expected, atol=1e-6)
    assert found["sum_rule"] < 1e-12 and found.attrs["steps"] == 40 and found.attrs["driven"] == 1


def test_by_itself_with_a_figure_and_as_a_function(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    net = saved(torch.nn.GRU, "net.pt")
    main(["lyapunov", "net.pt", "--steps", "300", "--warm-up", "50"])
    assert (
        "By itself from a random state (normal, variance 1): 300 steps, after 50 left out." in capsys.readouterr().out
    )
    found = xr.load_dataset("net_lyapunov.nc")
    arrays = {name: value.detach() for name, value in net.core.named_parameters()}
    again = schurscope.lyapunov_spectrum(
        arrays["weight_hh_l0"], arrays["weight_ih_l0"], steps=300, warm_up=50, cell="gru",
        b_h=arrays["bias_ih_l0"], own={"b_hh": arrays["bias_hh_l0"]},
    )  # fmt: skip
    assert np.array_equal(found["exponent"], again) and (tmp_path / "net_lyapunov.png").is_file()
    main(["lyapunov", "net.pt", "--task", "{task: flipflop, channels: 2, length: 9}", "--no-figure"])
    assert "Along 16 trials of 9 steps (mean), the first 1 left out." in capsys.readouterr().out


def test_a_network_of_gates_that_was_trained_here(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    training = {
        "engine": "auto", "cell": "lstm", "updates": 2, "batch": 4, "learning_rate": 1e-3, "clip": 1.0, "solved": 0.9,
        "stop_when_solved": False, "check_every": 2, "validation_trials": 4, "biases": ["b_h", "b_hh"],
    }  # fmt: skip
    netcdf.write(train({"task": "flipflop", "length": 9}, 4, "default", [0, 1], training), "seeds0-1.nc")
    main(["lyapunov", "seeds0-1.nc", "--seed", "1", "--task", "{task: flipflop, length: 9}", "--no-figure"])
    assert "4 lstm units" in capsys.readouterr().out
    weights = netcdf.weights_of(netcdf.read("seeds0-1.nc", "networks"), 1)
    inputs = make_task({"task": "flipflop", "length": 9}).held_out(16).inputs
    expected = spectrum(weights, inputs, warm_up=1).exponents.mean(axis=0)
    assert np.allclose(xr.load_dataset("seeds0-1_lyapunov.nc")["exponent"], expected, atol=1e-12)


def test_the_function_by_itself_and_driven():
    W = np.linalg.qr(np.random.default_rng(1).standard_normal((5, 5)))[0]
    zero = schurscope.lyapunov_spectrum(W, h0=np.zeros(5), steps=100, warm_up=10)
    assert zero.shape == (5,) and np.max(np.abs(zero)) < 1e-14
    fallen = schurscope.lyapunov_spectrum(W, steps=100, warm_up=10)
    assert fallen[0] < -1e-4, "from a random state tanh bends"
    inputs = np.ones((30, 1))
    driven = schurscope.lyapunov_spectrum(W, np.ones((5, 1)), inputs, warm_up=5, leak=0.5)
    from_0 = schurscope.lyapunov_spectrum(W, np.ones((5, 1)), inputs, np.zeros(5), warm_up=5, leak=0.5)
    assert not np.allclose(driven, from_0), "a random state where none is given"
    trials = schurscope.lyapunov_spectrum(W, np.ones((5, 1)), np.stack([inputs, inputs]), warm_up=5, leak=0.5)
    assert np.allclose(driven, trials, atol=1e-15) and not np.allclose(driven, fallen)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"W_hh": np.ones(3)}, "W_hh has the shape .3,.; a matrix is needed"),
        ({"W_hh": np.ones((3, 4))}, r"W_hh has the shape \(3, 4\); of 4 tanh units it must have \(4, 4\)"),
        ({"W_hh": np.eye(3), "cell": "lstm"}, r"of 3 lstm units it must have \(12, 3\)"),
        ({"W_hh": np.eye(3) * np.nan}, "W_hh has numbers that are not finite"),
        ({"W_hh": np.eye(3), "cell": "modrelu"}, "b_modulus is missing: modrelu units have it"),
        ({"W_hh": np.eye(3), "own": {"b_hh": np.ones(3)}}, "b_hh is no array of tanh units"),
        ({"W_hh": np.eye(3), "h0": np.ones(4)}, "h0 has the shape .1, 4.; 3 numbers are needed"),
        ({"W_hh": np.eye(3), "steps": 1}, "steps is 1; a whole number from 2"),
        ({"W_hh": np.eye(3), "inputs": np.ones((5, 2))}, r"inputs have the shape \(1, 5, 2\); \(time, 1\)"),
        ({"W_hh": np.eye(3), "inputs": np.ones((5, 1)), "warm_up": 5}, "5 steps leave 0 after a warm-up of 5"),
        ({"W_hh": 9 * np.eye(3), "cell": "relu", "h0": np.ones(3)}, "leaves the floats at step [0-9]+"),
        ({"W_hh": np.eye(3), "leak": 0.5, "cell": "gru"}, "a network of gates has none"),
    ],
)
def test_mistakes_are_one_sentence(arguments, words):
    with pytest.raises(SchurscopeError, match=words):
        schurscope.lyapunov_spectrum(**arguments)


def test_mistakes_of_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    saved(torch.nn.GRU, "net.pt")
    torch.save(torch.nn.GRU(2, 4, num_layers=2).state_dict(), "deep.pt")
    np.savez("trials.npz", inputs=np.zeros((2, 9, 3)))
    for arguments, words in (
        (
            ["net.pt", "--trials", "trials.npz"],
            "inputs have the shape (2, 9, 3) as (batch, time, channel); the network",
        ),
        (
            ["net.pt", "--task", "flipflop", "--steps", "9"],
            "--steps: along trials there are as many steps as they have",
        ),
        (["deep.pt"], "deep.pt holds a network of 2 layers"),
        (["net.pt", "--warm-up", "-1"], "warm_up is -1; a whole number from 0"),
    ):
        with pytest.raises(SystemExit) as end:
            main(["lyapunov", *arguments])
        assert words in str(end.value), arguments
