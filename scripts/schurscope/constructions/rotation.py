"""Rotation: W_hh = exp(A), A skew, orthogonal with determinant 1 at every iterate (expRNN, Lezcano-Casado and
Martinez-Rubio 2019, with the exponential at the identity throughout). Starts with Henaff's angles.
"""

from dataclasses import dataclass

from schurscope.constructions import exponential


@dataclass(frozen=True)
class Rotation:
    """Parameter X (N, N), of which the upper triangle counts: A = triu(X, 1) - triu(X, 1)^T."""

    parameters: dict
    in_graph = True
    stored = ("X",)

    def matrix(self, parameters):
        return self.forward(parameters)[0]

    def forward(self, parameters):
        return exponential.exp(exponential.skew(parameters["X"]))

    def pullback(self, parameters, gradient, kept=None):
        kept = self.forward(parameters)[1] if kept is None else kept
        return {"X": exponential.to_upper(exponential.pullback(kept, gradient))}


def start(width, source):
    return Rotation({"X": exponential.in_planes(exponential.henaff(width, source, 0), width)})
