"""The command ``schurscope memory``: what one network knows of its past, as Fisher memory curves."""

from pathlib import Path

from schurscope.commands.command import made_from, places, reading, say, trials_of
from schurscope.foundations.errors import SchurscopeError, printable


def memory(options) -> None:
    path = Path(options.weights)
    if options.lags is not None and options.lags < 1:
        raise SchurscopeError(f"--lags: {options.lags} must be 1 or more: it says how many lags, from 0")
    output = f"{printable(path.stem)}_memory" if options.output is None else options.output
    figure = [] if options.no_figure else [f"{output}.{ending}" for ending in ("html", "svg", "png")]
    data = f"{output}.nc"
    places(output, [*figure, data], [path, options.trials])
    say(f"reading {path}")

    from schurscope.external.network import read_network

    reads = reading(options)
    weights, origin = read_network(path, **reads)
    along = options.trials is not None or options.task is not None
    arrays, measuring, where = trials_of(options, weights) if along else ({}, {}, "")

    from schurscope.reports.figures import one_memory, style
    from schurscope.reports.tables import of_memory
    from schurscope.stages.memory import memory_curves
    from schurscope.stages.read import datasets, without_trials
    from schurscope.store import netcdf

    name, trials = printable(path.stem), None
    if along:
        said = {"where": where, "unused": origin.get("not used", ""), "activation": origin.get("activation")}
        networks, trials = datasets(name, weights, arrays, **measuring, **said)
    else:
        networks = without_trials(name, weights)
    say("bounding the sums over the past")
    settings = {"lags": options.lags} | ({} if along else {"trials": 0})
    found = memory_curves(networks, settings, trials)
    if not along and found["memory"].isnull().all():
        raise SchurscopeError(
            f"the memory curve of the linear network diverges: the spectral radius of {name} is"
            f" {found['spectral_radius'].item():.4g}, and must be below 1; --trials or --task gives the curve along"
            " trajectories"
        )
    asked = reads | measuring | {"lags": options.lags}
    netcdf.write(found.isel(seed=0, drop=True).assign_attrs(made_from(path, options.trials, asked)), data)
    if figure:
        say("drawing")
        style.save(one_memory.draw({"fisher_memory": [found]}, {}), *figure)
    say("")
    print(of_memory(networks, found.isel(seed=0), origin))
    print(printable((f"figure: {', '.join(figure)}; " if figure else "") + f"data: {data}"))
