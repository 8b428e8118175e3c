"""Bits per character: cross-entropy over ln 2, for tasks in which every scored step is a character."""

import math

from schurscope.metrics.classes import RECALLED
from schurscope.metrics.cross_entropy import CrossEntropy
from schurscope.metrics.metric import error_variables


class BitsPerCharacter(CrossEntropy):
    name, label, lost_label, solved = "bits_per_character", "bits per character", "Δbits per character", 2.0
    variables = error_variables("bits_per_character", "bits per character", "bits per character") | RECALLED
    unit = math.log(2.0)


METRIC = BitsPerCharacter()
