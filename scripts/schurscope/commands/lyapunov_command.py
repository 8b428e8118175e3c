"""The command ``schurscope lyapunov``: the time scales of one network, as Lyapunov exponents."""

from pathlib import Path

from schurscope.commands.command import made_from, pairs, places, reading, say, task_of, trials_of
from schurscope.external.names import PARTS
from schurscope.foundations.defaults import REMEMBERED
from schurscope.foundations.errors import SchurscopeError, printable


def lyapunov(options) -> None:
    path = Path(options.weights)
    output = f"{printable(path.stem)}_lyapunov" if options.output is None else options.output
    figure = [] if options.no_figure else [f"{output}.{ending}" for ending in ("html", "svg", "png")]
    data = f"{output}.nc"
    places(output, [*figure, data], [path, options.trials])
    driven = options.trials is not None or options.task is not None
    if driven and options.steps is not None:
        raise SchurscopeError("--steps: along trials there are as many steps as they have; leave the option out")
    say(f"reading {path}")

    from schurscope.external.gates import read_gates
    from schurscope.external.network import read_network

    reads = reading(options)
    gated = None if options.keys or options.activation else read_gates(path, options.seed)
    weights, origin = read_network(path, **reads) if gated is None else gated
    inputs, h0, measuring = _trials(options, weights, origin, gated is not None) if driven else (None, None, {})

    from schurscope.reports.figures import one_spectrum, style
    from schurscope.reports.tables import of_spectrum
    from schurscope.stages.spectrum import spectrum
    from schurscope.store import netcdf

    say("following the network")
    found = spectrum(weights, inputs, h0, options.steps, options.warm_up).assign_coords(task=printable(path.stem))
    asked = reads | measuring | {"steps": options.steps, "warm_up": options.warm_up}
    found.attrs |= {"cell": weights.cell} | made_from(path, options.trials, asked)
    netcdf.write(found, data)
    if figure:
        say("drawing")
        style.save(one_spectrum.draw({"spectrum": [found]}, {}), *figure)
    say("")
    print(of_spectrum(weights, found, origin))
    print(printable((f"figure: {', '.join(figure)}; " if figure else "") + f"data: {data}"))


def _trials(options, weights, origin: dict, gated: bool):
    """(inputs, h0) of the first trials, and what was asked; recorded outputs are reproduced first."""
    from schurscope.external.recorded import inputs_alone, read_trials

    if options.trials is None:
        task = task_of(options)
        alone = inputs_alone(vars(task.held_out(REMEMBERED)), weights, where=f"task {task.name}: ")
        return *alone, {"task_settings": task.settings}
    if options.task is not None:
        raise SchurscopeError("--trials (a file) or --task (a built-in one), not both")
    arrays = read_trials(options.trials, pairs(options.trial_keys, "--trial-keys", PARTS), ("inputs",))
    if "outputs" in arrays and "targets" in arrays and not gated:
        from schurscope.stages.read import datasets

        _, measuring, where = trials_of(options, weights)
        said = {"where": where, "unused": origin.get("not used", ""), "activation": origin.get("activation")}
        datasets("network", weights, arrays, **measuring, **said)
    inputs, h0 = inputs_alone(arrays, weights, options.axes, f"{options.trials}: ")
    return inputs[:REMEMBERED], h0 if h0 is None else h0[:REMEMBERED], {"axes": options.axes}
