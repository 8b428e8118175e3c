"""Constructions against what the paper says of each (section 3), and the Cayley gradient against finite differences."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.linalg
import torch

from schurscope import constructions
from schurscope.constructions import exponential
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.schur.form import ordered_schur
from schurscope.training.start import start as begin

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


@pytest.mark.parametrize("ends, variances", [("glorot", (2 / 500, 2 / 510)), ("kaiming", (2 / 100, 2 / 400))])
def test_ends_have_the_stated_variance(ends, variances):
    task = SimpleNamespace(name="wide", inputs=100, outputs=110)
    made = begin(task, 400, "default", 0, {"ends": ends})
    for W, variance in zip((made.W_xh, made.W_hy), variances, strict=True):
        assert abs(W.var() / variance - 1) < 0.03 and abs(np.mean(W**4) / W.var() ** 2 - 3) < 0.2, "normal"


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
    construction, W = start(init, 8, 1)
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


def test_the_exponential_and_its_pullback_are_scipy_s():
    rng = np.random.default_rng(3)
    for n, size in ((5, 0.3), (12, 3.0), (40, 12.0)):
        X = rng.standard_normal((n, n))
        A = exponential.skew(X)
        A *= size / np.linalg.norm(A, 2)
        rotation, kept = exponential.exp(A)
        gradient = rng.standard_normal((n, n))
        assert np.max(np.abs(rotation - scipy.linalg.expm(A))) < 2e-9 and np.linalg.det(rotation) == pytest.approx(1)
        found = exponential.pullback(kept, gradient)
        wanted = scipy.linalg.expm_frechet(A.T, gradient, compute_expm=False)
        tolerance = 1e-13 if size <= 3 else 1e-8
        assert np.max(np.abs(found - wanted)) < tolerance * np.max(np.abs(wanted))


@pytest.mark.parametrize("init", ["rotation", "rotation_cayley", "rotation_random", "triangular"])
def test_gradients_of_trained_rotations_are_autograd_s(init):
    """Beside torch's own exponential, in float64, away from the start."""
    construction, W = start(init, 10, 2)
    rng = np.random.default_rng(4)
    moved = {name: value + 0.1 * rng.standard_normal(value.shape) for name, value in construction.parameters.items()}
    gradient = rng.standard_normal(W.shape)
    p = {name: torch.tensor(value, requires_grad=True) for name, value in moved.items()}
    upper = torch.triu(p["X"], 1)
    matrix = torch.matrix_exp(upper - upper.T)
    if init == "triangular":
        blocks = [
            g * torch.stack([torch.stack([t.cos(), -t.sin()]), torch.stack([t.sin(), t.cos()])])
            for g, t in zip(p["gamma"], p["theta"], strict=True)
        ]
        matrix = matrix @ (torch.block_diag(*blocks) + torch.tril(p["T"], -1)) @ matrix.T
    assert np.max(np.abs(construction.matrix(moved) - matrix.detach().numpy())) < 1e-13
    (matrix * torch.tensor(gradient)).sum().backward()
    found = construction.pullback(moved, gradient)
    for name, value in p.items():
        assert np.max(np.abs(found[name] - value.grad.numpy())) < 1e-12, name


def test_rotations_start_with_the_stated_angles():
    angles = {}
    for init in ("rotation", "rotation_cayley", "rotation_random", "henaff"):
        W = start(init, 200, 1)[1]
        assert np.max(np.abs(W.T @ W - np.eye(200))) < 1e-13 and np.linalg.det(W) == pytest.approx(1)
        angles[init] = np.abs(np.angle(np.linalg.eigvals(W)))
    assert 0 < angles["rotation_cayley"].min() and angles["rotation_cayley"].max() < 1
    for init in ("rotation", "henaff", "rotation_random"):
        assert abs(np.mean(angles[init]) - np.pi / 2) < 0.25 and angles[init].max() > 3
    assert np.count_nonzero(start("rotation", 201, 1)[1][200]) == 1, "an odd width leaves one coordinate as it is"


def test_rotations_stay_orthogonal_in_single_precision():
    construction, _ = start("triangular", 128, 0)
    rng = np.random.default_rng(5)
    X = (construction.parameters["X"] + 0.02 * rng.standard_normal((128, 128))).astype(np.float32)
    P, _ = exponential.exp(exponential.skew(X))
    assert P.dtype == np.float32 and np.max(np.abs(P.T @ P - np.eye(128))) < 1e-5


def test_triangular_starts_as_its_blocks_and_is_a_schur_form_read_backwards():
    construction, W = start("triangular", 12, 3)
    D = construction.theta_matrix(construction.parameters)
    assert np.max(np.abs(W - D)) < 1e-14 and normality(W) < 1e-14, "P and D turn the same planes"
    rng = np.random.default_rng(6)
    moved = {name: value + 0.2 * rng.standard_normal(value.shape) for name, value in construction.parameters.items()}
    W, P = construction.matrix(moved), exponential.exp(exponential.skew(moved["X"]))[0]
    theta = construction.theta_matrix(moved)
    reversal = np.eye(12)[::-1]
    upper, Q = reversal @ theta @ reversal, P @ reversal
    block = np.arange(12) // 2
    assert np.max(np.abs(Q @ upper @ Q.T - W)) < 1e-13 and not upper[block[:, None] > block[None, :]].any()
    assert np.allclose(np.sort_complex(np.linalg.eigvals(W)), np.sort_complex(ordered_schur(W).eigenvalues))
    g, angle, t = moved["gamma"], moved["theta"], moved["T"][1::2, ::2].diagonal()
    squared = g**2 + g * t * np.sin(angle)
    for i in range(6):
        own = np.linalg.eigvals(theta[2 * i : 2 * i + 2, 2 * i : 2 * i + 2])
        if own.imag.any():
            assert np.abs(own) == pytest.approx(np.sqrt(squared[i]))
    assert np.any(np.abs(squared - g**2) > 0.01), "gamma is not the modulus"


@pytest.mark.parametrize("init", ["eurnn", "eurnn_fft"])
def test_layers_of_plane_rotations_one_by_one(init):
    construction, W = start(init, 16, 4)
    expected, angles = np.eye(16), construction.parameters["angles"]
    for layer in range(len(angles)):
        if init == "eurnn":
            planes = [(i, i + 1) for i in range(layer % 2, 16 - layer % 2, 2)]
        else:
            stride = 8 // 2**layer
            planes = [(i, i + stride) for i in range(16) if i // stride % 2 == 0]
        F = np.eye(16)
        for (p, q), angle in zip(planes, angles[layer], strict=False):
            F[p, p] = F[q, q] = np.cos(angle)
            F[p, q], F[q, p] = -np.sin(angle), np.sin(angle)
        expected = F @ expected
    assert len(angles) == 4 and np.max(np.abs(W - expected)) < 1e-14
    assert np.max(np.abs(W.T @ W - np.eye(16))) < 1e-14
    assert (np.count_nonzero(W) == 256) == (init == "eurnn_fft"), "with the FFT's planes every unit reaches every other"


def test_glorot_has_its_variance():
    W = start("glorot", 300)[1]
    assert W.var() * 300 == pytest.approx(1, abs=0.02)


def test_streams_differ_by_seed_and_construction():
    starts = [start(init, 16, seed)[1] for init in INITS for seed in (0, 1)]
    assert all(not np.allclose(a, b) for i, a in enumerate(starts) for b in starts[:i])
    assert np.array_equal(start("normal", 10, 1)[1], start("normal", 10, 1)[1])


def test_mistakes_get_a_sentence():
    with pytest.raises(SchurscopeError, match="width 7 is odd"):
        start("normal", 7)
    with pytest.raises(SchurscopeError, match="width 9 is odd; init 'triangular' is made of 2x2 blocks"):
        start("triangular", 9)
    with pytest.raises(SchurscopeError, match="width 12 is no power of 2, which init 'eurnn_fft' needs"):
        start("eurnn_fft", 12)
    with pytest.raises(SchurscopeError, match="width 7 is odd; init 'eurnn' turns planes of two units"):
        start("eurnn", 7)
    with pytest.raises(SchurscopeError, match="'ortho' does not exist; allowed: default, orthogonal, normal, cayley"):
        start("ortho")
