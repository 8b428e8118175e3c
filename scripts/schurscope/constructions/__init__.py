"""Constructions: how W_hh starts and what its training may change. One file each.

A construction is a frozen dataclass of arrays, built by its module's ``start(width, source)``, with
    parameters            name -> array (float64): what training changes, at its start
    matrix(parameters)    W_hh (..., width, width) from parameters
    pullback(parameters, gradient)   dLoss/dW_hh -> dLoss/dparameters, by name
    forward(parameters)   where it saves work: (W_hh, what ``pullback`` may be given as ``kept``)
    in_graph              whether both can be part of a captured CUDA graph
    stored                names of parameters that are kept beside W_hh, where they say more than it does
Both functions are written in the array API, for NumPy and torch, and carry leading axes: networks side by side, whose
constructions have all their arrays stacked. The shapes of the arrays depend on the width alone. A module may restrict
the width by ``check_width(width)``.
"""

import numpy as np

from schurscope.constructions.dense import Dense, dense
from schurscope.foundations import registry
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream


def start(init: str, task: str, width: int, seed: int, gates: int = 1):
    """The construction ``init`` at its start for one network; of several ``gates``, each as one network's, stacked.

    Raises SchurscopeError for an unknown name, a width it cannot have, or gates where W_hh is not free.
    """
    check_width(init, width)
    module = registry.load("init", init)
    if gates == 1:
        return module.start(width, stream("W_hh", task, width, init, seed))
    parts = [module.start(width, stream("W_hh", task, width, init, seed, gate)) for gate in range(gates)]
    if not isinstance(parts[0], Dense):
        free = [name for name in registry.REGISTRY["init"] if isinstance(start(name, task, 2, seed), Dense)]
        raise SchurscopeError(
            f"init {init!r} constrains a square W_hh, and this cell has {gates} gates of their own; allowed:"
            f" {', '.join(free)}"
        )
    return dense(np.concatenate([part.parameters["W_hh"] for part in parts]))


def check_width(init: str, width: int) -> None:
    """Raise SchurscopeError if the construction does not exist at this width."""
    module = registry.load("init", init)
    if hasattr(module, "check_width"):
        module.check_width(width)
