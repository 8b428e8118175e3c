"""Fisher memory along trajectories, against plain loops, and of the networks of a block."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from schurscope.analyses import fisher_memory as numerics
from schurscope.analyses.memory_along import TooFar, input_directions, memory_along
from schurscope.cells import Weights, cell_of
from schurscope.foundations.errors import SchurscopeError
from schurscope.stages.memory import memory_curves
from schurscope.stages.read import without_trials
from schurscope.store import netcdf


def network(cell="tanh", leak=1.0, n=5, seed=0, size=1.2):
    rng = np.random.default_rng(seed)
    own = {"b_modulus": 0.1 * rng.normal(size=n)} if cell == "modrelu" else {}
    return Weights(
        size * rng.normal(size=(n, n)) / np.sqrt(n),
        rng.normal(size=(n, 2)),
        rng.normal(size=(3, n)),
        b_h=0.2 * rng.normal(size=n),
        leak=leak,
        cell=cell,
        own=own,
    )


@pytest.mark.parametrize(("cell", "leak"), [("tanh", 1.0), ("tanh", 0.4), ("relu", 0.7), ("modrelu", 1.0)])
def test_along_a_trajectory_by_two_plain_loops(cell, leak):
    """Phi and C from their definitions, J_t by central differences of the step."""
    weights, T, trials = network(cell, leak), 7, 3
    inputs = np.random.default_rng(3).normal(size=(trials, T, 2))
    h0 = np.random.default_rng(4).normal(size=(trials, 5))
    sources = input_directions(weights.W_xh)
    found = memory_along(weights, sources, inputs, h0)
    assert found.shape == (trials, T)
    p, step = weights.parameters(), cell_of(weights).step
    for trial in range(trials):
        h, jacobians = h0[trial], []
        for x in inputs[trial]:
            nudges = 1e-6 * np.eye(5)
            sides = [step(p, h[None] + sign * nudges, np.tile(x, (5, 1))) for sign in (1, -1)]
            jacobians.append((sides[0] - sides[1]).T / 2e-6)
            h = step(p, h[None], x[None])[0]

        def product(s, jacobians=jacobians):
            phi = np.eye(5)
            for J in jacobians[s:]:
                phi = J @ phi
            return phi

        C = sum(product(s) @ product(s).T for s in range(1, T + 1))
        for k in range(T):
            carried = product(T - k) @ sources
            J = np.mean([u @ np.linalg.inv(C) @ u for u in carried.T])
            assert found[trial, k] == pytest.approx(J, rel=1e-6, abs=1e-12)


def test_at_rest_a_long_trial_is_the_linear_network():
    weights = replace(network(size=0.7), b_h=None)
    sources = input_directions(weights.W_xh)
    assert np.allclose(np.linalg.norm(sources, axis=0), 1)
    at_rest = memory_along(weights, sources, np.zeros((1, 400, 2)))[0]
    linear = numerics.fisher_memory(weights.W_hh, sources, np.arange(12))
    np.testing.assert_allclose(at_rest[:12], linear.memory, rtol=1e-9)
    assert at_rest.sum() == pytest.approx(linear.total, rel=1e-9)
    mean = np.mean([numerics.fisher_memory(weights.W_hh, u, [3]).memory[0] for u in sources.T])
    assert linear.memory[3] == pytest.approx(mean, rel=1e-12)


def test_noise_that_grows_too_far_is_refused():
    weights = replace(network("relu"), W_hh=3 * np.eye(5), b_h=np.ones(5))
    with pytest.raises(TooFar, match="noise grows more than 1e\\+05 times, too far for float64; shorter trials"):
        memory_along(weights, input_directions(weights.W_xh), np.ones((2, 20, 2)))
    with pytest.raises(SchurscopeError, match="W_xh is 0: there is no direction"):
        input_directions(np.zeros((3, 2)))


def test_networks_of_a_block(tmp_path):
    """One whose linear curve is there, one whose spectral radius is above 1, one that diverged in training."""
    three = [
        without_trials("mine", network(size=size)).assign_coords(seed=[i]) for i, size in enumerate((0.6, 3.0, 0.6))
    ]
    block = xr.concat(three, "seed", combine_attrs="override").assign(status=("seed", ["ok", "ok", "diverged"]))
    rng = np.random.default_rng(5)
    arrays = {"inputs": rng.normal(size=(20, 6, 2)), "targets": np.zeros((20, 6, 3)), "mask": np.ones((20, 6, 3), "i1")}
    trials = netcdf.build("trials", {"task": "mine"}, {}, arrays, {"metric": "fvu"})
    found = memory_curves(block, {}, trials)
    netcdf.write(found, tmp_path / "memory.nc")
    read = netcdf.read(tmp_path / "memory.nc", "fisher_memory", task="mine", width=5, init="imported")
    assert read.sizes["lag"] == 10 and read.sizes["trial"] == 16 == read.attrs["trials"]
    assert np.isfinite(read.memory[0]).all() and np.isnan(read.memory[1:]).all() and np.isnan(read.total[1:]).all()
    assert read.total_low[0] <= read.total[0] <= read.total_high[0]
    assert (
        np.isfinite(read.along[:2, :6]).all() and np.isnan(read.along[:2, 6:]).all() and np.isnan(read.along[2]).all()
    )
    np.testing.assert_allclose(read.along, read.along_trial.mean("trial"))
    assert (read.along[:2, :6] <= read.optimum[:2, :6] * (1 + 1e-9)).all()
    assert read.along_total[0] == pytest.approx(read.along[0, :6].sum().item())
    assert read.spectral_radius[1] > 1 > read.spectral_radius[0] and "solved" in read
    short = memory_curves(block, {"trials": 0, "lags": 3})
    assert short.sizes["lag"] == 3 and "along" not in short
    with pytest.raises(SchurscopeError, match="lags"):
        memory_curves(block, {"lags": 0})
