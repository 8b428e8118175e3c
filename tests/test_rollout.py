"""The forward map with biases, leak and initial states, against a plain loop and against torch.nn.RNN."""

import numpy as np
import pytest
import torch

from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights

RNG = np.random.default_rng(11)
N, INPUTS, OUTPUTS, BATCH, STEPS = 7, 3, 2, 5, 12


def weights(**more):
    shapes = {"W_hh": (N, N), "W_xh": (N, INPUTS), "W_hy": (OUTPUTS, N)}
    return Weights(**{name: RNG.standard_normal(shape) / 2 for name, shape in shapes.items()}, **more)


def plain(w, inputs, h0):
    """One trial after the other, one step after the other, one unit after the other."""
    outputs = np.zeros((BATCH, STEPS, OUTPUTS))
    for trial in range(BATCH):
        h = np.array(h0[trial], dtype=float)
        for t in range(STEPS):
            drive = [w.W_xh[i] @ inputs[trial, t] + w.W_hh[i] @ h + w.b_h[i] for i in range(N)]
            h = np.array([(1 - w.leak) * h[i] + w.leak * np.tanh(drive[i]) for i in range(N)])
            outputs[trial, t] = w.W_hy @ h + w.b_y
    return outputs


@pytest.mark.parametrize("leak", [1.0, 0.2])
def test_biases_leak_and_initial_states(leak):
    more = {"b_h": RNG.standard_normal(N), "b_y": RNG.standard_normal(OUTPUTS), "h0": RNG.standard_normal(N)}
    network = weights(leak=leak, **more)
    inputs = RNG.standard_normal((BATCH, STEPS, INPUTS))
    inputs[:, 4:8] = 0  # without input
    own = np.broadcast_to(network.h0, (BATCH, N))
    assert np.allclose(rollout(network, inputs), plain(network, inputs, own), atol=1e-12, rtol=0)
    each = RNG.standard_normal((BATCH, N))
    assert np.allclose(rollout(network, inputs, each), plain(network, inputs, each), atol=1e-12, rtol=0)


def test_as_torch_does():
    torch.manual_seed(0)
    rnn = torch.nn.RNN(INPUTS, N, batch_first=True, dtype=torch.float64)
    readout = torch.nn.Linear(N, OUTPUTS, dtype=torch.float64)
    inputs, h0 = torch.randn(BATCH, STEPS, INPUTS, dtype=torch.float64), torch.randn(1, BATCH, N, dtype=torch.float64)
    with torch.no_grad():
        expected = readout(rnn(inputs, h0)[0]).numpy()
        network = Weights(
            *(w.numpy() for w in (rnn.weight_hh_l0, rnn.weight_ih_l0, readout.weight)),
            b_h=(rnn.bias_ih_l0 + rnn.bias_hh_l0).numpy(),
            b_y=readout.bias.numpy(),
        )
    assert np.allclose(rollout(network, inputs.numpy(), h0[0].numpy()), expected, atol=1e-12, rtol=0)


def test_zero_biases_and_states_change_no_bit():
    network = weights()
    same = Weights(
        network.W_hh, network.W_xh, network.W_hy, b_h=np.zeros(N), b_y=np.zeros(OUTPUTS), h0=np.zeros(N), leak=1.0
    )
    inputs = RNG.standard_normal((BATCH, STEPS, INPUTS))
    assert np.array_equal(rollout(network, inputs), rollout(same, inputs))
