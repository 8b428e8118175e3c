"""The batched engine, on the CPU device: against autograd, and each network against itself alone."""

import contextlib
import weakref
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from drawn import DRAWN
from schurscope.cells import TANH, profiled
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.tasks import make_task
from schurscope.training import groups
from schurscope.training import loop as training
from schurscope.training.engines import batched, cuda_graph, gpu_memory
from schurscope.training.engines.torch_streams import TorchStreams
from schurscope.training.groups import make_engine
from schurscope.training.losses.cross_entropy_loss import LOSS
from schurscope.training.recipe import recipe
from schurscope.training.start import start

TRAINING = {"learning_rate": 1e-3, "clip": 0.3, "engine": "torch"}
TRANSCENDENTAL = ("circle_path", "sine", "sine_schuessler", "integration", "integration_schuessler")
SETTINGS = {
    "engine": "batched", "device": "cpu", "updates": 600, "batch": 32, "learning_rate": 3e-3, "clip": 1.0,
    "stop_when_solved": True, "check_every": 50, "validation_trials": 64, "horizon": 4, "solved": 0.95,
}  # fmt: skip
FUSED = {key: value for key, value in SETTINGS.items() if key != "device"} | {"engine": "fused"}
COPY = make_task({"task": "copy", "symbols": 2, "channels": 2, "lags": 8})


def group(task, init, seeds, dtype, batch=16):
    starts = [start(task, 16, init, seed) for seed in seeds]
    return batched.Group(task, starts, seeds, batch, recipe(TRAINING), dtype)


def fields(weights):
    return np.concatenate([np.ravel(getattr(weights, name)) for name in ("W_hh", "W_xh", "W_hy")])


@pytest.mark.parametrize(
    "dtype, tolerance", [("float64", 1e-10), pytest.param("float32", 1e-4, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "name, init",
    [(name, "orthogonal") for name in DRAWN if name != "flipflop"] + [("flipflop", init) for init in REGISTRY["init"]],
)
def test_each_network_is_autograd_s(name, init, dtype, tolerance):
    """Fifty updates of two networks at once, trials by torch; the reference has one network, trials by NumPy."""
    task, seeds = make_task({"task": name}), [0, 3]
    horizon = 10 if task.has_horizon else None
    both = group(task, init, seeds, dtype)
    losses = both.run(0, 50, [horizon] * 2)
    for seed, own, weights in zip(seeds, losses, both.weights(), strict=True):
        reference = make_engine(task, 16, init, seed, TRAINING, dtype=dtype)
        expected = [reference.update(task.trials(seed, update, 16, horizon)) for update in range(50)]
        assert own == pytest.approx(expected, rel=tolerance)
        assert np.max(np.abs(fields(weights) - fields(reference.weights()))) < tolerance


@pytest.mark.parametrize("cell", profiled())
def test_any_cell_of_units_is_autograd_s(cell):
    """Thirty updates of two networks of each cell, and scores as the task gives them."""
    task, seeds, said = make_task({"task": "flipflop"}), [0, 3], TRAINING | {"cell": cell, "learning_rate": 5e-3}
    both = batched.Group(
        task, [start(task, 12, "default", seed, {"cell": cell}) for seed in seeds], seeds, 16, recipe(said), "float64"
    )
    losses = both.run(0, 30, [None] * 2)
    for seed, own, weights in zip(seeds, losses, both.weights(), strict=True):
        reference = make_engine(task, 12, "default", seed, said, dtype="float64")
        assert own == pytest.approx(
            [reference.update(task.trials(seed, update, 16)) for update in range(30)], rel=1e-10
        )
        expected = reference.weights().arrays()
        assert set(expected) == set(weights.arrays()) and weights.cell == cell
        for name, array in weights.arrays().items():
            assert np.max(np.abs(array - expected[name])) < 1e-10, name
    trials = task.validation(20)
    assert both.scores(trials) == pytest.approx([task.score(weights, trials) for weights in both.weights()], rel=1e-10)


KERG = {  # the recipe of Kerg et al. 2019 for nnRNN, with rates and penalties that show within a few updates
    "learning_rate": 1e-3, "clip": None, "engine": "torch", "loss": "cross_entropy",
    "optimiser": {"name": "rmsprop", "alpha": 0.9}, "cell": "modrelu",
    "groups": {
        "X": {"learning_rate": 1e-4}, "T": {"weight_decay": 0.01},
        "gamma": {"penalty": 0.1, "towards": 1.0}, "W_xh": {"penalty": 0.02},
    },
    "ends": "glorot", "biases": ["b_h", "b_y"],
}  # fmt: skip


@pytest.mark.parametrize(
    "said", [KERG, KERG | {"clip": 0.1}, KERG | {"optimiser": {"name": "adam"}}], ids=["", "clip", "adam"]
)
def test_any_loss_optimiser_and_group_is_autograd_s(said):
    """A mask that scores some rows, rates, decay and penalties of their own; the loss is the bare one."""
    task, seeds = make_task({"task": "copy_memory", "symbols": 3, "alphabet": 4, "delay": 6}), [0, 3]
    starts = [start(task, 12, "triangular", seed, said) for seed in seeds]
    both = batched.Group(task, starts, seeds, 5, recipe(said), "float64")
    losses = both.run(0, 30, [None] * 2)
    for seed, own, weights in zip(seeds, losses, both.weights(), strict=True):
        reference = make_engine(task, 12, "triangular", seed, said, dtype="float64")
        expected = [reference.update(task.trials(seed, update, 5)) for update in range(30)]
        assert own == pytest.approx(expected, rel=1e-10)
        for name, array in reference.weights().arrays().items():
            assert np.max(np.abs(array - weights.arrays()[name])) < 1e-10, name
        assert "b_y" in weights.arrays()
    trials = task.validation(20)
    assert both.scores(trials) == pytest.approx([task.score(weights, trials) for weights in both.weights()], rel=1e-10)


def test_cross_entropy_of_some_rows_is_torch_s():
    rng = np.random.default_rng(0)
    outputs = torch.tensor(rng.normal(size=(3, 7, 4)) * 30, requires_grad=True)
    targets = torch.eye(4, dtype=torch.float64)[torch.tensor(rng.integers(0, 4, (3, 7)))]
    mask = torch.tensor(rng.random((3, 7, 1)) < 0.6).expand(3, 7, 4)
    value, gradient = LOSS.stacked(outputs.detach(), targets, mask)
    expected = torch.stack(
        [LOSS.value(*(part[None] for part in one)) for one in zip(outputs, targets, mask, strict=True)]
    )
    expected.sum().backward()
    assert torch.allclose(value, expected) and torch.allclose(gradient, outputs.grad, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", DRAWN)
def test_trials_are_those_of_the_cpu(name):
    """Words are equal bit for bit; logarithms and sines of two libraries differ in the last place."""
    task, seeds = make_task({"task": name}), [0, 5, 2**32 - 1]
    horizon = 5 if task.has_horizon else None
    updates = [7, 8, 2**31]
    source = TorchStreams([task.training_stream(seed).key for seed in seeds], torch.tensor(updates))
    both = task.draw(source, 9, horizon)
    for (late, update), (place, seed) in product(enumerate(updates), enumerate(seeds)):
        own, words = task.trials(seed, update, 9, horizon), task.training_stream(seed, update).words(2, 13)
        assert np.array_equal(source.words(2, 13)[late, place], words)
        assert np.array_equal(both.mask[late, place], own.mask)
        for field in ("inputs", "targets"):
            mine, its = getattr(both, field)[late, place], getattr(own, field)
            assert mine.dtype == torch.float64
            assert np.max(np.abs(mine.numpy() - its)) <= (1e-15 if name in TRANSCENDENTAL else 0)


@pytest.mark.parametrize("name", ["copy", "flipflop", "flipflop_schuessler"])
def test_scores_are_the_task_s(name, monkeypatch):
    monkeypatch.setattr(batched, "SCORED_BYTES", 1)  # one network at a time
    task = make_task({"task": name})
    three = group(task, "default", [0, 1, 2], "float32")
    trials = task.validation(20)
    expected = [task.score(weights, trials) for weights in three.weights()]
    assert three.scores(trials) == pytest.approx(expected, rel=1e-12)
    three.values[1] = torch.nan
    assert np.isnan(three.scores(trials)[1]) and three.scores(trials)[::2] == pytest.approx(expected[::2])


def test_a_group_is_its_networks_alone():
    """Stopped alone when solved, each after its own number of updates, with the weights it had then."""
    seeds = [0, 1, 2, 3]
    together = training.train(COPY, 12, "orthogonal", seeds, SETTINGS)
    for seed, network in zip(seeds, together, strict=True):
        for settings in (SETTINGS, FUSED):
            alone = training.train(COPY, 12, "orthogonal", [seed], settings)[0]
            assert (alone.solved, alone.status, len(alone.loss)) == (network.solved, "ok", len(network.loss))
            assert network.loss == pytest.approx(alone.loss, rel=1e-2)
            assert np.max(np.abs(fields(network.weights) - fields(alone.weights))) < 1e-2
    assert len({len(network.loss) for network in together}) > 1


def test_curriculum_has_a_horizon_for_each_network():
    curriculum = {"horizon": [2, 4, 8], "advance_at": 0.8, "updates": 300, "stop_when_solved": False}
    together = training.train(COPY, 12, "orthogonal", [0, 1, 2], SETTINGS | curriculum)
    for seed, network in enumerate(together):
        alone = training.train(COPY, 12, "orthogonal", [seed], FUSED | curriculum)[0]
        assert network.loss == pytest.approx(alone.loss, rel=1e-2)


def test_one_that_diverges_leaves_the_others_alone():
    task = make_task({"task": "sine"})
    settings = SETTINGS | {"updates": 120, "solved": 0.0, "check_every": 60}
    del settings["horizon"]
    expected = training.train(task, 12, "default", [0, 2], settings)
    real = batched.Group.run

    def spoilt(self, first, count, horizons):
        if first == 50 and len(self.values) == 3:
            self.values[1] *= 1e30
        return real(self, first, count, horizons)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batched.Group, "run", spoilt)
        first, lost, last = training.train(task, 12, "default", [0, 1, 2], settings)
    assert lost.status == "diverged" and len(lost.loss) == 51 and np.isnan(lost.score)
    assert np.isfinite(lost.loss[:-1]).all() and np.isfinite(fields(lost.weights)).all()
    for one, other in zip((first, last), expected, strict=True):
        assert one.status == "ok" and len(one.loss) == 120
        assert np.max(np.abs(fields(one.weights) - fields(other.weights))) < 1e-4


def test_a_block_that_does_not_fit_is_split(monkeypatch):
    whole = training.train(COPY, 12, "normal", [0, 1, 2], SETTINGS | {"updates": 60})
    monkeypatch.setattr(batched, "networks_at_once", lambda *_: 2)
    split = training.train(COPY, 12, "normal", [0, 1, 2], SETTINGS | {"updates": 60})
    for one, other in zip(whole, split, strict=True):
        assert np.max(np.abs(fields(one.weights) - fields(other.weights))) < 1e-5


class Watch(TorchDispatchMode):
    """Sees every operation: refuses tensors of another device, and counts the bytes that live at once."""

    def __init__(self, *devices):
        super().__init__()
        self.devices, self.live, self.peak, self.known = devices, 0, 0, set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        for tensor in pytree.tree_leaves((args, kwargs, out)):
            if isinstance(tensor, torch.Tensor):
                assert tensor.device.type in self.devices, f"{function} has a tensor on {tensor.device}"
                self._count(tensor.untyped_storage())
        return out

    def _count(self, storage):
        key = storage._cdata
        if key not in self.known:
            self.known.add(key)
            self.live += storage.nbytes()
            self.peak = max(self.peak, self.live)
            weakref.finalize(storage, self._forget, key, storage.nbytes())

    def _forget(self, key, size):
        self.known.discard(key)
        self.live -= size


KINDS = [(name, "default", TANH) for name in DRAWN if name != "flipflop"]
KINDS += [("flipflop", init, TANH) for init in REGISTRY["init"]]
KINDS += [("flipflop", "default", cell) for cell in profiled() if cell != TANH]


@pytest.mark.parametrize(("name", "init", "cell"), KINDS)
def test_an_update_asks_for_no_value_and_fits(name, init, cell):
    """On the device "meta", which has shapes but no numbers: what would wait for a value or mix devices fails there, as
    it would in a captured graph. What lives at once is at most what ``bytes_of_one`` promises."""
    task, seeds = make_task({"task": name} | ({"delay": 20} if name == "copy_memory" else {})), range(5)
    horizon = 16 if task.has_horizon else None
    starts = [start(task, 64, init, seed, {"cell": cell}) for seed in seeds]
    with Watch("meta", "cpu") as watch:
        several = batched.Group(task, starts, seeds, 64, recipe(TRAINING), device="meta")
        several._begin(horizon)
        watch.devices = ("meta",)
        for _ in range(3):
            several._draw()
            several._step()
    trials = task.trials(0, 0, 64, horizon)
    promised, drawn = gpu_memory.bytes_of_one(trials, 64, 3 if cell == TANH else 4), gpu_memory._drawing(trials)
    assert several.at_once > 1 and promised <= watch.peak <= 5 * (promised + (several.at_once - 1) * drawn)


def test_graph_comes_after_the_warm_up(monkeypatch):
    """Work is done once a call: the first times as it is, then by the graph, whose capture does none."""
    done, capturing = [], []

    class Graph:
        def replay(self):
            done.append("graph")

        def reset(self):
            done.append("reset")

    @contextlib.contextmanager
    def capture(graph, stream):
        capturing.append(graph)
        yield
        done.pop()

    stream_of = SimpleNamespace(wait_stream=lambda other: None)
    for name, stand_in in {
        "CUDAGraph": Graph,
        "graph": capture,
        "Stream": lambda: stream_of,
        "current_stream": lambda: stream_of,
        "stream": contextlib.nullcontext,
    }.items():
        monkeypatch.setattr(torch.cuda, name, stand_in)
    step = cuda_graph.Replayed(lambda: done.append("step"), captured=True)
    for _ in range(6):
        step()
    assert done == ["step"] * 3 + ["graph"] * 3 and len(capturing) == 1
    step.end()
    assert done[-1] == "reset" and step.graph is None
    never = cuda_graph.Replayed(lambda: done.append("as it is"), captured=False)
    for _ in range(6):
        never()
    assert done[-6:] == ["as it is"] * 6 and len(capturing) == 1


def test_trials_are_drawn_for_several_updates():
    """Runs need not end where a drawing does; a new shape, or a network that left, draws anew."""
    some, drawings = group(COPY, "default", [0, 1], "float32"), []
    draw = some._draw
    some._draw = lambda: drawings.append(int(some.update)) or draw()
    some.run(0, 10, [4, 4])
    assert some.at_once == gpu_memory.MOST == 16
    some.run(10, 10, [4, 3])
    assert drawings == [0, 16]
    some.run(20, 2, [4, 6])
    some.keep([1])
    some.run(22, 11, [6])
    assert drawings == [0, 16, 20, 22, 32]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
@pytest.mark.parametrize(
    "init, cell", [(init, TANH) for init in REGISTRY["init"]] + [("default", cell) for cell in profiled()]
)
@pytest.mark.parametrize("name", DRAWN)
def test_on_a_gpu(name, init, cell):
    """The graph against the CPU device: before and after a network leaves, and after a longer horizon."""
    task, seeds, said = make_task({"task": name}), [0, 1, 2], recipe(TRAINING | {"cell": cell})
    starts = [start(task, 12, init, seed, {"cell": cell}) for seed in seeds]
    pair = [batched.Group(task, starts, seeds, 16, said, "float64", device) for device in ("cuda", "cpu")]
    horizon = 6 if task.has_horizon else None
    for first, more in ((0, 0), (12, 0), (24, 2)):
        horizons = [horizon and horizon + more] * len(pair[0].values)
        losses = [np.array(one.run(first, 12, horizons)) for one in pair]
        assert losses[0] == pytest.approx(losses[1], rel=1e-9)
        scores = [one.scores(task.validation(16)) for one in pair]
        assert scores[0] == pytest.approx(scores[1], rel=1e-9)
        if first == 0:
            for one in pair:
                one.keep([0, 2])
    pair[0].values[1] *= 1e300
    assert not np.isfinite(pair[0].run(36, 5, horizons)[1][-1])


def test_no_gpu_and_too_little_memory_get_a_sentence(monkeypatch):
    task, settings = make_task({"task": "flipflop"}), {"device": "cuda", "batch": 64}
    assert batched.networks_at_once(task, 64, settings | {"device": "cpu"}) > 10**6
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SchurscopeError, match="gpu is 1, but PyTorch sees no GPU here; set gpu to 0"):
        batched.networks_at_once(task, 64, settings)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (80 * 10**9, 80 * 10**9))
    each = gpu_memory.bytes_of_one(task.trials(0, 0, 64), 64)
    assert batched.networks_at_once(task, 64, settings) == (80 * 10**9 - gpu_memory.RESERVED) // each > 10_000
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (gpu_memory.RESERVED + each // 2, 80 * 10**9))
    with pytest.raises(SchurscopeError, match="width 64 with a batch of 64 .* the largest batch that fits is 32"):
        batched.networks_at_once(task, 64, settings)


def test_a_missing_library_gets_a_sentence(monkeypatch):
    monkeypatch.setitem(REGISTRY["engine"], "fused", "schurscope.training.engines.not_installed")
    with pytest.raises(SchurscopeError, match="engine 'fused' needs .*; engines that work here: batched, torch"):
        groups.load_engine("fused")
