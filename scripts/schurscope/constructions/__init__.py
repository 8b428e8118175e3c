"""Constructions: how W_hh starts and what its training may change. One file each.

A construction is built by its module's ``start(width, source)`` and has
    parameters            name -> array (float64): what training changes, at its start
    matrix(parameters, xp)   W_hh (width, width) from parameters; xp is numpy, or torch for autograd
    pullback(parameters, gradient)   dLoss/dW_hh -> dLoss/dparameters (NumPy), by name
and may restrict the width by ``check_width(width)``.
"""

from schurscope import registry
from schurscope.streams import stream


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
