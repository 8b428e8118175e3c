"""Trials from a file or from arrays: read, put in order, checked; and the network's own outputs, if recorded."""

import numpy as np

from schurscope.cells import Weights, cell_of
from schurscope.external.aside import aside
from schurscope.external.contents import NUMBERS, Contents, opened
from schurscope.external.names import AXES, PARTS
from schurscope.external.network import LARGEST, numbers
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.metrics import make_metric
from schurscope.tasks.trials import Trials

NEEDED = ("inputs", "targets")


def read_trials(path, keys: dict[str, str] | None = None, needed=NEEDED) -> dict[str, np.ndarray]:
    """What a trials file holds: inputs, targets and, where there, mask, h0, outputs, as they are stored.

    ``keys``: inputs, targets, mask, h0 or outputs -> name of its array; ``needed``: which must be there. Raises
    SchurscopeError.
    """
    return aside("recorded:arrays_of", path, keys or {}, list(needed))[0]


def arrays_of(path, keys: dict, needed=NEEDED) -> tuple[dict, dict]:
    """(part -> array, no notes) of a trials file."""
    with opened(path) as contents:
        names = {part: _name(contents, part, keys) for part in PARTS}
        names = {part: name for part, name in names.items() if name is not None}
        missing = [part for part in needed if part not in names]
        if missing:
            raise SchurscopeError(
                f"{path}: no {' and no '.join(missing)}; name the array for each by trial_keys; the file holds"
                f" {contents.listing()}"
            )
        arrays = contents.read(sorted(set(names.values())))
        return {part: arrays[name] for part, name in names.items()}, {}


def arranged(arrays, weights: Weights, axes=AXES, where: str = "") -> tuple[Trials, np.ndarray | None]:
    """(trials, recorded outputs or None) for a network from plain arrays, all of them (batch, time, channel).

    ``arrays``: inputs, targets and, if wanted, mask (also without channel), h0 (unit,) or (batch, unit), and outputs.
    ``axes``: the order in which the arrays have their axes; a last axis of length 1 may be missing.

    Raises SchurscopeError that begins with ``where``: what does not fit the network or one another.
    """
    n, inputs, outputs = len(weights.W_hh), weights.W_xh.shape[1], len(weights.W_hy)
    axes = _checked(axes, where)
    arrays = {part: arrays[part] for part in PARTS if part in arrays and arrays[part] is not None}
    missing = [part for part in ("inputs", "targets") if part not in arrays]
    if missing:
        raise SchurscopeError(
            f"{where}{' and '.join(missing)} missing; found: {', '.join(map(str, arrays)) or 'nothing'}"
        )
    h0 = None if arrays.get("h0") is None else numbers(arrays.pop("h0"), f"{where}h0")
    arrays = {part: numbers(array, f"{where}{part}") for part, array in arrays.items()}
    parts = {part: _in_order(array, axes, f"{where}{part}") for part, array in arrays.items() if part != "mask"}
    batch, steps = parts["inputs"].shape[:2]
    if "mask" in arrays:
        parts["mask"] = _mask(arrays["mask"], axes, (batch, steps), f"{where}mask")
    expected = {part: (batch, steps, inputs if part == "inputs" else outputs) for part in parts}
    wrong = [
        f"{part} {array.shape} must be {expected[part]}"
        for part, array in parts.items()
        if array.shape != expected[part] and not (part == "mask" and array.shape == (batch, steps, 1))
    ]
    if h0 is not None:
        h0 = _initial(h0, axes, batch, n)
        wrong += [f"h0 {h0.shape} must be ({n},) or {(batch, n)}"] if h0.shape != (batch, n) else []
    if wrong:
        raise SchurscopeError(
            f"{where}trials do not fit the network, whose {n} units have {inputs} inputs and {outputs} outputs, as"
            f" (batch, time, channel): {', '.join(wrong)}{_hint(parts, inputs, axes)}"
        )
    if batch * n > NUMBERS:
        raise SchurscopeError(f"{where}{batch:,} trials are too many for {n} units; at most {NUMBERS // n:,} fit")
    if steps == 1 and h0 is None and weights.h0 is None:
        raise SchurscopeError(f"{where}the trials have one step, in which W_hh plays no part; at least two are needed")
    if 0 in parts["targets"].shape:
        raise SchurscopeError(f"{where}there are no trials: inputs have the shape {parts['inputs'].shape}")
    mask = parts.get("mask", np.ones(parts["targets"].shape))
    if not np.isin(mask, (0, 1)).all():
        raise SchurscopeError(f"{where}mask has other numbers than 0 and 1")
    mask = np.broadcast_to(mask != 0, parts["targets"].shape).copy()
    if not mask.any():
        raise SchurscopeError(f"{where}mask scores nothing: it is 0 everywhere")
    finite = {"inputs": parts["inputs"], "scored targets": parts["targets"][mask], "outputs": parts.get("outputs", 0)}
    if h0 is not None:
        finite["h0"] = h0
    counts = {name: int(np.sum(~(np.abs(array) <= LARGEST))) for name, array in finite.items()}
    wrong = [f"{count} of {np.size(finite[name])} {name}" for name, count in counts.items() if count]
    if wrong:
        raise SchurscopeError(f"{where}{' and '.join(wrong)} are not finite (or beyond {LARGEST:g})")
    trials = Trials(parts["inputs"], parts["targets"], mask, h0)
    return trials, parts.get("outputs")


def inputs_alone(arrays, weights: Weights, axes=AXES, where: str = "") -> tuple[np.ndarray, np.ndarray | None]:
    """(inputs (batch, time, channel), h0 (batch, states * unit) or None): all that drives a network.

    ``arrays``: inputs and, if wanted, h0, as ``arranged`` has them. Raises SchurscopeError.
    """
    axes = _checked(axes, where)
    inputs = _in_order(numbers(arrays["inputs"], f"{where}inputs"), axes, f"{where}inputs")
    if inputs.shape[2] != weights.W_xh.shape[1] or 0 in inputs.shape:
        raise SchurscopeError(
            f"{where}inputs have the shape {inputs.shape} as (batch, time, channel); the network has"
            f" {weights.W_xh.shape[1]} inputs"
        )
    h0, size = arrays.get("h0"), cell_of(weights).states * weights.W_hy.shape[1]
    if h0 is not None:
        h0 = _initial(numbers(h0, f"{where}h0"), axes, len(inputs), size)
        if h0.shape != (len(inputs), size):
            raise SchurscopeError(f"{where}h0 {h0.shape} must be ({size},) or {(len(inputs), size)}")
    for name, array in {"inputs": inputs, "h0": 0 if h0 is None else h0}.items():
        if not (np.abs(array) <= LARGEST).all():
            raise SchurscopeError(f"{where}{name} has numbers that are not finite (or beyond {LARGEST:g})")
    return inputs, h0


def check_metric(trials: Trials, metric: str, where: str = "") -> None:
    """Raise SchurscopeError where a metric is not defined on these trials."""
    if not isinstance(metric, str) or metric not in REGISTRY["metric"]:
        raise SchurscopeError(f"{where}metric is {metric!r}; allowed: {', '.join(REGISTRY['metric'])}")
    if problem := make_metric(metric).problem(trials.targets, trials.mask):
        raise SchurscopeError(f"{where}{problem}")


def _checked(axes, where: str) -> list:
    axes = axes.split(",") if isinstance(axes, str) else list(axes) if isinstance(axes, (list, tuple)) else [axes]
    if sorted(map(str, axes)) != sorted(AXES):
        raise SchurscopeError(f"{where}axes are {', '.join(map(str, axes))}; each of {', '.join(AXES)} is needed once")
    return axes


def _in_order(array: np.ndarray, axes, what: str) -> np.ndarray:
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3:
        raise SchurscopeError(f"{what} has {array.ndim} dimensions; the three of {', '.join(axes)} are needed")
    return np.ascontiguousarray(array.transpose([list(axes).index(axis) for axis in AXES]))


def _mask(mask: np.ndarray, axes, expected: tuple[int, int], what: str) -> np.ndarray:
    """A mask, which may lack the channel axis wherever that stands."""
    if mask.ndim == 2:
        with_channel = _in_order(np.expand_dims(mask, list(axes).index("channel")), axes, what)
        if with_channel.shape[:2] == expected:
            return with_channel
    return _in_order(mask, axes, what)


def _initial(h0: np.ndarray, axes, batch: int, n: int) -> np.ndarray:
    """One initial state for all trials, or one each, (batch, unit) or (unit, batch) as ``axes`` have batch and channel.

    torch puts a first axis (layer) of length 1 before them.
    """
    if h0.ndim == 3 and len(h0) == 1:
        h0 = h0[0]
    if h0.ndim == 2 and list(axes).index("channel") < list(axes).index("batch"):
        h0 = h0.T
    return np.broadcast_to(h0.reshape(-1), (batch, n)).copy() if h0.size == n else h0


def _hint(parts: dict, inputs: int, axes) -> str:
    """Time first is how torch.nn.RNN has its trials unless batch_first is set."""
    swapped = parts["inputs"].swapaxes(0, 1).shape == parts["targets"].shape[:2] + (inputs,)
    return (
        "; inputs and targets have their axes in different order"
        if swapped
        else f" (axes were read as {', '.join(axes)})"
    )


def _name(contents: Contents, part: str, keys: dict[str, str]) -> str | None:
    """The array of one part: as told, else one of that name, in whatever case."""
    if part in keys:
        if keys[part] not in contents.entries:
            raise SchurscopeError(
                f"{contents.path}: there is no array {keys[part]!r} for {part}; the file holds {contents.listing()}"
            )
        return keys[part]
    same = [name for name in contents.entries if name.rpartition(".")[2].lower() == part]
    exact = [name for name in same if name == part]
    if len(exact or same) > 1:
        raise SchurscopeError(f"{contents.path}: {', '.join(same)} could all be {part}; say which one by trial_keys")
    return (exact or same)[0] if same else None
