"""Dense Glorot: W_hh starts normal with variance 1 / N (Glorot and Bengio 2010, as many in as out), then free."""

from schurscope.constructions.dense import dense


def start(width, source):
    return dense(width**-0.5 * source.normal(0, (width, width)))
