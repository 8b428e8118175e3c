"""``schurscope profile``, ``circuit``, ``memory``, ``lyapunov weights.pt --trials trials.npz``: without a workflow.

Each prints a table and writes the data. Libraries are imported as late as can be, so that the first line comes
at once.
"""

import argparse
import sys

from schurscope.cells import profiled
from schurscope.commands.circuit_command import circuit
from schurscope.commands.command import say
from schurscope.commands.lyapunov_command import lyapunov
from schurscope.commands.memory_command import memory
from schurscope.commands.profile_command import profile
from schurscope.external.names import AXES
from schurscope.foundations.defaults import ALPHAS
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a user's mistake is one sentence on standard error and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
        options.command(options)
    except SchurscopeError as mistake:
        say("")
        sys.exit(f"schurscope: {mistake}")
    except KeyboardInterrupt:
        sys.exit(130)


class _Parser(argparse.ArgumentParser):
    """A mistake in the options is one sentence, as any other."""

    def error(self, message):
        raise SchurscopeError(f"{message}; {self.prog} --help lists the options")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="schurscope", description="Which couplings can a trained recurrent network lose?")
    commands = parser.add_subparsers(required=True, metavar="{profile,circuit,memory,lyapunov}")
    _add_profile(commands)
    _add_circuit(commands)
    _add_memory(commands)
    _add_lyapunov(commands)
    return parser


def _add_profile(commands) -> None:
    command = commands.add_parser(
        "profile", help="profile networks", description="What networks lose without their nonnormal couplings."
    )
    command.set_defaults(command=profile)
    add = command.add_argument
    kinds = "weights: .pt, .pth, .ckpt, .safetensors, .npz, .nc or .mat; several, a folder or a pattern: over training"
    add("weights", nargs="+", help=kinds)
    _add_reading(add)
    add(
        "--alphas",
        default=",".join(map(str, ALPHAS)),
        help="cuts, relative to the spectral radius (default: %(default)s)",
    )
    _add_written(add, "profile")
    add("--csv", action="store_true", help="write every number as a table too")
    add("--json", action="store_true", help="the same as JSON")
    add("--explore", metavar="FILE.html", help="write a page to remove couplings in, with every cut")


def _of_one_network(commands, name: str, function, **words):
    """A command about one network: ``add`` for the options that it has beside how weights and trials are read."""
    command = commands.add_parser(name, **words)
    command.set_defaults(command=function)
    command.add_argument("weights", help="weights: .pt, .pth, .ckpt, .safetensors, .npz, .nc or .mat")
    _add_reading(command.add_argument)
    return command.add_argument


def _add_circuit(commands) -> None:
    add = _of_one_network(
        commands,
        "circuit",
        circuit,
        help="the fewest couplings of a network",
        description="The fewest nonnormal couplings found that keep what a network does.",
    )
    epsilon = "largest discrepancy from the intact network; several: 0.001,0.01,0.1 (default: %(default)s)"
    add("--epsilon", default="0.01", help=epsilon)
    add(
        "--unit",
        choices=["coupling", "block"],
        default="coupling",
        help="what is removed at a time (default: %(default)s)",
    )
    bases = "other coordinates to compare with, by commas (default: principal_components,neurons); none: no other"
    add("--bases", metavar="NAME,...", help=bases)
    add("--save", metavar="FILE", help="write the network without these couplings (.safetensors)")
    _add_written(add, "circuit")


def _add_memory(commands) -> None:
    add = _of_one_network(
        commands,
        "memory",
        memory,
        help="what a network knows of its past",
        description="Fisher memory curves: of the linear network, with proven intervals; with trials, along them too.",
    )
    add("--lags", type=int, metavar="N", help="how many lags, from 0 (default: twice as many as units)")
    _add_written(add, "memory")


def _add_lyapunov(commands) -> None:
    add = _of_one_network(
        commands,
        "lyapunov",
        lyapunov,
        help="the time scales of a network",
        description="Lyapunov exponents, by itself or along trials; also of torch's LSTM and GRU.",
    )
    add("--steps", type=int, metavar="N", help="steps that count, of a network by itself (default: 10000)")
    warm_up = "steps that do not count before them (default: 1000; along trials a fifth of them)"
    add("--warm-up", type=int, metavar="N", help=warm_up)
    _add_written(add, "lyapunov")


def _add_written(add, command: str) -> None:
    """What is written."""
    name = f"beginning of the written files' names (default: the weights' name, _{command})"
    add("--output", metavar="NAME", help=name)
    add("--no-figure", action="store_true", help="write no figure")


def _add_reading(add) -> None:
    """How weights and trials are read."""
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
    add("--leak", type=float, help="a in h' = (1-a) h + a f(...); default: the file's, else 1")
    add("--activation", choices=profiled(), help="states it where the file does not")
    add("--seed", type=int, help="which network of a NetCDF file that holds several")
    add("--axes", default=",".join(AXES), help="order of the axes of the trials (default: %(default)s)")
    add("--metric", help=f"one of {', '.join(REGISTRY['metric'])} (default: fvu)")
    add("--tolerance", type=float, help="for recorded outputs, relative to their size (default: 1e-5)")
