"""Random numbers by address: a word depends on its name and place, never on what was drawn before.

Philox4x64-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405). The key is the first 128 bits of the SHA-256 of the
stream's name; block j of a draw has the counter (j + 1, draw, update, 0) and gives four words. Any device that
computes Philox gets the same words, bit for bit: ``Stream`` by NumPy, torch_streams.py by torch for many names at once.
"""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass

import array_api_compat.numpy as np


class Draws(ABC):
    """What is made of words. ``draw`` numbers the independent arrays that are taken from one source.

    ``xp`` is the array namespace, ``device`` its device, and ``lead`` the axes that go before every shape asked for.
    """

    xp = np
    device = "cpu"
    lead: tuple[int, ...] = ()

    @abstractmethod
    def words(self, draw: int, count: int):
        """``count`` random 64-bit words, shape (*lead, count), dtype int64 (their bits; the sign means nothing)."""

    def arange(self, count: int):
        """0 to count - 1, int64."""
        return self.xp.arange(count, dtype=self.xp.int64, device=self.device)

    def uniform(self, draw: int, shape: tuple[int, ...], low=0.0, high=1.0):
        """Uniform on [low, high), float64: the upper 53 bits of one word each."""
        bits = (self.words(draw, size(shape)) >> 11) & (2**53 - 1)
        u = self.xp.reshape(self.xp.astype(bits, self.xp.float64) * 2.0**-53, (*self.lead, *shape))
        return u if (low, high) == (0.0, 1.0) else low + (high - low) * u

    def integers(self, draw: int, shape: tuple[int, ...], low: int, high: int):
        """Integers from low to high, both included, int64."""
        return low + self.xp.astype(self.xp.floor(self.uniform(draw, shape) * (high - low + 1)), self.xp.int64)

    def normal(self, draw: int, shape: tuple[int, ...]):
        """Standard normal, float64: Box and Muller's pairs, one pair from two words."""
        xp, count = self.xp, size(shape)
        u = self.uniform(draw, ((count + 1) // 2, 2))
        radius = xp.sqrt(-2.0 * xp.log1p(-u[..., 0]))
        angle = 2.0 * np.pi * u[..., 1]
        pairs = xp.stack([radius * xp.cos(angle), radius * xp.sin(angle)], axis=-1)
        return xp.reshape(xp.reshape(pairs, (*self.lead, -1))[..., :count], (*self.lead, *shape))

    def signs(self, draw: int, shape: tuple[int, ...]):
        """-1.0 or +1.0 with equal chance: one bit each, the lowest bit of a word first."""
        xp, count = self.xp, size(shape)
        words = self.words(draw, (count + 63) // 64)
        bits = xp.reshape((words[..., None] >> self.arange(64)) & 1, (*self.lead, -1))[..., :count]
        return xp.reshape(xp.astype(2 * bits - 1, xp.float64), (*self.lead, *shape))

    def last_nonzero(self, array):
        """The last value up to and including each step that is not 0, of ``array`` (..., time, channel); 0 before."""
        xp = self.xp
        last, reach = xp.asarray(array, copy=True), 1
        while reach < array.shape[-2]:  # each step knows of `reach` steps, and can ask the one that knows of as many
            late, early = last[..., reach:, :], last[..., :-reach, :]
            last[..., reach:, :] = xp.where(late != 0, late, early)
            reach *= 2
        return last


@dataclass(frozen=True)
class Stream(Draws):
    """One named stream at one update; its arrays are NumPy's."""

    key: tuple[int, int]
    update: int = 0

    def words(self, draw: int, count: int):
        counter = np.asarray([0, draw, self.update, 0], dtype=np.uint64)
        key = np.asarray(self.key, dtype=np.uint64)
        return np.random.Philox(counter=counter, key=key).random_raw(count).view(np.int64)


def size(shape: tuple[int, ...]) -> int:
    """Number of entries of an array of that shape."""
    count = 1
    for length in shape:
        count *= length
    return count


def stream(*name: str | int, update: int = 0) -> Stream:
    """The stream of that name, for instance ``stream("training trials", "copy", seed, update=k)``."""
    digest = hashlib.sha256("\n".join(map(str, name)).encode()).digest()
    return Stream((int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")), update)
