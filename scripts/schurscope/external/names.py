"""Which array of a file is W_hh, W_xh, W_hy, b_h, b_y, h0: by the names of torch.nn.RNN, by common names, or as told.

A source is written as people would: ``name``, ``name.T`` for its transpose, ``name + name`` for a sum.
"""

import math
import os
import re
from dataclasses import dataclass

from schurscope.cells import TANH, arrays_of, profiled
from schurscope.cells.cell import Array
from schurscope.external.contents import Contents, listed
from schurscope.foundations.errors import SchurscopeError
from schurscope.store.contract import CONTRACT

ARRAYS = {name: array for cell in profiled() for name, array in arrays_of(cell).items()}  # of any cell
QUANTITIES = (*ARRAYS, "leak")
LEAK = Array((), "leak", ("leak",), needed=False)
TORCH = re.compile(r"(?:.*\.)?(weight|bias)_(ih|hh|hr)(?:_l(\d+))?(_reverse)?")
PARAMETER = re.compile(
    r"w(eights?)?(in|out|rec|ff|fb|[xhy]|\d).*|b|bias.*|b(in|out|rec|[xhyo]|\d).*|alpha|tau|dt|gain|gamma|decay|leak.*"
)
PARTS = ("inputs", "targets", "mask", "h0", "outputs")  # of trials; may lie in the network's file
AXES = ("batch", "time", "channel")  # of trials
OTHERS = " or ".join(name for name in profiled() if name != TANH)
SUPPORTED = (
    "one layer of tanh units in one direction, as torch.nn.RNN or RNNCell has, with a linear readout"
    f" ({OTHERS} units where the file or activation says so)"
)


@dataclass(frozen=True)
class Source:
    """Where a quantity comes from: the sum of arrays, each of them transposed or not."""

    terms: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return " + ".join(f"{name}.T" if transposed else name for name, transposed in self.terms)


def recognise(contents: Contents, told: dict[str, str], cell: str = TANH) -> tuple[dict[str, Source], list[str]]:
    """(quantity -> source, names of arrays that are not used). ``told`` goes before what is recognised.

    ``cell``: what the network is made of. Raises SchurscopeError: a name that is not there, what is missing or
    ambiguous, and which arrays were found.
    """
    wanted = arrays_of(cell) | {"leak": LEAK}
    if foreign := next((quantity for quantity in told if quantity not in wanted), None):
        raise SchurscopeError(f"{contents.path}: {foreign} is no array of {cell} units; activation says which they are")
    found = {quantity: _parsed(contents, quantity, text) for quantity, text in told.items()}
    found = _as_torch(contents, found) | found
    by_torch = len(found) > len(told)
    found = _by_common_name(contents, found, wanted) | found
    missing = [quantity for quantity, array in wanted.items() if array.needed and quantity not in found]
    if missing:
        raise SchurscopeError(
            f"{contents.path}: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not recognised;"
            f" name the array for each by keys; the file holds {contents.listing()}"
        )
    used = {name for source in found.values() for name, _ in source.terms}
    unused = [name for name in contents.entries if name not in used]
    suspicious = [] if told else [name for name in unused if by_torch or _might_belong(contents, name, found["W_hh"])]
    if suspicious:
        raise SchurscopeError(
            f"{contents.path}: {listed(f'{name} {contents.entries[name]}' for name in suspicious)} might be a part of"
            f" the network, which must be {SUPPORTED}; {_offer(contents, suspicious, found)}if it is no part, name the"
            " network's arrays by keys"
        )
    return found, unused


def _might_belong(contents: Contents, name: str, W_hh: Source) -> bool:
    """Whether an array that nobody asked for looks like a part of the network: a bias, a mask, signs, a leak."""
    n, shape = contents.entries[W_hh.terms[0][0]].shape[0], contents.entries[name].shape
    if len(shape) > 2 or name in CONTRACT["networks"] or _last(name) in PARTS:
        return False
    return (n > 1 and n in shape) or PARAMETER.fullmatch(_last(name)) is not None


def _offer(contents: Contents, names: list[str], found: dict[str, Source]) -> str:
    """The key that an array may belong to, by its shape: "it may be b_h (keys: b_h=cell.bias); "."""
    n = contents.entries[found["W_hh"].terms[0][0]].shape[0]
    for name in names:
        size, shape = math.prod(contents.entries[name].shape), contents.entries[name].shape
        if size == 1 and "leak" not in found and n > 1:
            quantity = "leak"
        elif size == max(shape, default=0) == n and "b_h" not in found:
            quantity = "b_h"
        elif (
            size == max(shape, default=0) == contents.entries[found["W_hy"].terms[0][0]].shape[0] and "b_y" not in found
        ):
            quantity = "b_y"
        else:
            continue
        return f"{name} may be {quantity} (keys: {quantity}={name}); "
    return ""


def _parsed(contents: Contents, quantity: str, text: str) -> Source:
    """The source that a user's text names."""
    terms = []
    for part in [text] if text in contents.entries else text.split("+"):
        name = part.strip()
        plain = name.removesuffix(".T")
        if name not in contents.entries and plain not in contents.entries:
            raise SchurscopeError(
                f"{contents.path}: there is no array {plain!r} for {quantity}; the file holds {contents.listing()}"
            )
        terms.append((name, False) if name in contents.entries else (plain, True))
    return Source(tuple(terms))


def _by_common_name(contents: Contents, known: dict[str, Source], wanted: dict[str, Array]) -> dict[str, Source]:
    """What is called W_hh, W_rec and so on."""
    found = {}
    for quantity, array in wanted.items():
        same = [name for name in contents.entries if _last(name) in array.called and quantity not in known]
        if quantity == "h0":  # with trials in the same file, one state each is theirs
            same = [name for name in same if math.prod(shape := contents.entries[name].shape) == max(shape, default=1)]
        exact = [name for name in same if name == quantity]
        if len(exact or same) > 1:
            raise SchurscopeError(f"{contents.path}: {listed(same)} could all be {quantity}; say which one by keys")
        if same:
            found[quantity] = Source((((exact or same)[0], False),))
    return found


def _last(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "").lower()


def _as_torch(contents: Contents, told: dict[str, Source]) -> dict[str, Source]:
    """What torch.nn.RNN, RNNCell and Linear call their parameters; {} where there is nothing of the kind."""
    matches = {name: match for name in contents.entries if (match := TORCH.fullmatch(name))}
    hidden = [name for name, match in matches.items() if match[2] == "hh" and match[1] == "weight"]
    if "W_hh" in told:
        hidden = [name for name in hidden if (name, False) == told["W_hh"].terms[0]]
    modules = {name.rpartition(".")[0] for name in hidden}
    if len(modules) > 1:
        raise SchurscopeError(f"{contents.path}: {listed(hidden)} could all be W_hh; say which one by keys")
    matches = {name: match for name, match in matches.items() if name.rpartition(".")[0] in modules}
    _refuse_other_kinds(contents, matches)
    if not hidden:
        return {}
    found = {"W_hh": Source(((hidden[0], False),))}
    for name, match in matches.items():
        if match.group(1, 2) == ("weight", "ih"):
            found["W_xh"] = Source(((name, False),))
    biases = [name for name, match in matches.items() if match[1] == "bias"]
    if biases:
        found["b_h"] = Source(tuple((name, False) for name in biases))
    readout = told["W_hy"].terms[0][0] if "W_hy" in told else _readout(contents, hidden[0])
    if readout is not None:
        found["W_hy"] = Source(((readout, False),))
        bias = readout.removesuffix("weight") + "bias"
        if bias != readout and bias in contents.entries:
            found["b_y"] = Source(((bias, False),))
    return found


def _readout(contents: Contents, hidden: str) -> str | None:
    """The linear layer that reads the hidden state: of several, the one that lies nearest in the module tree."""
    n = contents.entries[hidden].shape[0]
    near = {
        name: len(os.path.commonprefix([name.split("."), hidden.split(".")]))
        for name, entry in contents.entries.items()
        if name.endswith("weight") and len(entry.shape) == 2 and entry.shape[1] == n
    }
    nearest = [name for name in near if near[name] == max(near.values())]
    if len(nearest) > 1:
        raise SchurscopeError(f"{contents.path}: {listed(nearest)} could all be the readout; name W_hy by keys")
    return nearest[0] if nearest else None


def _refuse_other_kinds(contents: Contents, matches: dict) -> None:
    """GRU, LSTM, several layers, two directions, parametrisations: refused with what is supported."""

    def refuse(what):
        raise SchurscopeError(f"{contents.path} holds {what}; {SUPPORTED} is supported")

    for name in contents.entries:
        if re.search(r"parametrizations\.(weight_hh|weight_ih|weight)|weight_hh(_l0)?_[gv]", name):
            tensor = re.sub(r".*parametrizations\.", "", name).split(".")[0].removesuffix("_g").removesuffix("_v")
            raise SchurscopeError(
                f"{contents.path} holds a parametrisation ({listed([name])}), not the matrix that it makes; before"
                f" torch.save: torch.nn.utils.parametrize.remove_parametrizations(module, {tensor!r})"
            )
    if any(match[2] == "hr" for match in matches.values()):
        refuse("an LSTM with projections")
    if any(match[4] for match in matches.values()):
        refuse("a bidirectional network")
    layers = {int(match[3]) for match in matches.values() if match[3]}
    if len(layers) > 1 or layers - {0}:
        refuse(f"a network of {max(layers) + 1} layers")
    hidden = [name for name, match in matches.items() if match.group(1, 2) == ("weight", "hh")]
    for name in hidden:
        shape = contents.entries[name].shape
        gates = shape[0] / shape[1] if len(shape) == 2 and shape[1] else 1
        if gates in (3, 4):
            refuse(f"{'a GRU' if gates == 3 else 'an LSTM'} ({name} has the shape {shape})")
        if len(shape) != 2:
            refuse(f"a recurrent matrix of shape {shape}")
