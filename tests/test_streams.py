"""Philox words against published vectors and a plain integer version; what is made of them against its definition."""

import numpy as np
import pytest

from schurscope.foundations.streams import Stream, stream

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
