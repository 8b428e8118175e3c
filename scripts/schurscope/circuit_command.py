"""The command ``schurscope circuit``: the fewest couplings found that keep what one network does."""

from pathlib import Path

import numpy as np

import schurscope
from schurscope.command import numbers, places, reading, say, trials_of
from schurscope.foundations.errors import SchurscopeError, printable


def circuit(options) -> None:
    path = Path(options.weights)
    epsilons = numbers(options.epsilon, "--epsilon")
    if not all(0 < epsilon < np.inf for epsilon in epsilons):
        raise SchurscopeError(f"--epsilon: {options.epsilon} must be above 0: it limits the discrepancy of the circuit")
    if options.save and len(epsilons) > 1:
        raise SchurscopeError("--save: one network is written; give one --epsilon")
    if options.save and not options.save.endswith(".safetensors"):
        raise SchurscopeError(f"--save: {options.save!r} does not end with .safetensors")
    output = f"{printable(path.stem)}_circuit" if options.output is None else options.output
    data = f"{output}.nc"
    places(output, [data, *filter(None, [options.save])], [path, options.trials])
    say(f"reading {path}")

    from schurscope.external.network import read_network

    reads = reading(options)
    weights, origin = read_network(path, **reads)
    arrays, measuring, where = trials_of(options, weights)

    from schurscope.one_network import circuit_of
    from schurscope.reports.tables import of_circuit
    from schurscope.stages.read import datasets
    from schurscope.store import netcdf

    said = {"where": where, "unused": origin.get("not used", ""), "activation": origin.get("activation")}
    networks, trials = datasets(printable(path.stem), weights, arrays, **measuring, **said)
    say("searching")
    found = circuit_of(
        networks,
        trials,
        {"epsilons": epsilons, "unit": options.unit},
        lambda done, of: say(f"epsilon {done} of {of} done"),
    )
    netcdf.write(found.assign_attrs(_made_from(options, path, reads | measuring, epsilons)), data)
    say("")
    print(of_circuit(networks, found, origin))
    if options.save:
        _save(options.save, weights, found)
        print(
            f"{options.save}: the network with these couplings removed. Its W_hh is as dense as before: the couplings"
            " are missing in the coordinates of the Schur form, Q and T of the data."
        )
    print(printable(f"data: {data}"))


def _made_from(options, path: Path, asked: dict, epsilons: list[float]) -> dict:
    """What the data say of their making."""
    from schurscope.foundations.canonical_json import canonical
    from schurscope.store.provenance import provenance
    from schurscope.store.records import sha256

    settings = canonical(asked | {"epsilons": epsilons, "unit": options.unit})
    attributes = provenance(settings, f"schurscope {schurscope.__version__}") | {"sha256_of_weights": sha256(path)}
    return attributes | ({"sha256_of_trials": sha256(options.trials)} if options.trials else {})


def _save(path: str, weights, found) -> None:
    """The network's arrays under their own names, W_hh without what was removed."""
    from safetensors.numpy import save_file

    from schurscope.store.files import replacing

    Q, T, kept = (found[name].values for name in ("Q", "T", "kept"))
    arrays = dict(weights.arrays()) | {"W_hh": Q @ np.where(kept[0], T, 0.0) @ Q.T}
    with replacing(path) as part:
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, part)
