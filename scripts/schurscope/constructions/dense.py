"""An unconstrained W_hh: what the three dense constructions share. They differ only in their start."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Dense:
    """W_hh itself is the parameter."""

    parameters: dict
    in_graph = True

    def matrix(self, parameters):
        return parameters["W_hh"]

    def pullback(self, parameters, gradient):
        return {"W_hh": gradient}


def dense(W_hh: np.ndarray) -> Dense:
    """The unconstrained construction that starts at ``W_hh``."""
    return Dense({"W_hh": W_hh})
