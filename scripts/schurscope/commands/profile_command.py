"""The command ``schurscope profile``: from files to a table on the screen, a figure and the data."""

import re
import sys
from pathlib import Path

import schurscope
from schurscope.commands.command import numbers, places, reading, say, trials_of
from schurscope.foundations.defaults import NEAR
from schurscope.foundations.errors import SchurscopeError, printable


def profile(options) -> None:
    from schurscope.schur.alpha import check_alphas

    options.alphas = check_alphas(numbers(options.alphas, "--alphas"))
    paths = _files(options.weights)
    one = len(paths) == 1
    output = f"{printable(paths[0].stem) if one else 'networks'}_profile" if options.output is None else options.output
    figure = [] if options.no_figure else [f"{output}.{ending}" for ending in ("html", "svg", "png")]
    tables = [f"{output}.{ending}" for ending in ("csv", "json") if getattr(options, ending)]
    explore = [options.explore] if options.explore else []
    written = [*figure, *tables, *explore, f"{output}.nc"]
    places(output, written, [*paths, options.trials])
    say(f"reading {paths[0] if one else f'{len(paths)} files'}")
    (_profile_one if one else _profile_many)(options, paths, figure, tables, f"{output}.nc")


def _files(given: list[str]) -> list[Path]:
    """The weights' files: as named, all that can be read in a folder, or what fits a pattern."""
    from glob import glob

    from schurscope.external.contents import FORMATS

    found: list[Path] = []
    for text in given:
        path = Path(text)
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in FORMATS)
            if not inside:
                raise SchurscopeError(f"{path} holds no file with one of the endings {', '.join(FORMATS)}")
            found += inside
        elif glob(text) and not path.exists():
            found += sorted(map(Path, glob(text)))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _profile_one(options, paths, figure, tables, data) -> None:
    from schurscope.external.network import read_network

    reads = reading(options)
    weights, origin = read_network(paths[0], **reads)
    arrays, measuring, where = trials_of(options, weights)

    from schurscope import one_network
    from schurscope.reports.figures import network_profile, style
    from schurscope.reports.tables import of_network

    said = {"where": where, "unused": origin.get("not used", "")}
    parts = _measured(options, paths[0].stem, weights, origin, arrays, measuring | said, _counted)
    profile = one_network.merged(*parts[:3])
    settings = {"alpha": options.alphas[len(options.alphas) // 2], "near": NEAR}
    if figure:
        say("drawing")
        kinds = dict(zip(("networks", "schur", "ablation"), ([part] for part in parts[:3]), strict=True))
        style.save(network_profile.draw(kinds, settings), *figure)
    if options.explore:
        _explore(options, {None: parts})
    _write(options, paths, profile, reads | measuring, tables, data)
    print(of_network(parts[0], profile, origin))
    _print_written(options, figure, tables, data)


def _profile_many(options, paths, figure, tables, data) -> None:
    """Networks of one size on the same trials; what cannot be read or does not fit is left out, and said."""
    from schurscope import one_network
    from schurscope.external.network import read_networks
    from schurscope.reports.figures import over_training, style
    from schurscope.reports.tables import of_networks

    reads, names = reading(options), _names(paths)
    trials = None if options.task else trials_of(options, None)  # a file is wrong for all networks, or for none
    read = dict(zip(names, read_networks(paths, **reads), strict=True))
    left_out = {name: found for name, found in read.items() if isinstance(found, SchurscopeError)}
    profiles, steps, explored = {}, {}, {}
    for number, (name, found) in enumerate(read.items()):
        if name in left_out:
            continue
        weights, origin = found
        try:
            trials = trials or trials_of(options, weights)
            arrays, measuring, where = trials
            said = {"where": f"{name}: {where}", "unused": origin.get("not used", "")}
            parts = _measured(options, name, weights, origin, arrays, measuring | said)
            profiles[name] = one_network.merged(*parts[:3])
        except SchurscopeError as mistake:
            left_out[name] = mistake
            continue
        steps[name] = _step(name, origin)
        explored |= {name: parts} if options.explore else {}
        say(f"network {number + 1} of {len(names)}", now_and_then=number % 20 == 0)
    for name, mistake in left_out.items():
        print(printable(f"schurscope: {name} is left out: {mistake}"), file=sys.stderr)
    if not profiles:
        raise SchurscopeError(f"none of the {len(paths)} files could be profiled")
    whole = one_network.together(profiles, steps)
    alpha = options.alphas[len(options.alphas) // 2]
    if figure:
        say("drawing")
        style.save(over_training.draw(whole, {"alpha": alpha}), *figure)
    if options.explore:
        _explore(options, {name: explored[name] for name in whole["network"].values})
    _write(options, paths, whole, reads | measuring, tables, data)
    print(of_networks(whole, alpha))
    _print_written(options, figure, tables, data)


def _names(paths: list[Path]) -> list[str]:
    """What the networks are called: by file, with the folder where two files share a name."""
    stems = [path.stem for path in paths]
    return [printable(path.stem if stems.count(path.stem) == 1 else path) for path in paths]


def _step(name: str, origin: dict) -> int | None:
    """The step of training: as the file says, else as its name does (step=100, epoch_3, model-2000)."""
    if "step" in origin:
        return int(origin["step"])
    found = re.findall(r"(?:step|epoch|iter|iteration|update)[=_-]?(\d+)", name) or re.findall(r"(\d+)$", name)
    return int(found[-1]) if found else None


def _measured(options, name, weights, origin, arrays, measuring, progress=lambda done, of: None):
    """(networks, schur, ablation, trials) of one network."""
    from schurscope.one_network import measured
    from schurscope.stages.read import datasets

    said = {"activation": origin.get("activation")}
    networks, trials = datasets(printable(name), weights, arrays, **measuring, **said)
    return *measured(networks, trials, options.alphas, progress=progress), trials


def _explore(options, parts: dict) -> None:
    """The explorer of networks on the same trials, by name (None for a single one), with the scores at every cut."""
    from threadpoolctl import threadpool_limits

    from schurscope.reports.explorer.explored import Block
    from schurscope.reports.explorer.explorer import page
    from schurscope.stages.score_cuts import score_cuts
    from schurscope.store.files import write_text

    say("measuring every cut")
    of, blocks = Path(options.trials).stem if options.trials else options.task, []
    for name, (networks, schur, ablation, trials) in parts.items():
        with threadpool_limits(1):
            cuts = score_cuts(networks, schur, {}, trials)
        called = {} if name is None else {"step": name, "of": printable(of)}
        blocks.append(Block(networks, schur, ablation, cuts, trials, **called))
    write_text(options.explore, page(blocks, options.alphas[len(options.alphas) // 2], NEAR))


def _write(options, paths, profile, asked: dict, tables, data) -> None:
    """The data, with what it was made of, and tables if they are wanted."""
    from schurscope.foundations.canonical_json import canonical
    from schurscope.reports.tables import long
    from schurscope.store import netcdf
    from schurscope.store.files import write_text
    from schurscope.store.provenance import provenance
    from schurscope.store.records import sha256

    asked = canonical(asked | {"alphas": options.alphas})
    attributes = provenance(asked, f"schurscope {schurscope.__version__}")
    digests = {path.name: sha256(path) for path in paths if path.is_file()}
    attributes["sha256_of_weights"] = canonical(digests) if len(paths) > 1 else digests[paths[0].name]
    attributes |= {"sha256_of_trials": sha256(options.trials)} if options.trials else {}
    netcdf.write(profile.assign_attrs(attributes), data)
    for file in tables:
        table = long(profile)
        write_text(
            file,
            table.to_csv(index=False)
            if file.endswith(".csv")
            else table.to_json(orient="records", double_precision=15),
        )
    say("")


def _print_written(options, figure, tables, data) -> None:
    shown = f"explorer: {options.explore}; " if options.explore else ""
    shown += f"figure: {', '.join(figure)}; " if figure else ""
    shown += f"table: {', '.join(tables)}; " if tables else ""
    print(printable(f"{shown}data: {data}"))


def _counted(done: int, of: int) -> None:
    say(f"intervention {done} of {of}", now_and_then=done % 8 == 0)
