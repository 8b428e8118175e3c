"""The command ``schurscope circuit``: the fewest couplings found that keep what one network does."""

import time
from pathlib import Path

import numpy as np

from schurscope.commands.command import made_from, numbers, places, reading, say, trials_of
from schurscope.foundations.errors import SchurscopeError, printable

EVERY = 5.0  # seconds between two lines where they are not written over one another


def circuit(options) -> None:
    path = Path(options.weights)
    epsilons = numbers(options.epsilon, "--epsilon")
    if not all(0 < epsilon < np.inf for epsilon in epsilons):
        raise SchurscopeError(f"--epsilon: {options.epsilon} must be above 0: it limits the discrepancy of the circuit")
    if options.save and len(epsilons) > 1:
        raise SchurscopeError("--save: one network is written; give one --epsilon")
    if options.save and not options.save.endswith(".safetensors"):
        raise SchurscopeError(f"--save: {options.save!r} does not end with .safetensors")
    bases = _bases(options)
    output = f"{printable(path.stem)}_circuit" if options.output is None else options.output
    figure = [] if options.no_figure else [f"{output}.{ending}" for ending in ("html", "svg", "png")]
    data = f"{output}.nc"
    places(output, [*figure, data, *filter(None, [options.save])], [path, options.trials])
    say(f"reading {path}")

    from schurscope.external.network import read_network

    reads = reading(options)
    weights, origin = read_network(path, **reads)
    arrays, measuring, where = trials_of(options, weights)

    from schurscope import one_network
    from schurscope.reports.figures import one_circuit, style
    from schurscope.reports.tables import of_circuit
    from schurscope.stages.read import datasets
    from schurscope.store import netcdf

    said = {"where": where, "unused": origin.get("not used", ""), "activation": origin.get("activation")}
    networks, trials = datasets(printable(path.stem), weights, arrays, **measuring, **said)
    settings = {"epsilons": epsilons, "unit": options.unit}
    schur, found = one_network.searched(networks, trials, settings, bases, _Told(weights, bases))
    circuit = one_network.circuit_of(networks, schur, found)
    asked = reads | measuring | {"epsilons": epsilons, "unit": options.unit, "bases": bases}
    netcdf.write(circuit.assign_attrs(made_from(path, options.trials, asked)), data)
    if figure:
        say("drawing")
        style.save(one_circuit.draw({"networks": [networks], "schur": [schur], "circuit": found}, {}), *figure)
    say("")
    print(of_circuit(networks, circuit, origin))
    if options.save:
        _save(options.save, weights, circuit)
        print(
            f"{options.save}: the network with these couplings removed. Its W_hh is as dense as before: the couplings"
            " are missing in the coordinates of the Schur form, Q and T of the data."
        )
    print(printable((f"figure: {', '.join(figure)}; " if figure else "") + f"data: {data}"))


def _bases(options) -> list[str]:
    """The coordinates to compare with."""
    from schurscope.analyses.bases import BASES

    if options.bases is None:
        return [] if options.unit == "block" else ["principal_components", "neurons"]
    bases = [] if options.bases == "none" else options.bases.split(",")
    if odd := [basis for basis in bases if basis not in BASES]:
        raise SchurscopeError(f"--bases: {odd[0]!r} does not exist; allowed: none, {', '.join(BASES)}")
    if bases and options.unit == "block":
        raise SchurscopeError("--bases: other coordinates have no blocks to remove whole; leave --unit block out")
    return list(dict.fromkeys(bases))


class _Told:
    """Says in which coordinates the search is, how far, and about how long it will take there."""

    def __init__(self, weights, bases):
        n = len(weights.W_hh)
        from schurscope.analyses.circuit_search import memory

        units = n * n if {*bases} - {"schur_shuffled", "schur_reversed", "schur_rotated"} else n * (n - 1) // 2
        say(f"searching, with up to {memory(units):.2g} GB of memory")
        self.basis, self.start, self.last = None, 0.0, time.monotonic()

    def __call__(self, basis: str, share: float) -> None:
        now = time.monotonic()
        if basis != self.basis:
            self.basis, self.start = basis, now
        left = (now - self.start) * (1 - share) / share if share > 0 else 0.0
        say(f"{basis}: {100 * share:.0f} %, about {left:.0f} s left", now_and_then=now - self.last > EVERY)
        self.last = now if now - self.last > EVERY else self.last


def _save(path: str, weights, found) -> None:
    """The network's arrays under their own names, W_hh without what was removed."""
    from safetensors.numpy import save_file

    from schurscope.store.files import replacing

    Q, T, kept = (found[name].values for name in ("Q", "T", "kept"))
    arrays = dict(weights.arrays()) | {"W_hh": Q @ np.where(kept[0], T, 0.0) @ Q.T}
    with replacing(path) as part:
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, part)
