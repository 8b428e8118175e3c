"""Random numbers by address: a word depends on its name and place, never on what was drawn before.

Philox4x64-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405), in NumPy's implementation. The key is the
first 128 bits of the SHA-256 of the stream's name; block j of a draw has the counter (j + 1, draw, update, 0)
and gives four words. Any device that computes Philox gets the same words, bit for bit.
"""

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stream:
    """One named stream at one update. ``draw`` numbers the independent arrays that are taken from it."""

    key: tuple[int, int]
    update: int = 0

    def words(self, draw: int, count: int) -> np.ndarray:
        """``count`` random 64-bit words, shape (count,), dtype uint64."""
        counter = np.array([0, draw, self.update, 0], dtype=np.uint64)
        key = np.array(self.key, dtype=np.uint64)
        return np.random.Philox(counter=counter, key=key).random_raw(count)

    def uniform(self, draw: int, shape: tuple[int, ...], low=0.0, high=1.0) -> np.ndarray:
        """Uniform on [low, high), float64: the upper 53 bits of one word each."""
        words = self.words(draw, int(np.prod(shape)))
        return (low + (high - low) * ((words >> np.uint64(11)) * 2.0**-53)).reshape(shape)

    def integers(self, draw: int, shape: tuple[int, ...], low: int, high: int) -> np.ndarray:
        """Integers from low to high, both included, int64."""
        return low + np.floor(self.uniform(draw, shape) * (high - low + 1)).astype(np.int64)

    def normal(self, draw: int, shape: tuple[int, ...]) -> np.ndarray:
        """Standard normal, float64: Box and Muller's pairs, one pair from two words."""
        count = int(np.prod(shape))
        u = self.uniform(draw, ((count + 1) // 2, 2))
        radius = np.sqrt(-2.0 * np.log1p(-u[:, 0]))
        angle = 2.0 * np.pi * u[:, 1]
        pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return pairs.ravel()[:count].reshape(shape)

    def signs(self, draw: int, shape: tuple[int, ...]) -> np.ndarray:
        """-1.0 or +1.0 with equal chance: one bit each, the lowest bit of a word first."""
        count = int(np.prod(shape))
        words = self.words(draw, (count + 63) // 64).astype("<u8")
        bits = np.unpackbits(words.view(np.uint8), count=count, bitorder="little")
        return (2.0 * bits - 1.0).reshape(shape)


def stream(*name: str | int, update: int = 0) -> Stream:
    """The stream of that name, for instance ``stream("training trials", "copy", seed, update=k)``."""
    digest = hashlib.sha256("\n".join(map(str, name)).encode()).digest()
    return Stream((int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")), update)
