"""Gated recurrent unit (Cho et al. 2014), as torch.nn.GRU computes it.

Gates r, z, n: h' = (1 - z) n + z h, with r, z by the logistic function of u + v, and n = tanh(u + r v).
"""

from array_api_compat import array_namespace

from schurscope.cells.gated import Gated, sigmoid


class GRU(Gated):
    gates = 3

    def ahead(self, u, v, h):
        r, z = sigmoid(u[0] + v[0]), sigmoid(u[1] + v[1])
        n = array_namespace(r).tanh(u[2] + r * v[2])
        return [(1 - z) * n + z * h[0]], (r, z, n, v[2], h[0])

    def slopes(self, kept):
        r, z, n, v, h = kept
        of_n = (1 - z) * (1 - n**2)
        by_r, by_z = of_n * v * r * (1 - r), (h - n) * z * (1 - z)
        return [[by_r, by_z, of_n]], [[by_r, by_z, of_n * r]], [[z]]


CELL = GRU
