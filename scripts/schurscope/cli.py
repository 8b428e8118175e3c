"""``schurscope profile weights.pt --trials trials.npz``: the profile of one network, or of many, without a workflow.

Prints a table and writes a figure and the data. Libraries are imported as late as can be, so that the first line comes
at once.
"""

import argparse
import sys

from schurscope.external.names import AXES
from schurscope.foundations.defaults import ALPHAS
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.profile_command import profile, say


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a user's mistake is one sentence on standard error and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
        profile(options)
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
    commands = parser.add_subparsers(required=True, metavar="profile")
    add = commands.add_parser(
        "profile", help="profile networks", description="What networks lose without their nonnormal couplings."
    ).add_argument
    kinds = "weights: .pt, .pth, .ckpt, .safetensors, .npz, .nc or .mat; several, a folder or a pattern: over training"
    add("weights", nargs="+", help=kinds)
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
    add(
        "--alphas",
        default=",".join(map(str, ALPHAS)),
        help="cuts, relative to the spectral radius (default: %(default)s)",
    )
    add("--output", metavar="NAME", help="beginning of the written files' names (default: the weights' name, _profile)")
    add("--csv", action="store_true", help="write every number as a table too")
    add("--json", action="store_true", help="the same as JSON")
    add("--no-figure", action="store_true", help="write no figure")
    return parser
