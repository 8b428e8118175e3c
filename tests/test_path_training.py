"""circle_path's laws, its models against PyTorch's own, and training against losses and an AdamW by hand."""

import math

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
import torch

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.metrics.circular_rmse import circular_rmse
from schurscope.neutral import path_training
from schurscope.neutral.path_models import MODELS, answers, make_model, normalised
from schurscope.neutral.path_training import rmse, train
from schurscope.neutral.path_trials import FULL, RESTRICTED, fixed_paths, paths, training_paths

MANY = paths(stream("many"), 6000, 128)
TORCH = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


def kind_of(velocities, speed=0.8):
    """0: noise, 1: held, 2: pulled to 0; told by what the numbers do, (trial,)."""
    held = (velocities[:, 1:4] == velocities[:, :1]).all(axis=1)
    pushed = np.std(velocities[:, 1:] - 0.92 * velocities[:, :-1], axis=1)  # of noise 1.36 speed, of the third 0.25
    return np.where(held, 1, np.where(pushed > 0.6 * speed, 0, 2))


def normal(values, scale):
    """Whether values look like independent draws from N(0, scale^2)."""
    return scipy.stats.kstest(values / scale, "norm").pvalue > 1e-3


# The task


def test_each_kind_of_velocity_is_as_likely():
    shares = np.bincount(kind_of(MANY.velocities), minlength=3) / 6000
    assert np.allclose(shares, 1 / 3, atol=4 * math.sqrt(2 / 9 / 6000))


def test_the_first_kind_is_noise_at_every_step():
    v = MANY.velocities[kind_of(MANY.velocities) == 0]
    assert normal(v[:, ::7].ravel(), 0.8) and v.std() == pytest.approx(0.8, rel=0.005)
    for lag in (1, 2, 5):
        assert abs(np.mean(v[:, lag:] * v[:, :-lag]) / 0.64) < 0.01


def test_the_second_kind_holds_for_4_to_12_steps_a_length_a_trial():
    v, lengths = MANY.velocities[kind_of(MANY.velocities) == 1], []
    for own in v:
        ends = np.flatnonzero(np.diff(own)) + 1
        assert (np.diff(ends, prepend=0) == ends[0]).all() and len(own) - ends[-1] <= ends[0]
        lengths.append(ends[0])
    counted = np.bincount(lengths)
    assert set(np.flatnonzero(counted)) == set(range(4, 13))
    assert scipy.stats.chisquare(counted[4:]).pvalue > 1e-3
    assert normal(v[:, 0], 0.8) and normal(v[:, 12], 0.8)
    assert abs(np.mean(v[:, 0] * v[:, 12])) < 4 * 0.64 / math.sqrt(len(v)), "the next value is another one"


def test_the_third_kind_is_pulled_to_0():
    """v[t] = 0.92 v[t-1] + 0.2 N: a variance of 0.04 (1 - 0.92^2(t+1)) / (1 - 0.92^2), correlations 0.92^lag."""
    v = MANY.velocities[kind_of(MANY.velocities) == 2]
    pushes = v - 0.92 * np.pad(v, ((0, 0), (1, 0)))[:, :-1]
    assert normal(pushes[:, ::7].ravel(), 0.2)
    assert abs(np.mean(pushes[:, 1:] * pushes[:, :-1]) / 0.04) < 0.01
    for t in (0, 1, 4, 20, 127):
        expected = 0.04 * (1 - 0.92 ** (2 * t + 2)) / (1 - 0.92**2)
        assert v[:, t].var() == pytest.approx(expected, rel=5 * math.sqrt(2 / len(v)))
    late = v[:, 60:]
    for lag in (1, 5, 20):
        assert np.mean(late[:, lag:] * late[:, :-lag]) / late.var() == pytest.approx(0.92**lag, abs=0.03)


def test_phases_are_the_integral_of_velocities():
    assert MANY.phases.shape == (6000, 129) and MANY.velocities.shape == (6000, 128)
    for phases, velocities in zip(MANY.phases[:20], MANY.velocities[:20], strict=True):
        phase = phases[0]
        for t, velocity in enumerate(velocities):
            phase += 0.1 * velocity
            assert abs(phases[t + 1] - phase) < 1e-12
    assert np.allclose(MANY.targets, np.stack([np.cos(MANY.phases), np.sin(MANY.phases)], axis=2))
    assert np.abs(MANY.phases).max() > np.pi, "not wrapped"


@pytest.mark.parametrize("largest", [FULL, RESTRICTED])
def test_first_phases_are_uniform_in_their_range(largest):
    first = paths(stream("first"), 4000, 1, largest=largest).phases[:, 0]
    assert np.abs(first).max() <= largest
    assert scipy.stats.kstest(first, "uniform", (-largest, 2 * largest)).pvalue > 1e-3
    assert (FULL, RESTRICTED) == (np.pi, np.pi / 4)


def test_speeds_scale_velocities_and_nothing_else():
    slow, fast = (paths(stream("speeds"), 50, 20, speed) for speed in (0.25, 1.0))
    assert np.allclose(4 * slow.velocities, fast.velocities, rtol=1e-14)
    assert np.array_equal(slow.phases[:, 0], fast.phases[:, 0])
    assert not paths(stream("speeds"), 50, 20, 0.0).velocities.any()


def test_trials_have_an_address():
    one = training_paths(3, 7, 8, 16, FULL)
    assert np.array_equal(one.phases, training_paths(3, 7, 8, 16, FULL).phases)
    restricted = training_paths(3, 7, 8, 16, RESTRICTED)
    assert np.array_equal(one.velocities, restricted.velocities), "where phases begin changes no velocity"
    assert np.allclose(one.phases[:, 0] / 4, restricted.phases[:, 0])
    fixed = fixed_paths("test", 8, 16)
    others = [training_paths(4, 7, 8, 16, FULL), training_paths(3, 8, 8, 16, FULL), fixed_paths("validation", 8, 16)]
    for other in (one, *others):
        assert not np.isin(other.velocities, fixed.velocities).any()
    for other in others:
        assert not np.isin(other.velocities, one.velocities).any()
    assert np.array_equal(fixed.phases, fixed_paths("test", 8, 16).phases)


def test_every_model_sees_the_same_trials(monkeypatch):
    """What training asks for is addressed by seed and update alone."""
    asked = []
    monkeypatch.setattr(path_training, "training_paths", lambda *where: asked.append(where) or training_paths(*where))
    for name in MODELS:
        train(name, make_model(name, 4), [0, 5], 4, RESTRICTED, updates=2, batch=3)
    assert asked == len(MODELS) * [(seed, update, 3, 4, RESTRICTED) for update in (0, 1) for seed in (0, 5)]


def test_what_no_path_is_is_said():
    for largest in (0.0, -1.0, 3.2, np.nan):
        with pytest.raises(SchurscopeError, match="a number above 0 and at most pi is needed"):
            paths(stream("x"), 2, 2, largest=largest)
    for trials, steps, speed in ((0, 2, 1.0), (2, 0, 1.0), (2, 2, -0.1), (2, 2, np.inf), (2, 2, np.nan)):
        with pytest.raises(SchurscopeError, match="trials and steps must be at least 1, the speed 0 or more"):
            paths(stream("x"), trials, steps, speed)
    with pytest.raises(SchurscopeError, match="trials and steps must be at least 1"):
        train("gru", make_model("gru", 4), [0], 0)


def test_the_error_is_an_angle():
    outputs, targets = stream("o").normal(0, (3, 4, 2)), normalised(stream("t").normal(0, (3, 4, 2)))
    squares = []
    for y, target in zip(outputs.reshape(-1, 2), targets.reshape(-1, 2), strict=True):
        off = math.atan2(y[1], y[0]) - math.atan2(target[1], target[0])
        squares.append(min(abs(off + 2 * math.pi * turns) for turns in (-1, 0, 1)) ** 2)
    assert circular_rmse(outputs, targets) == pytest.approx(math.sqrt(sum(squares) / 12), rel=1e-13)
    assert circular_rmse(7 * outputs, targets) == pytest.approx(circular_rmse(outputs, targets)), "whatever the norms"
    assert circular_rmse(-targets, targets) == pytest.approx(math.pi) and circular_rmse(targets, targets) == 0
    angles = stream("chance").uniform(0, (200_000,), -np.pi, np.pi)
    random = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert circular_rmse(random[None], np.broadcast_to([1.0, 0.0], (1, *random.shape))) == pytest.approx(
        math.pi / math.sqrt(3), rel=0.005
    )


# Models


@pytest.mark.parametrize(
    "name, hidden, expected",
    [
        ("equivariant", 16, 1237),
        ("broken", 16, 1237),
        ("free", 16, 1235),
        ("gru", 16, 994),
        ("lstm", 16, 1346),
        ("orthogonal", 16, 386),
        ("gru", 32, 3522),
        ("lstm", 32, 4738),
        ("orthogonal", 32, 1282),
    ],
)
def test_as_many_parameters_as_the_paper_s(name, hidden, expected):
    p = make_model(name, hidden).parameters(stream("x"))
    assert sum(value.size for value in p.values()) == expected


@pytest.mark.parametrize("name", TORCH)
def test_gates_are_pytorch_s_own(name):
    """Answers and gradients of its own rollout, in float64."""
    model, trials = make_model(name), paths(stream("gates"), 5, 40)
    p = {key: torch.tensor(value, requires_grad=True) for key, value in model.parameters(stream("start", name)).items()}
    net = TORCH[name](1, 16, batch_first=True).double()
    theirs = {"weight_hh_l0": "W_hh", "weight_ih_l0": "W_xh", "bias_ih_l0": "b_h", "bias_hh_l0": "b_hh"}
    net.load_state_dict({key: p[own].detach() for key, own in theirs.items()})
    phase, velocities = torch.tensor(trials.phases[:, 0]), torch.tensor(trials.velocities)
    targets = torch.tensor(trials.targets)
    encode, read = torch.nn.Linear(2, len(p["b_encode"])).double(), torch.nn.Linear(16, 2).double()
    encode.load_state_dict({"weight": p["W_encode"].detach(), "bias": p["b_encode"].detach()})
    read.load_state_dict({"weight": p["W_hy"].detach(), "bias": p["b_y"].detach()})
    begun = encode(targets[:, 0])
    start = tuple(part[None].contiguous() for part in begun.split(16, dim=1))
    states = net(velocities[..., None], start[0] if name == "gru" else start)[0]
    expected = torch.nn.functional.normalize(read(torch.cat([begun[:, None, :16], states], dim=1)), dim=2)
    found = answers(model, p, phase, velocities)
    assert torch.allclose(found, expected, rtol=0, atol=1e-12)
    for outputs in (found, expected):
        ((outputs - targets) ** 2).mean().backward()
    named = {own: getattr(net, key) for key, own in theirs.items()}
    named |= {"W_encode": encode.weight, "b_encode": encode.bias, "W_hy": read.weight, "b_y": read.bias}
    assert set(named) == set(p)
    for key, value in named.items():
        assert value.grad.abs().max() > 1e-6
        assert torch.allclose(p[key].grad, value.grad, rtol=1e-10, atol=1e-13), key


def test_the_orthogonal_model_is_one():
    model = make_model("orthogonal")
    p = model.parameters(stream("start"))
    W = model.prepared(p)["W"]
    assert np.allclose(W @ W.T, np.eye(16), atol=1e-13) and np.allclose(W, scipy.linalg.expm(p["A"] - p["A"].T))
    state, u = model.begin(p, np.array([0.4, 2.0])), np.array([[0.3], [-1.0]])
    assert np.allclose(state, [p["W_encode"] @ [np.cos(a), np.sin(a)] + p["b_encode"] for a in (0.4, 2.0)])
    expected = [np.tanh(W @ h + p["W_xh"] @ x + p["b_h"] + p["b_hh"]) for h, x in zip(state, u, strict=True)]
    assert np.allclose(model.step(p, state, u), expected, atol=1e-13)
    assert np.allclose(model.read(p, state), state @ p["W_hy"].T + p["b_y"])


@pytest.mark.parametrize("name", MODELS)
def test_answers_are_steps_and_unit_vectors(name):
    """The same lines in NumPy and torch, for networks side by side."""
    model, trials = make_model(name, 6), paths(stream("answers"), 4, 9)
    alone = [model.parameters(stream("start", seed)) for seed in (0, 1)]
    found = []
    for p in alone:
        state = model.begin(p, trials.phases[:, 0])
        read = [model.read(p, state)]
        for u in trials.velocities.T:
            state = model.step(p, state, u[:, None])
            read.append(model.read(p, state))
        found.append(np.array([y / np.hypot(*y.T)[:, None] for y in read]).swapaxes(0, 1))
        assert np.allclose(answers(model, p, trials.phases[:, 0], trials.velocities), found[-1], atol=1e-14)
    together = {key: torch.tensor(np.stack([one[key] for one in alone])) for key in alone[0]}
    phase, velocities = (torch.tensor(np.stack([x, x])) for x in (trials.phases[:, 0], trials.velocities))
    assert np.allclose(answers(model, together, phase, velocities).numpy(), found, rtol=0, atol=1e-13)


# Training


def loss_of(model, p, trials):
    """Mean squared error between unit vectors, and its gradients, of float32 arrays ``p`` of one network."""
    tensors = {key: torch.tensor(value, requires_grad=True) for key, value in p.items()}
    phase, velocities = torch.tensor(trials.phases[:, 0].astype("f4")), torch.tensor(trials.velocities.astype("f4"))
    off = answers(model, tensors, phase, velocities) - torch.tensor(trials.targets.astype("f4"))
    loss = (off**2).mean()
    loss.backward()
    return loss.item(), {key: value.grad.numpy().astype(np.float64) for key, value in tensors.items()}


def adamw(p, gradients, moments, step, rate, decay, clip):
    """Loshchilov and Hutter 2019, algorithm 2, with the whole gradient cut to a norm of ``clip``; in float64."""
    norm = math.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    after = {}
    for key, g in gradients.items():
        g = g * min(1.0, clip / (norm + 1e-6))
        first, second = moments.get(key, (0.0, 0.0))
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g**2
        moments[key] = first, second
        whole = first / (1 - 0.9**step), second / (1 - 0.999**step)
        after[key] = p[key] * (1 - rate * decay) - rate * whole[0] / (np.sqrt(whole[1]) + 1e-8)
    return after


@pytest.mark.parametrize("decay, clip", [(1e-5, 1.0), (3.0, 1e-3)])
@pytest.mark.parametrize("name, rate", [("equivariant", 3e-3), ("free", 3e-3), ("gru", 2e-3), ("orthogonal", 2e-3)])
def test_three_updates_by_hand(monkeypatch, name, rate, decay, clip):
    """And the best look of them is what is kept. In the second case decay and clipping can be seen."""
    monkeypatch.setattr(path_training, "WEIGHT_DECAY", decay)
    monkeypatch.setattr(path_training, "CLIP", clip)
    model, shown, asked = make_model(name), fixed_paths("validation", 256, 6), 3
    [found] = train(name, model, [4], 6, updates=asked, batch=16)
    p = model.parameters(stream("circle path start", name, 4))
    moments, losses, looks = {}, [], []
    for update in range(asked + 1):
        single = {key: value.astype(np.float32) for key, value in p.items()}
        looks.append((rmse(model, {key: value[None] for key, value in single.items()}, shown)[0], single))
        if update < asked:
            loss, gradients = loss_of(model, single, training_paths(4, update, 16, 6, FULL))
            losses.append(loss)
            p = adamw(single, gradients, moments, update + 1, rate, decay, clip)
    assert np.array_equal(found.looked, [0, 1, 2, 3])
    assert np.allclose(found.loss, losses, rtol=2e-5)
    assert np.allclose(found.validation, [error for error, _ in looks], rtol=2e-5)
    best = looks[int(np.argmin(found.validation))][1]
    for key, value in found.parameters.items():
        assert value.dtype == np.float32 and np.allclose(value, best[key], rtol=0, atol=2e-6), key
    for key, value in found.untrained.items():
        assert np.array_equal(value, looks[0][1][key])


@pytest.mark.parametrize("name", MODELS)
def test_the_first_loss_is_the_mean_squared_error(name):
    """By the model's steps in float64, number after number; of untrained baselines it is that of random vectors."""
    model = make_model(name)
    [found] = train(name, model, [1], 5, updates=1, batch=8)
    p, trials = model.parameters(stream("circle path start", name, 1)), training_paths(1, 0, 8, 5, FULL)
    squares = []
    for trial in range(8):
        state = model.begin(p, trials.phases[trial, :1])
        for t in range(6):
            [[x, y]] = model.read(p, state)
            length, phase = math.hypot(x, y), trials.phases[trial, t]
            squares += [(x / length - math.cos(phase)) ** 2, (y / length - math.sin(phase)) ** 2]
            if t < 5:
                state = model.step(p, state, trials.velocities[trial, t, None, None])
    assert len(squares) == 96 and found.loss == pytest.approx([sum(squares) / 96], rel=1e-5)
    assert found.loss[0] < 0.1 if name in ("equivariant", "free", "broken") else 0.3 < found.loss[0] < 2


def test_the_best_look_is_kept(monkeypatch):
    """Also where later ones are worse: with a rate that is far too large."""
    monkeypatch.setattr(path_training, "RATE", 0.5)
    model, shown = make_model("gru", 6), fixed_paths("validation", 256, 5)
    found = train("gru", model, [0, 1, 2, 3], 5, updates=30, batch=8)
    kept = {key: np.stack([one.parameters[key] for one in found]) for key in found[0].parameters}
    best = [one.validation.min() for one in found]
    assert np.allclose(rmse(model, kept, shown), best, rtol=1e-6)
    assert any(one.validation.argmin() < 12 and one.validation[-1] > one.validation.min() for one in found)
    for one in found:
        assert len(one.validation) == len(one.looked) == 13 and len(one.loss) == 30
        assert one.looked[0] == 0 and one.looked[-1] == 30


@pytest.mark.parametrize("name", ["equivariant", "lstm"])
def test_a_network_is_its_seed_s(name):
    """Twice the same bytes; side by side with others the same network, to the rounding of other products."""
    model = make_model(name)
    runs = [train(name, model, seeds, 6, updates=4, batch=16) for seeds in ([0, 1], [0, 1], [1])]
    for one, again in zip(runs[0], runs[1], strict=True):
        assert all(one.parameters[key].tobytes() == value.tobytes() for key, value in again.parameters.items())
        assert one.loss.tobytes() == again.loss.tobytes() and one.validation.tobytes() == again.validation.tobytes()
    together, alone = runs[0][1], runs[2][0]
    assert np.allclose(together.loss, alone.loss, rtol=1e-5)
    for key, value in alone.parameters.items():
        assert np.allclose(together.parameters[key], value, rtol=0, atol=2e-5), key
    assert not any(np.allclose(runs[0][0].loss, one.loss) for one in (together, alone))


def test_training_is_not_asked_for_nothing():
    """No updates: the start, looked at once."""
    [found] = train("gru", make_model("gru", 4), [0], 4, updates=0)
    assert found.loss.shape == (0,) and found.validation.shape == (1,)
    assert all(np.array_equal(value, found.untrained[key]) for key, value in found.parameters.items())


def restricted_and_full(updates, steps, batch, seeds):
    """Two lists of RMSE on the whole circle, of pinned cells that saw a quarter of it, and all."""
    cell, shown = make_model("equivariant"), fixed_paths("test", 192, 128)
    found = [train("equivariant", cell, seeds, steps, within, updates, batch) for within in (RESTRICTED, FULL)]
    arrays = [{key: np.stack([one.parameters[key] for one in run]) for key in run[0].parameters} for run in found]
    return [rmse(cell, p, shown) for p in arrays], found


def test_a_pinned_cell_cannot_tell_a_quarter_of_the_circle_from_all():
    """Its errors are those of a turned path: the same losses, hence the same cell, to rounding."""
    (restricted, full), (some, all_) = restricted_and_full(12, 8, 16, [0, 1])
    assert np.allclose(restricted, full, rtol=0, atol=1e-4)
    for one, other in zip(some, all_, strict=True):
        assert np.allclose(one.loss, other.loss, rtol=1e-3)


@pytest.mark.slow
def test_nor_can_it_after_the_paper_s_training():
    (restricted, full), _ = restricted_and_full(120, 64, 64, [0, 1, 2])
    assert np.allclose(restricted, full, rtol=0, atol=1e-3) and full.max() < 0.03
