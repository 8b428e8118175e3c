"""Dense default: entries from Unif[-1/sqrt(N), 1/sqrt(N)], as torch.nn.RNN starts (Draeger 2026, section 3)."""

from schurscope.constructions.dense import dense


def start(width, source):
    bound = width**-0.5
    return dense(source.uniform(0, (width, width), -bound, bound))
