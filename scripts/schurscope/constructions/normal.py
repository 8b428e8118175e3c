"""Dense normal: W_hh starts as Q D Q^T, D of N/2 blocks ((a, -b), (b, a)) with a, b ~ N(0, 1/6); free afterwards.

1/6 is a variance: then E|eigenvalue|^2 = 1/3, the squared radius of the dense default start
(Draeger 2026, section 3).
"""

from schurscope.constructions.dense import dense
from schurscope.constructions.draws import random_orthogonal, real_blocks
from schurscope.foundations.errors import SchurscopeError

VARIANCE = 1.0 / 6.0


def check_width(width):
    if width % 2:
        raise SchurscopeError(f"width {width} is odd; init 'normal' is made of 2x2 blocks and needs an even width")


def start(width, source):
    Q = random_orthogonal(width, source, 0)
    a, b = VARIANCE**0.5 * source.normal(1, (2, width // 2))
    return dense(Q @ real_blocks(a, b) @ Q.T)
