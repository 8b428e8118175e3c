"""The words of one stream for many updates at once, and what is made of them, in loops that numba compiles.

Equal bit for bit to streams.Stream update by update: the same integers, and the same products. Sines and logarithms are
NumPy's there and here. All that is compiled stands in this file, which is the only one that numba's cache looks at.
"""

import math

import array_api_compat.numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from schurscope.foundations.streams import Draws, size

TWO_TO_MINUS_53, TWO_PI = 2.0**-53, 2.0 * math.pi
M0, M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)  # Salmon et al. 2011, of Philox4x64
W0, W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)


class CompiledStreams(Draws):
    """The stream of ``key`` at the updates ``first`` to ``first + count - 1``: arrays have a first axis (update)."""

    def __init__(self, key: tuple[int, int], first: int, count: int):
        self.lead = (count,)
        self.place = np.asarray(key, dtype=np.uint64), np.uint64(first)

    def words(self, draw, count):
        out = np.empty((*self.lead, count), dtype=np.int64)
        fill_words(*self.place, np.uint64(draw), out.view(np.uint64))
        return out

    def uniform(self, draw, shape, low=0.0, high=1.0):
        u = np.empty((*self.lead, *shape))
        words_to_uniform(self.words(draw, size(shape)).view(np.uint64), u.reshape(*self.lead, -1))
        return u if (low, high) == (0.0, 1.0) else low + (high - low) * u

    def normal(self, draw, shape):
        count, (updates,) = size(shape), self.lead
        pairs = (count + 1) // 2
        words = self.words(draw, 2 * pairs).view(np.uint64)
        minus_u, angle = np.empty((updates, pairs)), np.empty((updates, pairs))
        words_to_pairs(words, minus_u, angle)
        found = np.empty((updates, 2 * pairs))
        box_muller(np.log1p(minus_u, out=minus_u), np.cos(angle), np.sin(angle), found)
        return np.reshape(found[:, :count], (*self.lead, *shape))

    def signs(self, draw, shape):
        found = np.empty((*self.lead, *shape))
        words = self.words(draw, (size(shape) + 63) // 64).view(np.uint64)
        words_to_signs(words, found.reshape(*self.lead, -1))
        return found

    def last_nonzero(self, array):
        found = np.empty_like(array)
        fill_last_nonzero(array.reshape(-1, *array.shape[-2:]), found.reshape(-1, *array.shape[-2:]))
        return found


@intrinsic
def upper_product(_, a, b):
    """The upper 64 bits of a product of two 64-bit integers."""

    def generate(context, builder, signature, arguments):
        wide = ir.IntType(128)
        a, b = (builder.zext(argument, wide) for argument in arguments)
        return builder.trunc(builder.lshr(builder.mul(a, b), ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


@njit(cache=True)
def fill_words(key, first, draw, out):
    """out (update, word): Philox4x64-10; block j of a draw has the counter (j + 1, draw, update, 0).

    Two blocks at a time: a block's products wait for one another, those of two do not.
    """
    updates, count = out.shape
    for u in range(updates):
        update = np.uint64(first + np.uint64(u))
        for place in range(0, count, 8):
            a, b, c, d = np.uint64(place // 4 + 1), draw, update, np.uint64(0)
            e, f, g, h = np.uint64(place // 4 + 2), draw, update, np.uint64(0)
            k0, k1 = key[0], key[1]
            for _ in range(10):
                a_high, c_high = upper_product(a, M0), upper_product(c, M1)
                e_high, g_high = upper_product(e, M0), upper_product(g, M1)
                a, b, c, d = c_high ^ b ^ k0, c * M1, a_high ^ d ^ k1, a * M0
                e, f, g, h = g_high ^ f ^ k0, g * M1, e_high ^ h ^ k1, e * M0
                k0 += W0
                k1 += W1
            for n, word in enumerate((a, b, c, d, e, f, g, h)):
                if place + n < count:
                    out[u, place + n] = word


@njit(cache=True)
def words_to_uniform(words, out):
    """out (update, number) on [0, 1): the upper 53 bits of a word."""
    for u in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[u, i] = np.int64(words[u, i] >> np.uint64(11)) * TWO_TO_MINUS_53


@njit(cache=True)
def words_to_pairs(words, minus_u, angle):
    """Of two uniforms each, minus the first, and the second as an angle."""
    for u in range(minus_u.shape[0]):
        for i in range(minus_u.shape[1]):
            minus_u[u, i] = -(np.int64(words[u, 2 * i] >> np.uint64(11)) * TWO_TO_MINUS_53)
            angle[u, i] = TWO_PI * (np.int64(words[u, 2 * i + 1] >> np.uint64(11)) * TWO_TO_MINUS_53)


@njit(cache=True)
def box_muller(logarithm, cosine, sine, out):
    for u in range(logarithm.shape[0]):
        for i in range(logarithm.shape[1]):
            radius = math.sqrt(-2.0 * logarithm[u, i])
            out[u, 2 * i] = radius * cosine[u, i]
            out[u, 2 * i + 1] = radius * sine[u, i]


@njit(cache=True)
def words_to_signs(words, out):
    """out (update, sign): -1 or +1, one bit each, the lowest of a word first."""
    for u in range(out.shape[0]):
        for i in range(out.shape[1]):
            bit = (words[u, i >> 6] >> np.uint64(i & 63)) & np.uint64(1)
            out[u, i] = 2.0 * np.int64(bit) - 1.0


@njit(cache=True)
def fill_last_nonzero(array, out):
    """out (trial, time, channel): the last value up to and including each step that is not 0."""
    for trial in range(array.shape[0]):
        for channel in range(array.shape[2]):
            last = 0.0
            for t in range(array.shape[1]):
                if array[trial, t, channel] != 0:
                    last = array[trial, t, channel]
                out[trial, t, channel] = last
