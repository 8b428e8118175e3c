"""A network trained elsewhere: plain PyTorch, saved by the writers that people use."""

import copy
from functools import cache

import numpy as np
import scipy.io
import torch
import xarray as xr
from safetensors.torch import save_file

INPUTS, OUTPUTS, N, STEPS = 2, 3, 16, 12


class Plain(torch.nn.Module):
    def __init__(self, kind=torch.nn.RNN, **options):
        super().__init__()
        self.rnn = kind(INPUTS, N, batch_first=True, **options)
        self.readout = torch.nn.Linear(N, OUTPUTS)

    def forward(self, x, h0=None):
        return self.readout(self.rnn(x, h0)[0])


def trained(seed=0, updates=30) -> Plain:
    """A network after a few updates towards a leaky sum of its inputs, and torch's generator as training left it."""
    network, state = _trained(seed, updates)
    torch.set_rng_state(state)
    return copy.deepcopy(network)


@cache
def _trained(seed: int, updates: int) -> tuple[Plain, torch.Tensor]:
    torch.manual_seed(seed)
    network = Plain()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(updates):
        inputs, targets = trials(32)
        loss = torch.mean((network(inputs) - targets) ** 2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network, torch.get_rng_state()


def trials(count):
    inputs = torch.randn(count, STEPS, INPUTS)
    mixed = torch.stack([inputs[..., 0], inputs[..., 1], inputs.sum(dim=2)], dim=2)
    return inputs, torch.cumsum(mixed, dim=1) / 4


def arrays(network) -> dict[str, np.ndarray]:
    """Its weights by the names of the contract."""
    w = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    return {
        "W_hh": w["rnn.weight_hh_l0"],
        "W_xh": w["rnn.weight_ih_l0"],
        "W_hy": w["readout.weight"],
        "b_h": w["rnn.bias_ih_l0"] + w["rnn.bias_hh_l0"],
        "b_y": w["readout.bias"],
    }


def recorded(network, count=40) -> dict[str, np.ndarray]:
    """Trials with the network's own outputs."""
    inputs, targets = trials(count)
    with torch.no_grad():
        return {"inputs": inputs.numpy(), "targets": targets.numpy(), "outputs": network(inputs).numpy()}


def as_dataset(w: dict) -> xr.Dataset:
    dims = {
        "W_hh": ("unit", "unit_from"),
        "W_xh": ("unit", "input"),
        "W_hy": ("output", "unit"),
        "b_h": ("unit",),
        "b_y": ("output",),
    }
    return xr.Dataset({name: (dims[name], value) for name, value in w.items()}, attrs={"activation": "tanh"})


WRITERS = {  # ending and how to write a network
    "state dict": (".pt", lambda n, path: torch.save(n.state_dict(), path)),
    "state dict before 1.6": (
        ".pth",
        lambda n, path: torch.save(n.state_dict(), path, _use_new_zipfile_serialization=False),
    ),
    "parts": (".pt", lambda n, path: torch.save({"a": n.rnn.state_dict(), "b": n.readout.state_dict()}, path)),
    "checkpoint": (".pt", lambda n, path: torch.save(checkpoint(n), path)),
    "parameters": (".pt", lambda n, path: torch.save(dict(n.named_parameters()), path)),
    "safetensors": (".safetensors", lambda n, path: save_file(n.state_dict(), path)),
    "npz": (".npz", lambda n, path: np.savez(path, **arrays(n))),
    "npz, compressed": (".npz", lambda n, path: np.savez_compressed(path, **arrays(n))),
    "npz, names of torch": (
        ".npz",
        lambda n, path: np.savez(path, **{k: v.numpy() for k, v in n.state_dict().items()}),
    ),
    "npz, other common names": (
        ".npz",
        lambda n, path: np.savez(
            path, **dict(zip(("W_rec", "W_in", "Wout", "b_rec", "b_out"), arrays(n).values(), strict=True))
        ),
    ),
    "mat": (".mat", lambda n, path: scipy.io.savemat(path, arrays(n))),
    "mat, struct": (".mat", lambda n, path: scipy.io.savemat(path, {"net": arrays(n)}, do_compression=True)),
    "mat, columns": (".mat", lambda n, path: scipy.io.savemat(path, arrays(n), oned_as="column")),
    "netcdf": (".nc", lambda n, path: as_dataset(arrays(n)).to_netcdf(path)),
}


def checkpoint(network) -> dict:
    """As training loops save it, with an optimiser that has seen a step."""
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.zeros(1, 1, INPUTS)).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
    return {"epoch": 7, "model_state_dict": network.state_dict(), "optimizer_state_dict": optimizer.state_dict()}


def outputs_by_hand(W_hh, one, inputs):
    """Step by step, trial by trial."""
    W_xh, W_hy = (one[name].values.astype("f8") for name in ("W_xh", "W_hy"))
    answers = []
    for trial in inputs:
        h, rows = np.zeros(len(W_hh)), []
        for x in trial:
            h = np.tanh(W_hh @ h + W_xh @ x)
            rows.append(W_hy @ h)
        answers.append(rows)
    return np.array(answers)
