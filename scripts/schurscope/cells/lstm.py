"""Long short-term memory (Hochreiter and Schmidhuber 1997, with a forget gate), as torch.nn.LSTM computes it.

Gates i, f, g, o: c' = f c + i g, h' = o tanh(c'), with i, f, o by the logistic function and g by tanh of u + v.
"""

from array_api_compat import array_namespace

from schurscope.cells.gated import Gated, sigmoid


class LSTM(Gated):
    gates, states = 4, 2

    def ahead(self, u, v, h):
        i, f, g, o = (a + b for a, b in zip(u, v, strict=True))
        tanh = array_namespace(g).tanh
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
        c = f * h[1] + i * g
        t = tanh(c)
        return [o * t, c], (i, f, g, o, t, h[1])

    def slopes(self, kept):
        i, f, g, o, t, c = kept
        of_c = [g * i * (1 - i), c * f * (1 - f), i * (1 - g**2), 0 * o]
        seen = o * (1 - t**2)  # dh'/dc'
        of_h = [seen * slope for slope in of_c[:3]] + [t * o * (1 - o)]
        by_gates = [of_h, of_c]
        return by_gates, by_gates, [[0 * o, seen * f], [0 * o, f]]


CELL = LSTM
