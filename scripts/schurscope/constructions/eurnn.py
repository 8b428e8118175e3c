"""EURNN, real and tunable: W_hh = F_L ... F_1, orthogonal, each F a layer of plane rotations (Jing et al. 2017).

Layers alternate between the planes (1, 2), (3, 4), ... and (2, 3), (4, 5), ..., where the first and the last coordinate
stay as they are. Angles start as Unif[-pi, pi). Kerg et al. 2019 state neither the number of layers nor the field;
LAYERS is that of the authors' example for copying, and there are no phases.
"""

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from schurscope.foundations.errors import SchurscopeError

LAYERS = 4


@dataclass(frozen=True)
class Rotations:
    """Parameter angles (L, N / 2), one for each plane of each layer; where a layer has fewer, the last is not used."""

    parameters: dict
    in_graph = True
    stored = ("angles",)

    def matrix(self, parameters):
        return self._layers(parameters["angles"])[-1]

    def pullback(self, parameters, gradient):
        angles = parameters["angles"]
        xp = array_namespace(gradient)
        before, found = self._layers(angles), []
        for layer in reversed(range(angles.shape[-2])):
            cos, sin = _cos_sin(xp, angles[..., layer, :])
            (a, b), _ = self.planes(before[layer], layer)
            (to_a, to_b), ends = self.planes(gradient, layer)
            count = a.shape[-2]
            c, s = cos[..., :count, None], sin[..., :count, None]
            found.append(_filled(xp, xp.sum(to_b * (c * a - s * b) - to_a * (s * a + c * b), axis=-1), angles))
            gradient = self.joined(c * to_a + s * to_b, c * to_b - s * to_a, ends, layer)
        return {"angles": xp.stack(found[::-1], axis=-2)}

    def _layers(self, angles) -> list:
        """The identity, then the product of the first layer, of the first two, ..."""
        xp = array_namespace(angles)
        width = 2 * angles.shape[-1]
        eye = xp.eye(width, dtype=angles.dtype, device=angles.device)
        products = [xp.broadcast_to(eye, (*angles.shape[:-2], width, width))]
        for layer in range(angles.shape[-2]):
            cos, sin = _cos_sin(xp, angles[..., layer, :])
            (a, b), ends = self.planes(products[-1], layer)
            c, s = (part[..., : a.shape[-2], None] for part in (cos, sin))
            products.append(self.joined(c * a - s * b, s * a + c * b, ends, layer))
        return products

    def planes(self, rows, layer):
        """((first, second coordinate of each plane), what is in none) of the rows (..., N, column)."""
        xp, shift = array_namespace(rows), layer % 2
        width, columns = rows.shape[-2:]
        inside = rows[..., shift : width - shift, :]
        pairs = xp.reshape(inside, (*rows.shape[:-2], width // 2 - shift, 2, columns))
        return (pairs[..., 0, :], pairs[..., 1, :]), (rows[..., :shift, :], rows[..., width - shift :, :])

    def joined(self, a, b, ends, layer):
        """The rows that ``planes`` took apart."""
        xp = array_namespace(a)
        pairs = xp.stack([a, b], axis=-2)
        inside = xp.reshape(pairs, (*pairs.shape[:-3], 2 * pairs.shape[-3], pairs.shape[-1]))
        return xp.concat([ends[0], inside, ends[1]], axis=-2)


def _cos_sin(xp, angles):
    return xp.cos(angles), xp.sin(angles)


def _filled(xp, of_planes, angles):
    """With zeros for the planes that a layer does not have, (..., N / 2)."""
    missing = angles.shape[-1] - of_planes.shape[-1]
    return xp.concat([of_planes, xp.zeros_like(angles[..., 0, :missing])], axis=-1)


def check_width(width):
    if width % 2:
        raise SchurscopeError(f"width {width} is odd; init 'eurnn' turns planes of two units and needs an even width")


def start(width, source):
    return Rotations({"angles": source.uniform(0, (LAYERS, width // 2), -np.pi, np.pi)})
