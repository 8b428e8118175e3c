"""safetensors files."""

from contextlib import contextmanager

import numpy as np
from safetensors import safe_open

from schurscope.external.contents import Contents, Entry

REAL = {"F64", "F32", "F16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"}


@contextmanager
def contents(path, seed):
    with safe_open(path, framework="numpy") as file:
        yield Contents(path, {name: _entry(path, file, name) for name in file.keys()})


def _entry(path, file, name) -> Entry:
    part = file.get_slice(name)
    shape, kind = tuple(part.get_shape()), part.get_dtype()
    if kind in REAL:
        return Entry(shape, lambda: file.get_tensor(name))
    if kind == "BF16":
        return Entry(shape, lambda: _bfloat16(path, name))
    return Entry(shape, problem=f"holds {kind}, not real numbers")


def _bfloat16(path, name) -> np.ndarray:
    """NumPy has no bfloat16; PyTorch has."""
    with safe_open(path, framework="pt") as file:
        return file.get_tensor(name).float().numpy()
