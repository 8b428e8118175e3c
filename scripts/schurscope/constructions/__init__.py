"""Constructions: how W_hh starts and what its training may change. One file each.

A construction is a frozen dataclass of arrays, built by its module's ``start(width, source)``, with
    parameters            name -> array (float64): what training changes, at its start
    matrix(parameters)    W_hh (..., width, width) from parameters
    pullback(parameters, gradient)   dLoss/dW_hh -> dLoss/dparameters, by name
    in_graph              whether both can be part of a captured CUDA graph
Both functions are written in the array API, for NumPy and torch, and carry leading axes: networks side by side, whose
constructions have all their arrays stacked. The shapes of the arrays depend on the width alone. A module may restrict
the width by ``check_width(width)``.
"""

from schurscope.foundations import registry
from schurscope.foundations.streams import stream


def start(init: str, task: str, width: int, seed: int):
    """The construction ``init`` at its start for one network.

    Raises SchurscopeError for an unknown name or a width it cannot have.
    """
    check_width(init, width)
    return registry.load("init", init).start(width, stream("W_hh", task, width, init, seed))


def check_width(init: str, width: int) -> None:
    """Raise SchurscopeError if the construction does not exist at this width."""
    module = registry.load("init", init)
    if hasattr(module, "check_width"):
        module.check_width(width)
