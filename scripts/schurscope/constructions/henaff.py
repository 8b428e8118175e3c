"""Dense Henaff: W_hh starts as the rotation with Henaff's angles and is free afterwards."""

from schurscope.constructions import exponential
from schurscope.constructions.dense import dense


def start(width, source):
    X = exponential.in_planes(exponential.henaff(width, source, 0), width)
    return dense(exponential.exp(exponential.skew(X))[0])
