"""``schurscope profile`` and ``schurscope circuit weights.pt --trials trials.npz``: networks without a workflow.

Each prints a table and writes the data. Libraries are imported as late as can be, so that the first line comes
at once.
"""

import argparse
import sys

from schurscope.circuit_command import circuit
from schurscope.command import say
from schurscope.external.names import AXES
from schurscope.foundations.defaults import ALPHAS
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.profile_command import profile


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
    commands = parser.add_subparsers(required=True, metavar="{profile,circuit}")
    _add_profile(commands)
    _add_circuit(commands)
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
    add("--output", metavar="NAME", help="beginning of the written files' names (default: the weights' name, _profile)")
    add("--csv", action="store_true", help="write every number as a table too")
    add("--json", action="store_true", help="the same as JSON")
    add("--no-figure", action="store_true", help="write no figure")


def _add_circuit(commands) -> None:
    command = commands.add_parser(
        "circuit",
        help="the fewest couplings of a network",
        description="The fewest nonnormal couplings found that keep what a network does.",
    )
    command.set_defaults(command=circuit)
    add = command.add_argument
    add("weights", help="weights: .pt, .pth, .ckpt, .safetensors, .npz, .nc or .mat")
    _add_reading(add)
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
    add("--no-figure", action="store_true", help="write no figure")
    add("--save", metavar="FILE", help="write the network without these couplings (.safetensors)")
    add("--output", metavar="NAME", help="beginning of the written files' names (default: the weights' name, _circuit)")


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
    add("--activation", choices=list(REGISTRY["cell"]), help="states it where the file does not")
    add("--seed", type=int, help="which network of a NetCDF file that holds several")
    add("--axes", default=",".join(AXES), help="order of the axes of the trials (default: %(default)s)")
    add("--metric", help=f"one of {', '.join(REGISTRY['metric'])} (default: fvu)")
    add("--tolerance", type=float, help="for recorded outputs, relative to their size (default: 1e-5)")
