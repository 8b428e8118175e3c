"""A network from arrays: read, put together, checked."""

from numbers import Real

import numpy as np

from schurscope.cells import TANH, Weights, make_cell, profiled
from schurscope.cells import arrays_of as cell_arrays
from schurscope.external.aside import aside, asides
from schurscope.external.contents import Contents, listed, opened
from schurscope.external.names import ARRAYS, Source, recognise
from schurscope.foundations.errors import SchurscopeError

MATRICES = ("W_hh", "W_xh", "W_hy")
ORIENTATIONS = ("W", "W^T")
LARGEST = 1e30  # larger numbers are the fill values of files that were never written to, or will overflow


def read_network(
    path,
    keys: dict[str, str] | None = None,
    orientation: str = "W",
    leak: float | None = None,
    seed: int | None = None,
    activation: str | None = None,
) -> tuple[Weights, dict[str, str]]:
    """(weights in float64, what each was made of) from a file: .pt, .pth, .ckpt, .safetensors, .npz, .nc or .mat.

    What they were made of has entries ``activation`` and ``step`` (of training) where the file says that.

    ``keys``: quantity (W_hh, W_xh, W_hy, b_h, b_y, h0, or a cell's own array) -> name of its array, where it is not
    recognised.
    ``orientation``: "W" if W_hh[i, j] is the weight from unit j to unit i, and W_xh (unit, input), W_hy (output, unit);
    "W^T" if all three are transposed. ``leak``, ``activation`` (a registered cell): where the file does not say; tanh
    if nobody does. ``seed``: which network of a NetCDF file.

    Raises SchurscopeError for anything that is not one layer of units of a registered cell with a linear readout,
    finite and of shapes that fit.
    """
    return _network(path, aside("network:arrays_of", path, keys or {}, leak, seed, activation), orientation)


def read_networks(
    paths,
    keys: dict[str, str] | None = None,
    orientation: str = "W",
    leak: float | None = None,
    seed: int | None = None,
    activation: str | None = None,
) -> list[tuple[Weights, dict[str, str]] | SchurscopeError]:
    """``read_network`` of many files, in one other process where that will do; an error stands in its file's place."""
    paths, found = list(paths), []
    every = asides("network:arrays_of", paths, keys or {}, leak, seed, activation)
    for path, read in zip(paths, every, strict=True):
        try:
            found.append(read if isinstance(read, SchurscopeError) else _network(path, read, orientation))
        except SchurscopeError as mistake:
            found.append(mistake)
    return found


def _network(path, read: tuple[dict, dict], orientation: str) -> tuple[Weights, dict[str, str]]:
    made, notes = read
    cell = notes["origin"].get("activation", TANH)
    own = {name: made.pop(name) for name in make_cell(cell).own if name in made}
    how = {"orientation": orientation, "leak": notes["leak"], "cell": cell, "own": own}
    return assembled(**made, **how, where=f"{path}: "), notes["origin"]


def arrays_of(
    path, keys: dict, leak: float | None, seed: int | None, activation: str | None = None
) -> tuple[dict, dict]:
    """(quantity -> array, notes) of a network's file: ``origin`` of each quantity, and ``leak``."""
    with opened(path, seed) as contents:
        activation = _activation(contents, activation)
        sources, unused = recognise(contents, keys, activation or TANH)
        arrays = contents.read(sorted({name for source in sources.values() for name, _ in source.terms}))
        made = {quantity: _sum(contents, quantity, source, arrays) for quantity, source in sources.items()}
        leak = _leak(contents, leak, made.pop("leak", None))
    origin = {quantity: str(source) for quantity, source in sources.items()}
    origin |= {"activation": activation} if activation else {}
    origin |= {"step": str(step)} if (step := contents.attributes.get("step")) is not None else {}
    return made, {"leak": leak, "origin": origin | ({"not used": listed(unused)} if unused else {})}


def assembled(
    W_hh,
    W_xh,
    W_hy,
    b_h=None,
    b_y=None,
    h0=None,
    leak: float = 1.0,
    orientation: str = "W",
    where: str = "",
    cell: str = TANH,
    own: dict | None = None,
) -> Weights:
    """Weights in float64 from arrays as people have them (lists, tensors, rows or columns), after checking them.

    ``own``: the arrays that ``cell`` has beside the others. Raises SchurscopeError that begins with ``where``: all
    shapes that do not fit, all arrays that are not finite, arrays that the cell needs or does not have.
    """
    if not isinstance(cell, str) or cell not in profiled():
        raise SchurscopeError(f"{where}activation is {cell!r}; allowed: {', '.join(profiled())}")
    has = make_cell(cell).own
    if foreign := next((name for name in own or {} if name not in has), None):
        raise SchurscopeError(f"{where}{foreign} is no array of {cell} units; they have {', '.join(has) or 'none'}")
    given = {"W_hh": W_hh, "W_xh": W_xh, "W_hy": W_hy, "b_h": b_h, "b_y": b_y, "h0": h0, **(own or {})}
    arrays = {name: numbers(value, f"{where}{name}") for name, value in given.items() if value is not None}
    if missing := [name for name, array in cell_arrays(cell).items() if array.needed and name not in arrays]:
        raise SchurscopeError(f"{where}{' and '.join(missing)} missing")
    if not isinstance(orientation, str) or orientation not in ORIENTATIONS:
        raise SchurscopeError(f"{where}orientation is {orientation!r}; allowed: {', '.join(ORIENTATIONS)}")
    if not isinstance(leak, Real) or not 0 < leak <= 1:
        raise SchurscopeError(f"{where}leak is {leak!r}; it must be a number above 0 and at most 1 (no leak)")
    transposed = orientation == "W^T"
    n = len(np.atleast_1d(arrays["W_hh"]))
    for name in MATRICES:
        if arrays[name].ndim == 1 and n in (1, arrays[name].size) and n > 0:  # one input or output, or one unit
            arrays[name] = arrays[name].reshape((n, -1) if name == "W_xh" else (-1, n))
        elif transposed:
            arrays[name] = arrays[name].T
    for name in set(arrays) - set(MATRICES):
        if arrays[name].size == max(arrays[name].shape, default=1):  # a column or a row is a vector
            arrays[name] = arrays[name].reshape(-1)
    _check_shapes(arrays, transposed, where)
    _check_finite(arrays, where)
    own = {name: arrays.pop(name) for name in has}
    return Weights(**arrays, leak=float(leak), cell=cell, own=own)


def numbers(value, what) -> np.ndarray:
    """``value`` as a float64 array; tensors may need a gradient or lie on a GPU."""
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu().double()
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise TypeError
        with np.errstate(over="ignore"):
            return array.astype(np.float64)
    except Exception:  # whatever a foreign object's conversion raises
        raise SchurscopeError(f"{what} is not an array of real numbers") from None


def _check_shapes(arrays: dict, transposed: bool, where: str) -> None:
    W_hh = arrays["W_hh"]
    given = {name: a.T.shape if name in MATRICES and transposed else a.shape for name, a in arrays.items()}
    shapes = ", ".join(f"{name} {shape}" for name, shape in given.items())
    if W_hh.ndim != 2 or W_hh.shape[0] != W_hh.shape[1] or not W_hh.size:
        gates = {3: " (a GRU's has three times as many rows)", 4: " (an LSTM's has four times as many rows)"}
        hint = gates.get(W_hh.shape[0] / max(W_hh.shape[1], 1), "") if W_hh.ndim == 2 else ""
        raise SchurscopeError(
            f"{where}W_hh has the shape {given['W_hh']}; a square matrix is needed{hint}; found: {shapes}"
        )
    n = len(W_hh)
    vectors = {name: (n,) for name in arrays if ARRAYS[name].dims == ("unit",)}
    wanted = {"W_xh": (n, "inputs"), "W_hy": ("outputs", n)} | vectors
    if _fits(arrays["W_hy"].shape, wanted["W_hy"]):
        wanted["b_y"] = (len(arrays["W_hy"]),)
    unfit = [name for name in wanted if name in arrays and not _fits(arrays[name].shape, wanted[name])]
    if not unfit:
        return
    turned = [name for name in ("W_xh", "W_hy") if _fits(arrays[name].T.shape, wanted[name])]
    hint = ""
    if len(turned) == 2:
        hint = f"; they fit with orientation {ORIENTATIONS[not transposed]}"
    elif set(unfit) <= set(turned):
        hint = f"; {unfit[0]} fits if it is transposed (keys: {unfit[0]}=NAME.T)"
    as_given = f", read as {ORIENTATIONS[transposed]}" if transposed or len(turned) == 2 else ""
    needed = ", ".join(f"{name} must be {_written(wanted[name])}" for name in unfit)
    raise SchurscopeError(f"{where}the shapes do not fit together ({shapes}{as_given}): {needed}{hint}")


def _written(shape) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _fits(shape, wanted) -> bool:
    return len(shape) == len(wanted) and all(
        size == want if isinstance(want, int) else size > 0 for size, want in zip(shape, wanted, strict=True)
    )


def _check_finite(arrays: dict, where: str) -> None:
    wrong = [
        f"{count} of {array.size} numbers in {name}"
        for name, array in arrays.items()
        if (count := int(np.sum(~(np.abs(array) <= LARGEST))))
    ]
    if wrong:
        raise SchurscopeError(f"{where}{' and '.join(wrong)} are not finite (or beyond {LARGEST:g})")


def _sum(contents: Contents, quantity: str, source: Source, arrays: dict) -> np.ndarray:
    terms = [arrays[name].T if transposed else arrays[name] for name, transposed in source.terms]
    if any(term.shape != terms[0].shape for term in terms):
        shapes = ", ".join(str(term.shape) for term in terms)
        raise SchurscopeError(f"{contents.path}: the arrays of {quantity} = {source} have different shapes ({shapes})")
    return terms[0] if len(terms) == 1 else np.sum([term.astype(np.float64) for term in terms], axis=0)


def _leak(contents: Contents, told: float | None, stored) -> float:
    """The leak of the config, the file's array or attribute; they must not contradict each other."""
    if stored is not None and stored.size != 1:
        raise SchurscopeError(f"{contents.path}: leak has the shape {stored.shape}; one number is needed")
    inside = contents.attributes.get("leak") if stored is None else stored.item()
    try:
        inside = None if inside is None else float(inside)
    except (TypeError, ValueError):
        raise SchurscopeError(f"{contents.path}: leak is {inside!r}; one number is needed") from None
    if None not in (told, inside) and not np.isclose(told, inside, rtol=1e-6):
        raise SchurscopeError(f"{contents.path}: leak is {inside!r} in the file, but {told!r} was said")
    return next((leak for leak in (told, inside) if leak is not None), 1.0)


def _activation(contents: Contents, told: str | None) -> str | None:
    """What the file or the user says of the units, a registered cell; None where both are silent.

    SchurscopeError for another one, and where they contradict each other.
    """
    known = profiled()
    if told is not None and told not in known:
        raise SchurscopeError(f"activation is {told!r}; allowed: {', '.join(known)}")
    for name in ("activation", "nonlinearity"):
        if name not in contents.attributes:
            continue
        inside = contents.attributes[name]
        if not isinstance(inside, str) or inside.lower() not in known:
            raise SchurscopeError(f"{contents.path}: the {name} is {inside!r}; supported: {', '.join(known)}")
        if told not in (None, inside.lower()):
            raise SchurscopeError(f"{contents.path}: the {name} is {inside!r} in the file, but {told!r} was said")
        told = inside.lower()
    return told
