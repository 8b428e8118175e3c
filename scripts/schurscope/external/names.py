"""Which array of a file is W_hh, W_xh, W_hy, b_h, b_y, h0: by the names of torch.nn.RNN, by common names, or as told.

A source is written as people would: ``name``, ``name.T`` for its transpose, ``name + name`` for a sum.
"""

import re
from dataclasses import dataclass

from schurscope.contract import CONTRACT
from schurscope.errors import SchurscopeError
from schurscope.external.files import Contents, listed

QUANTITIES = ("W_hh", "W_xh", "W_hy", "b_h", "b_y", "h0", "leak")
NEEDED = ("W_hh", "W_xh", "W_hy")
COMMON = {  # without underscores, in lower case
    "W_hh": ("whh", "wrec", "wrecurrent"),
    "W_xh": ("wxh", "wih", "win", "winput"),
    "W_hy": ("why", "who", "wout", "woutput"),
    "b_h": ("bh", "brec"),
    "b_y": ("by", "bo", "bout"),
    "h0": ("h0",),
    "leak": ("leak",),
}
TORCH = re.compile(r"(?:.*\.)?(weight|bias)_(ih|hh|hr)(?:_l(\d+))?(_reverse)?")
SUPPORTED = "one layer of tanh units in one direction, as torch.nn.RNN or RNNCell has, with a linear readout"


@dataclass(frozen=True)
class Source:
    """Where a quantity comes from: the sum of arrays, each of them transposed or not."""

    terms: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return " + ".join(f"{name}.T" if transposed else name for name, transposed in self.terms)


def recognise(contents: Contents, told: dict[str, str]) -> tuple[dict[str, Source], list[str]]:
    """(quantity -> source, names of arrays that are not used). ``told`` goes before what is recognised.

    Raises SchurscopeError: a name that is not there, what is missing or ambiguous, and which arrays were found.
    """
    found = {quantity: _parsed(contents, quantity, text) for quantity, text in told.items()}
    by_torch = {} if "W_hh" in told else _as_torch(contents)
    for quantity, source in (by_torch | _by_common_name(contents, [*found, *by_torch])).items():
        found.setdefault(quantity, source)
    missing = [quantity for quantity in NEEDED if quantity not in found]
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
            f" the network, but is not one of {SUPPORTED}; if the network is that, name its arrays by keys"
        )
    return found, unused


def _might_belong(contents: Contents, name: str, W_hh: Source) -> bool:
    """Whether an array that nobody asked for has a dimension of the network's size: a bias, a mask, signs."""
    n, shape = contents.entries[W_hh.terms[0][0]].shape[0], contents.entries[name].shape
    return n > 1 and len(shape) <= 2 and n in shape and name not in CONTRACT["networks"]


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


def _by_common_name(contents: Contents, known) -> dict[str, Source]:
    """What is called W_hh, W_rec and so on."""
    found = {}
    for quantity, names in COMMON.items():
        same = [name for name in contents.entries if _last(name) in names]
        exact = [name for name in same if name == quantity]
        if len(exact or same) > 1 and quantity not in known:
            raise SchurscopeError(f"{contents.path}: {listed(same)} could all be {quantity}; say which one by keys")
        if same:
            found[quantity] = Source((((exact or same)[0], False),))
    return found


def _last(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "").lower()


def _as_torch(contents: Contents) -> dict[str, Source]:
    """What torch.nn.RNN, RNNCell and Linear call their parameters; {} where there is nothing of the kind."""
    matches = {name: match for name in contents.entries if (match := TORCH.fullmatch(name))}
    _refuse_other_kinds(contents, matches)
    hidden = [name for name, match in matches.items() if match.group(1, 2) == ("weight", "hh")]
    if not hidden:
        return {}
    found = {"W_hh": Source(((hidden[0], False),))}
    for name, match in matches.items():
        if match.group(1, 2) == ("weight", "ih"):
            found["W_xh"] = Source(((name, False),))
    biases = [name for name, match in matches.items() if match[1] == "bias"]
    if biases:
        found["b_h"] = Source(tuple((name, False) for name in biases))
    n = contents.entries[hidden[0]].shape[0]
    readouts = [
        name
        for name, entry in contents.entries.items()
        if name.endswith("weight") and len(entry.shape) == 2 and entry.shape[1] == n
    ]
    if len(readouts) > 1:
        raise SchurscopeError(f"{contents.path}: {listed(readouts)} could all be the readout; name W_hy by keys")
    if readouts:
        found["W_hy"] = Source(((readouts[0], False),))
        bias = readouts[0].removesuffix("weight") + "bias"
        if bias in contents.entries:
            found["b_y"] = Source(((bias, False),))
    return found


def _refuse_other_kinds(contents: Contents, matches: dict) -> None:
    """GRU, LSTM, several layers, two directions, parametrisations: refused with what is supported."""

    def refuse(what):
        raise SchurscopeError(f"{contents.path} holds {what}; {SUPPORTED} is supported")

    for name in contents.entries:
        if re.search(r"parametrizations\.(weight_hh|weight_ih|weight)", name):
            refuse(f"a parametrisation ({listed([name])}), not the matrix that it makes")
    if any(match[2] == "hr" for match in matches.values()):
        refuse("an LSTM with projections")
    if any(match[4] for match in matches.values()):
        refuse("a bidirectional network")
    layers = {int(match[3]) for match in matches.values() if match[3]}
    if len(layers) > 1 or layers - {0}:
        refuse(f"a network of {max(layers) + 1} layers")
    hidden = [name for name, match in matches.items() if match.group(1, 2) == ("weight", "hh")]
    if len(hidden) > 1:
        raise SchurscopeError(
            f"{contents.path}: {listed(hidden)} could all be W_hh; name the arrays of one network by keys"
        )
    for name in hidden:
        shape = contents.entries[name].shape
        gates = shape[0] / shape[1] if len(shape) == 2 and shape[1] else 1
        if gates in (3, 4):
            refuse(f"{'a GRU' if gates == 3 else 'an LSTM'} ({name} has the shape {shape})")
        if len(shape) != 2:
            refuse(f"a recurrent matrix of shape {shape}")
