"""The compiled arithmetic against plain NumPy in float64."""

import numpy as np
import pytest
from numba import njit

from schurscope.training.engines import compiled
from schurscope.training.engines.fused import up

NARROW = compiled._tile(4, 1, True)


@njit
def narrow_product(a, b, c):
    for j in range(0, c.shape[1], compiled.LANES):
        for i in range(0, c.shape[0], 4):
            NARROW(a, i, b, j, c, 0)


@njit
def tanh_in_place(h):
    compiled.tanh(h)


def tanh_of(x):
    h = np.zeros((1, up(len(x), compiled.LANES)), x.dtype)
    h[0, : len(x)] = x
    tanh_in_place(h)
    return h[0, : len(x)]


@pytest.mark.parametrize("rows, depth, columns", [(8, 1, 16), (16, 5, 48), (64, 67, 80), (8, 200, 32)])
def test_product_adds_and_does_not_depend_on_the_tile(rows, depth, columns):
    """What the narrowest vectors give is what the widest give, bit for bit."""
    rng = np.random.default_rng(0)
    a, b, c = (rng.standard_normal(shape).astype("f4") for shape in ((rows, depth), (depth, columns), (rows, columns)))
    exact = c.astype("f8") + a.astype("f8") @ b.astype("f8")
    wide, narrow, turned = c.copy(), c.copy(), c.copy()
    compiled.add_product(a, b, wide)
    narrow_product(a, b, narrow)
    compiled.add_product(np.asfortranarray(a), b, turned)
    assert np.max(np.abs(wide - exact)) < 2e-6 * depth**0.5
    assert np.array_equal(wide, narrow) and np.array_equal(wide, turned)
    for first in (0, depth // 2, depth):
        alone, added = c.copy(), np.zeros_like(c)
        compiled.set_product(a, b, alone, first)
        compiled.add_product(np.ascontiguousarray(a[:, first:]), np.ascontiguousarray(b[first:]), added)
        assert np.array_equal(alone, added), "what stood there is gone"


def test_tanh_is_within_3_units_in_the_last_place():
    rng = np.random.default_rng(0)
    small = 10.0 ** rng.uniform(-37, 1, 1_000_000)
    x = np.concatenate([small, -small, np.linspace(-12, 12, 2_000_001)]).astype("f4")
    y = tanh_of(x)
    exact = np.tanh(x.astype("f8"))
    assert np.max(np.abs(y - exact) / np.spacing(np.abs(exact.astype("f4")))) < 3
    assert np.max(np.abs(y)) == 1


def test_tanh_at_the_edges():
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, 3e38], "f4")
    y = tanh_of(x)
    assert np.isnan(y[0]) and np.array_equal(y[1:], np.array([1, -1, 0, 0, 1e-45, 1], "f4"))
    assert np.signbit(y[4])


def test_tanh_of_float64_is_the_c_library_s():
    x = np.linspace(-3, 3, 1001)
    y = tanh_of(x)
    assert np.max(np.abs(y - np.tanh(x))) < 1e-15
