"""``schurscope profile weights.pt --trials trials.npz``: the profile of one network, without a workflow.

Prints a table and writes a figure and the data. Libraries are imported as late as can be, so that the first line comes
at once.
"""

import argparse
import os
import sys
from pathlib import Path

import yaml

import schurscope
from schurscope.external.names import AXES, PARTS, QUANTITIES
from schurscope.foundations.errors import SchurscopeError, printable

FRAGILE_GAP, HELD_OUT = 0.01, 512  # as in config.yaml


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a user's mistake is one sentence on standard error and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
        _profile(options)
    except SchurscopeError as mistake:
        _progress("")
        sys.exit(f"schurscope: {mistake}")
    except KeyboardInterrupt:
        sys.exit(130)


class _Parser(argparse.ArgumentParser):
    """A mistake in the options is one sentence, as any other."""

    def error(self, message):
        raise SchurscopeError(f"{message}; {self.prog} --help lists the options")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="schurscope", description="Which couplings can a trained recurrent network lose?")
    commands = parser.add_subparsers(required=True, metavar="profile")
    add = commands.add_parser(
        "profile", help="profile one network", description="What a network loses without its nonnormal couplings."
    ).add_argument
    add("weights", help="weights: .pt, .pth, .ckpt, .safetensors, .npz, .nc or .mat")
    trials = "a file with inputs, targets and, if wanted, mask, h0 and the network's own outputs (.npz, .nc, .mat, ...)"
    add("--trials", metavar="FILE", help=trials)
    add("--task", help="a built-in task in place of trials: flipflop, or '{task: flipflop, length: 50}'")
    add(
        "--keys",
        nargs="+",
        action="extend",
        metavar="W_hh=NAME",
        default=[],
        help="names of the arrays; NAME.T transposes, A+B adds",
    )
    add(
        "--trial-keys",
        nargs="+",
        action="extend",
        metavar="inputs=NAME",
        default=[],
        help="names of the arrays in the trials file",
    )
    add("--orientation", default="W", help="W (default: W_hh[i, j] goes from j to i) or W^T")
    add("--leak", type=float, help="a in h' = (1-a) h + a tanh(...); default: the file's, else 1")
    add("--activation", choices=["tanh"], help="states it where the file does not; only tanh is supported")
    add("--seed", type=int, help="which network of a NetCDF file that holds several")
    add("--axes", default=",".join(AXES), help="order of the axes of the trials (default: %(default)s)")
    add("--metric", help="fvu (default) or accuracy (of signs)")
    add("--tolerance", type=float, help="for recorded outputs, relative to their size (default: 1e-5)")
    add("--alphas", default="0.85,0.9,0.95", help="cuts, relative to the spectral radius (default: %(default)s)")
    add("--output", metavar="NAME", help="beginning of the written files' names (default: the weights' name, _profile)")
    return parser


def _profile(options) -> None:
    from schurscope.schur.alpha import check_alphas
    from schurscope.store.files import check_place

    alphas = check_alphas(_numbers(options.alphas, "--alphas"))
    _progress(f"reading {options.weights}")
    from schurscope.external.network import read_network
    from schurscope.stages.read import datasets

    name = printable(Path(options.weights).stem)
    output = f"{name}_profile" if options.output is None else options.output
    if not Path(output).name:
        raise SchurscopeError(f"--output: {output!r} is not the beginning of a file's name")
    *figure, data = (f"{output}.{ending}" for ending in ("html", "svg", "png", "nc"))
    for given in filter(None, (options.weights, options.trials)):
        if os.path.realpath(given) in map(os.path.realpath, (*figure, data)):
            raise SchurscopeError(f"--output: {given} would be overwritten; choose another name")
    for file in (*figure, data):
        check_place(file)
    reading = {"keys": _pairs(options.keys, "--keys", QUANTITIES), "orientation": options.orientation}
    reading |= {"leak": options.leak, "seed": options.seed}
    weights, origin = read_network(options.weights, **reading)
    arrays, measuring, where = _trials(options, weights)
    unused = origin.get("not used", "")
    activation = options.activation or origin.get("activation")
    networks, trials = datasets(name, weights, arrays, **measuring, where=where, unused=unused, activation=activation)

    from schurscope import one_network
    from schurscope.foundations.canonical_json import canonical
    from schurscope.reports import tables
    from schurscope.reports.figures import network_profile, style
    from schurscope.store import netcdf
    from schurscope.store.provenance import provenance
    from schurscope.store.records import sha256

    parts = one_network.measured(networks, trials, alphas, progress=_counted)
    profile = one_network.merged(*parts)
    _progress("drawing")
    settings = {"alpha": alphas[len(alphas) // 2], "fragile_gap": FRAGILE_GAP}
    kinds = dict(zip(("networks", "schur", "ablation"), ([part] for part in parts), strict=True))
    style.save(network_profile.draw(kinds, settings), *figure)
    asked = canonical(reading | measuring | {"alphas": alphas, "activation": activation})
    code = f"schurscope {schurscope.__version__}"
    attributes = provenance(asked, code) | {"sha256_of_weights": sha256(options.weights)}
    attributes |= {"sha256_of_trials": sha256(options.trials)} if options.trials else {}
    netcdf.write(profile.assign_attrs(attributes), data)
    _progress("")
    print(tables.of_network(networks, profile, origin, FRAGILE_GAP))
    print(printable(f"figure: {', '.join(figure)}; data: {data}"))


def _counted(done: int, of: int) -> None:
    _progress(f"intervention {done} of {of}", now_and_then=done % 8 == 0)


def _trials(options, weights) -> tuple[dict, dict, str]:
    """(arrays, what ``datasets`` needs to know of them, where they are from): a file or a built-in task."""
    if (options.trials is None) == (options.task is None):
        raise SchurscopeError("either --trials (a file) or --task (a built-in one) is needed")
    if options.task is None:
        from schurscope.external.recorded import read_trials

        arrays = read_trials(options.trials, _pairs(options.trial_keys, "--trial-keys", PARTS))
        measuring = {"axes": options.axes.split(","), "metric": "fvu" if options.metric is None else options.metric}
        measuring |= {} if options.tolerance is None else {"tolerance": options.tolerance}
        return arrays, measuring, f"{options.trials}: "
    from schurscope.stages.read import held_out
    from schurscope.tasks import make_task

    try:
        settings = yaml.safe_load(options.task)
    except (yaml.YAMLError, ValueError, RecursionError):  # PyYAML lets some of them through
        raise SchurscopeError(
            f"--task: {options.task!r} is not a task; write a name or {{task: name, key: value}}"
        ) from None
    task = make_task({"task": settings} if isinstance(settings, str) else settings)
    if options.metric not in (None, task.metric):
        raise SchurscopeError(f"--metric: task {task.name} is scored by {task.metric}; leave the option out")
    measuring = {"metric": task.metric, "task_settings": task.settings}
    return held_out(task, HELD_OUT, weights), measuring, f"task {task.name}: "


def _pairs(texts: list[str], option: str, allowed) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts)
    for name, value in pairs.items():
        if name in allowed and not value:
            raise SchurscopeError(f"{option}: {name} has no =NAME behind it")
        if name not in allowed:
            raise SchurscopeError(f"{option}: {name!r} is not one of {', '.join(allowed)}")
    return pairs


def _numbers(text: str, option: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise SchurscopeError(f"{option}: {text!r} is not a list of numbers like 0.85,0.9") from None


def _progress(text: str, now_and_then: bool = True) -> None:
    """Say what is being done: on a terminal one line that is written again and again, else a line now and then."""
    if sys.stderr.isatty():
        print(f"\r\033[K{printable(text)}", end="", file=sys.stderr, flush=True)
    elif text and now_and_then:
        print(printable(text), file=sys.stderr, flush=True)
