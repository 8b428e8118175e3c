"""MATLAB files up to version 7 (save -v7); version 7.3 is another format, which SciPy does not read."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
from scipy.io import loadmat, whosmat
from scipy.io.matlab import mat_struct

from schurscope.external.contents import Contents, Entry
from schurscope.foundations.errors import SchurscopeError

NUMERIC = {"double", "single", "logical", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}


@contextmanager
def contents(path, seed):
    with open(path, "rb") as file:
        if b"MATLAB 7.3" in file.read(128):
            raise SchurscopeError(
                f"{path} is a MATLAB 7.3 file, which is not read; in MATLAB:"
                " save('net.mat', '-v7', 'W_hh', 'W_xh', 'W_hy')"
            )
    entries, attributes = {}, {}
    listed = whosmat(path)
    if len({name for name, _, _ in listed}) < len(listed):
        raise SchurscopeError(f"{path} holds several variables of one name")
    for name, shape, kind in listed:
        if kind in NUMERIC:
            entries[name] = Entry(shape, lambda name=name: _variable(path, name))
        elif kind == "struct":
            entries |= _fields(name, _variable(path, name))
        elif kind == "char" and name in ("activation", "nonlinearity"):
            attributes[name] = str(np.squeeze(_variable(path, name)))
        else:
            entries[name] = Entry(shape, problem=f"is a MATLAB {kind}, not an array of real numbers")
    yield Contents(Path(path), entries, attributes)


def _variable(path, name):
    return loadmat(path, variable_names=[name], struct_as_record=False)[name]


def _fields(name: str, value) -> dict[str, Entry]:
    """The arrays in a struct, under dotted names."""
    if isinstance(value, np.ndarray) and value.dtype == object and value.size == 1:
        value = value.item()
    if isinstance(value, mat_struct):
        fields = {field: getattr(value, field) for field in value._fieldnames}
        return {key: entry for field, item in fields.items() for key, entry in _fields(f"{name}.{field}", item).items()}
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return {name: Entry(value.shape, lambda: value)}
    return {name: Entry(np.shape(value), problem="is not an array of real numbers")}
