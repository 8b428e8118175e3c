"""Dense orthogonal: W_hh starts as a random orthogonal matrix (Draeger 2026, section 3) and is free afterwards."""

from schurscope.constructions.dense import dense
from schurscope.constructions.draws import random_orthogonal


def start(width, source):
    return dense(random_orthogonal(width, source, 0))
