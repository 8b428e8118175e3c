"""Many streams at once in torch, on any device: the words that streams.Stream takes from NumPy.

torch has no unsigned 64-bit arithmetic, so words are int64 tensors that hold the same bits: additions and products wrap
as they should, and a shift to the right is masked.
"""

import array_api_compat.torch as xp
import numpy as np

from schurscope.foundations.streams import Draws

MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157  # Salmon et al. 2011, of Philox4x64
WEYL = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
LOW = 2**32 - 1


class TorchStreams(Draws):
    """The streams of ``keys`` (a list of pairs) at some updates, side by side: arrays begin with (update, stream).

    ``updates`` is an int64 tensor (update,) on ``device``; it is read when words are drawn.
    """

    xp = xp

    def __init__(self, keys, updates):
        self.device, self.updates, self.lead = updates.device, updates[:, None, None], (len(updates), len(keys))
        rounds = np.arange(10, dtype=np.uint64)[:, None] * np.array(WEYL, dtype=np.uint64)
        schedule = np.array(keys, dtype=np.uint64) + rounds[:, None, :]  # (round, stream, 2), wrapping
        self.schedule = xp.asarray(schedule.view(np.int64), device=self.device)

    def words(self, draw, count):
        counter = [self.arange(-(-count // 4)) + 1, draw, self.updates, 0]
        for first, second in zip(self.schedule[..., 0, None], self.schedule[..., 1, None], strict=True):
            high0, low0 = _product(counter[0], MULTIPLIERS[0])
            high1, low1 = _product(counter[2], MULTIPLIERS[1])
            counter = [high1 ^ counter[1] ^ first, low1, high0 ^ counter[3] ^ second, low0]
        blocks = xp.stack(xp.broadcast_tensors(*counter), axis=-1)
        return xp.reshape(blocks, (*self.lead, -1))[..., :count]


def _product(a, constant: int):
    """The upper and the lower 64 bits of a * constant, unsigned, by halves of 32 bits."""
    high, low = constant >> 32, constant & LOW
    a_high, a_low = (a >> 32) & LOW, a & LOW
    middle = xp.add((a_low * low >> 32) & LOW, a_high, alpha=low)
    other = xp.add(middle & LOW, a_low, alpha=high)
    upper = xp.add((middle >> 32) & LOW, a_high, alpha=high) + ((other >> 32) & LOW)
    return upper, a * (constant - 2**64 if constant >= 2**63 else constant)
