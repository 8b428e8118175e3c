"""Constructions against what the paper says of each (section 3), and the Cayley gradient against finite differences."""

import numpy as np
import pytest

from schurscope import constructions
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY

INITS = tuple(REGISTRY["init"])


def start(init, width=20, seed=0):
    construction = constructions.start(init, "copy", width, seed)
    return construction, construction.matrix(construction.parameters)


def normality(W):
    return np.max(np.abs(W @ W.T - W.T @ W))


def test_default_is_uniform():
    W = start("default", 400)[1]
    bound = 400**-0.5
    assert 0.999 * bound < np.abs(W).max() <= bound and abs(W.var() / (bound**2 / 3) - 1) < 0.01


def test_orthogonal_is_orthogonal():
    W = start("orthogonal")[1]
    assert np.max(np.abs(W @ W.T - np.eye(20))) < 1e-14
    traces = [np.trace(start("orthogonal", 20, seed)[1]) for seed in range(200)]
    assert abs(np.mean(traces)) < 0.25 and abs(np.var(traces) - 1) < 0.35  # Haar: mean 0, variance 1


def test_normal_is_normal_with_the_stated_variance():
    W = start("normal", 600)[1]
    assert normality(W) < 1e-13
    eigenvalues = np.linalg.eigvals(W)
    assert abs(np.mean(np.abs(eigenvalues) ** 2) - 1 / 3) < 0.06
    assert abs(np.var(eigenvalues.real) - 1 / 6) < 0.05


def test_cayley_has_the_eigenvalues_of_a_uniform_matrix():
    construction, W = start("cayley", 21)
    assert normality(W) < 1e-14
    from schurscope.foundations.streams import stream

    source = stream("W_hh", "copy", 21, "cayley", 0)
    raw = np.linalg.eigvals(source.uniform(1, (21, 21), -(21**-0.5), 21**-0.5))
    assert np.allclose(np.sort_complex(np.linalg.eigvals(W)), np.sort_complex(raw))
    U = construction.parameters["U"]
    A = (U - U.T) / 2
    O = (np.eye(21) - A) @ np.linalg.inv(np.eye(21) + A)
    assert np.max(np.abs(O @ O.T - np.eye(21))) < 1e-14
    D = O.T @ W @ O
    outside = np.abs(np.triu(D, 2)) + np.abs(np.tril(D, -2))
    assert outside.max() < 1e-14


def test_cayley_stays_normal_whatever_its_parameters():
    construction, _ = start("cayley")
    rng = np.random.default_rng(0)
    parameters = {name: value + rng.standard_normal(value.shape) for name, value in construction.parameters.items()}
    assert normality(construction.matrix(parameters)) < 1e-13


@pytest.mark.parametrize("init", INITS)
def test_pullback_is_the_gradient(init):
    construction, W = start(init, 6, 1)
    rng = np.random.default_rng(1)
    weight = rng.standard_normal(W.shape)
    gradients = construction.pullback(construction.parameters, weight)
    step = 1e-6
    for name, value in construction.parameters.items():
        assert gradients[name].shape == value.shape
        for index in np.ndindex(value.shape):
            ends = []
            for sign in (1, -1):
                moved = {key: array.copy() for key, array in construction.parameters.items()}
                moved[name][index] += sign * step
                ends.append(np.sum(weight * construction.matrix(moved)))
            assert gradients[name][index] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)


def test_streams_differ_by_seed_and_construction():
    starts = [start(init, 10, seed)[1] for init in INITS for seed in (0, 1)]
    assert all(not np.allclose(a, b) for i, a in enumerate(starts) for b in starts[:i])
    assert np.array_equal(start("normal", 10, 1)[1], start("normal", 10, 1)[1])


def test_mistakes_get_a_sentence():
    with pytest.raises(SchurscopeError, match="width 7 is odd"):
        start("normal", 7)
    with pytest.raises(SchurscopeError, match="'ortho' does not exist; allowed: default, orthogonal, normal, cayley"):
        start("ortho")
