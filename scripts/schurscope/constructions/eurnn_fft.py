"""EURNN, real, with the planes of the fast Fourier transform: log2 N layers of planes (i, i + stride).

Strides N / 2, ..., 2, 1: every unit reaches every other (Jing et al. 2017). Angles start as Unif[-pi, pi).
"""

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from schurscope.constructions.eurnn import Rotations
from schurscope.foundations.errors import SchurscopeError


@dataclass(frozen=True)
class Butterfly(Rotations):
    """Parameter angles (log2 N, N / 2)."""

    def planes(self, rows, layer):
        xp = array_namespace(rows)
        width, columns = rows.shape[-2:]
        stride = width >> (layer + 1)
        pairs = xp.reshape(rows, (*rows.shape[:-2], 1 << layer, 2, stride, columns))
        half = (*rows.shape[:-2], width // 2, columns)
        return tuple(xp.reshape(pairs[..., part, :, :], half) for part in (0, 1)), None

    def joined(self, a, b, ends, layer):
        xp = array_namespace(a)
        half, columns = a.shape[-2:]
        apart = (*a.shape[:-2], 1 << layer, half >> layer, columns)
        pairs = xp.stack([xp.reshape(part, apart) for part in (a, b)], axis=-3)
        return xp.reshape(pairs, (*a.shape[:-2], 2 * half, columns))


def check_width(width):
    if width < 2 or width & (width - 1):
        raise SchurscopeError(f"width {width} is no power of 2, which init 'eurnn_fft' needs: 64, 128, 256, ...")


def start(width, source):
    return Butterfly({"angles": source.uniform(0, (width.bit_length() - 1, width // 2), -np.pi, np.pi)})
