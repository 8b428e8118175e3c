"""Rotation, started with the angles that Helfrich et al. 2018 draw for a Cayley map."""

from schurscope.constructions import exponential
from schurscope.constructions.rotation import Rotation


def start(width, source):
    return Rotation({"X": exponential.in_planes(exponential.cayley(width, source, 0), width)})
