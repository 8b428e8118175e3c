"""Philox words against published vectors and a plain integer version; what is made of them against its definition."""

import itertools

import numpy as np
import pytest

from drawn import DRAWN
from schurscope.foundations.streams import Stream, stream
from schurscope.tasks import make_task
from schurscope.training.engines.compiled_streams import CompiledStreams

MASK = 2**64 - 1


def philox(counter, key):
    """Philox4x64-10 in Python integers (Salmon et al. 2011, section 3.3)."""
    c, k = list(counter), list(key)
    for _ in range(10):
        high0, low0 = divmod(0xD2E7470EE14C6C93 * c[0], 2**64)
        high1, low1 = divmod(0xCA5A826395121157 * c[2], 2**64)
        c = [high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0]
        k = [(k[0] + 0x9E3779B97F4A7C15) & MASK, (k[1] + 0xBB67AE8584CAA73B) & MASK]
    return c


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ([0] * 4, [0] * 2, ["16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b"]),
        ([MASK] * 4, [MASK] * 2, ["87b092c3013fe90b", "438c3c67be8d0224", "9cc7d7c69cd777b6", "a09caebf594f0ba0"]),
    ],
)
def test_known_answers(counter, key, words):
    """The vectors that the authors publish with Random123."""
    assert philox(counter, key) == [int(word, 16) for word in words]


def test_words_have_the_stated_address():
    source = Stream((123, 2**63 + 5), update=7)
    expected = [word for block in range(3) for word in philox([block + 1, 2, 7, 0], [123, 2**63 + 5])]
    assert source.words(2, 10).view(np.uint64).tolist() == expected[:10]


def test_a_word_does_not_depend_on_how_many_are_drawn():
    source = stream("name", 3)
    assert np.array_equal(source.words(0, 1000)[:17], source.words(0, 17))


def test_names_draws_and_updates_are_independent():
    sources = [stream("a", 1), stream("a", 2), stream("a", 1, update=1), stream("a1"), stream("a\n1\n")]
    words = [tuple(source.words(draw, 4)) for source in sources for draw in (0, 1)]
    assert len(set(words)) == len(words)


def test_floats_are_made_as_stated():
    source = stream("floats")
    words = source.words(0, 6).view(np.uint64).tolist()
    uniform = [(word >> 11) / 2**53 for word in words]
    assert source.uniform(0, (6,)).tolist() == uniform
    u, v = uniform[:2]
    radius = (-2 * np.log(1 - u)) ** 0.5
    assert source.normal(0, (5,))[:2] == pytest.approx([radius * np.cos(2 * np.pi * v), radius * np.sin(2 * np.pi * v)])
    assert source.signs(0, (70,)).tolist() == [2 * (words[i // 64] >> (i % 64) & 1) - 1 for i in range(70)]


def test_distributions():
    source = stream("distributions")
    normal = source.normal(0, (200_000,))
    assert abs(normal.mean()) < 0.01 and abs(normal.std() - 1) < 0.01 and abs(np.mean(normal**4) - 3) < 0.1
    integers = source.integers(1, (60_000,), 5, 11)
    assert sorted(set(integers.tolist())) == list(range(5, 12))
    assert np.bincount(integers)[5:].std() < 150
    assert abs(source.signs(2, (100_000,)).mean()) < 0.02


@pytest.mark.parametrize("name", DRAWN)
def test_trials_for_many_updates_at_once_are_those_of_each(name):
    """Bit for bit: compiled words, uniforms, signs, normals and running values against NumPy's, update by update."""
    task = make_task({"task": name})
    key = task.training_stream(5).key
    for batch, horizon in ((3, None), (8, 2 if task.has_horizon else None)):
        drawn = task.draw(CompiledStreams(key, 17, 3), batch, horizon)
        for place in range(3):
            one = task.trials(5, 17 + place, batch, horizon)
            for part in ("inputs", "targets", "mask"):
                assert np.array_equal(getattr(drawn, part)[place], getattr(one, part)), part


def test_compiled_draws_of_any_length_and_at_any_update():
    for count, update in itertools.product((1, 3, 4, 5, 64, 65, 130), (0, 2**31, 2**40)):
        many, last = CompiledStreams(stream("name").key, update, 2), stream("name", update=update + 1)
        assert np.array_equal(many.words(3, count)[1], last.words(3, count))
        assert np.array_equal(many.uniform(1, (count,), -2.0, 3.0)[1], last.uniform(1, (count,), -2.0, 3.0))
        assert np.array_equal(many.normal(2, (count, 1))[1], last.normal(2, (count, 1)))
        assert np.array_equal(many.signs(4, (count,))[1], last.signs(4, (count,)))
        assert np.array_equal(many.integers(5, (count,), -3, 3)[1], last.integers(5, (count,), -3, 3))


def test_the_last_value_that_is_not_zero():
    steps = np.array([[[0.0, 1.0], [2.0, 0.0], [0.0, 0.0], [-3.0, 0.0], [0.0, 5.0]]])
    expected = [[[0.0, 1.0], [2.0, 1.0], [2.0, 1.0], [-3.0, 1.0], [-3.0, 5.0]]]
    assert stream("name").last_nonzero(steps).tolist() == expected
    assert CompiledStreams((1, 2), 0, 1).last_nonzero(steps[None])[0].tolist() == expected
