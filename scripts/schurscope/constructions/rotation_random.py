"""Rotation, started at a Haar-distributed matrix of determinant 1."""

import numpy as np
from scipy.linalg import logm

from schurscope.constructions.draws import random_orthogonal
from schurscope.constructions.rotation import Rotation


def start(width, source):
    Q = random_orthogonal(width, source, 0)
    Q[:, 0] *= np.linalg.det(Q)
    return Rotation({"X": np.triu(np.real(logm(Q)), 1)})
