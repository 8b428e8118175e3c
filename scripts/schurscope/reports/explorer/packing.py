"""Arrays as text that a page's script reads back: base64 of little-endian numbers, with type and shape.

A Schur form is packed without what is zero by its shape: the entries on, above and just below the diagonal, row by row.
"""

import base64

import numpy as np

TYPES = {"f8": np.float64, "f4": np.float32, "i2": np.int16, "u1": np.uint8}
LEVELS = 32767  # of a quantised array, on either side of 0


def packed(array, kind: str) -> dict:
    """An array in one of TYPES."""
    array = np.ascontiguousarray(array, dtype=np.dtype(TYPES[kind]).newbyteorder("<"))
    return {"type": kind, "shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


def exact(array) -> dict:
    """Weights as they are: in float32 where that loses nothing, as what was trained in it."""
    array = np.asarray(array, dtype=np.float64)
    short = np.array_equal(array.astype(np.float32), array, equal_nan=True)
    return packed(array, "f4" if short else "f8")


def quantised(array) -> dict:
    """Finite numbers in LEVELS steps on either side of 0, up to the largest."""
    most = float(np.max(np.abs(array), initial=0.0)) or 1.0
    return packed(np.rint(array / most * LEVELS), "i2") | {"unit": most / LEVELS}


def upper(matrix) -> np.ndarray:
    """The entries (n, n) -> (k,) of a quasi-triangular form that may be other than 0."""
    return matrix[~np.tri(len(matrix), k=-2, dtype=bool)]


def bits(flags) -> dict:
    """Truth values (k,), eight in a byte, the first in the highest bit."""
    return packed(np.packbits(np.asarray(flags, dtype=bool)), "u1")
