"""The broken circle against the paper's figure, closed forms, eigenvalues and SciPy."""

import math

import numpy as np
import pytest
import scipy.integrate

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.neutral.breaking import (
    DT,
    ENSEMBLE,
    MATRICES,
    STRENGTHS,
    Broken,
    gap,
    gap_measured,
    lifetime_closed,
    lifetime_measured,
    lifetime_predicted,
    random_breaking,
    traceless,
)
from schurscope.neutral.flow import spectrum
from schurscope.neutral.systems import Circle

PAPER = {  # Fig. 4A/B, read from the vector PDF
    "weak_axis": [1629.75, 543.25, 162.98, 54.33, 27.17, 16.30],
    "unit_axis": [814.88, 271.63, 81.49, 27.17, 13.59, 8.15],
    "rotated_strong": [543.25, 181.09, 54.33, 18.11, 9.06, 5.44],
}
SKEWED = np.array([[0.9, 0.7], [0.7, -0.2]])  # with a trace, and an axis of its own


@pytest.fixture(scope="module")
def lifetimes():
    """(matrix, strength)."""
    return np.array([[lifetime_measured(M, strength) for strength in STRENGTHS] for M in MATRICES.values()])


@pytest.fixture(scope="module")
def gaps():
    return np.array([[gap(M, strength) for strength in STRENGTHS] for M in MATRICES.values()])


def test_all_18_lifetimes_of_the_paper(lifetimes):
    assert list(MATRICES) == list(PAPER)
    assert np.allclose(lifetimes, list(PAPER.values()), rtol=0, atol=1e-6)


def test_the_closed_form_is_what_is_measured_to_one_step(lifetimes, gaps):
    closed = np.vectorize(lifetime_closed)(gaps)
    assert (closed <= lifetimes + 1e-9).all() and (lifetimes < closed + DT).all()


def test_the_paper_s_ratio_is_a_tangent(lifetimes, gaps):
    """Measured over predicted: ln(tan .25 / tan .05) / ln 5, but for the steps; and the correlation that it reports."""
    predicted = np.vectorize(lifetime_predicted)(gaps)
    assert np.allclose(predicted, np.log(5) / gaps)
    ratio = lifetimes / predicted
    assert ratio.min() == pytest.approx(1.0126, abs=5e-5) and np.median(ratio) == pytest.approx(1.013, abs=5e-4)
    assert ratio.max() == pytest.approx(1.0140, abs=5e-5)
    assert lifetime_closed(1.0) / lifetime_predicted(1.0) == pytest.approx(1.01262, abs=5e-6)
    correlation = np.corrcoef(np.log(lifetimes).ravel(), np.log(predicted).ravel())[0, 1]
    assert correlation == pytest.approx(0.9999999886, abs=1e-10)


@pytest.mark.parametrize("phase, moved", [(0.25, 0.2), (-0.25, 0.2), (0.35, 0.2), (1.2, 1.1)])
def test_only_the_gap_counts(phase, moved):
    """Neither the angle of the pinned axis, nor the trace, nor the side from which the phase comes."""
    expected = lifetime_closed(0.18, phase, moved)
    for M in (traceless(1.5), traceless(1.5, 2.0), traceless(1.5, -0.4), traceless(1.5, 0.3) + 0.8 * np.eye(2)):
        assert gap(M, 0.06) == pytest.approx(0.18)
        assert 0 <= lifetime_measured(M, 0.06, phase, moved) - expected < DT


def test_phases_follow_the_tangent_law_whatever_the_radius():
    """SciPy's own steps, from a radius that is not that of the circle: tan(phi - psi) shrinks as exp(-gap t)."""
    broken = Broken(SKEWED, 0.05, Circle(rate=0.7, radius=1.3))
    start = 0.4 * np.array([np.cos(broken.pinned + 0.9), np.sin(broken.pinned + 0.9)])
    tight = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-12, "t_eval": np.linspace(0, 40, 9)}
    run = scipy.integrate.solve_ivp(lambda t, x: broken.field(x), (0, 40), start, **tight)
    tangents = np.tan(np.arctan2(run.y[1], run.y[0]) - broken.pinned)
    assert np.allclose(tangents, np.tan(0.9) * np.exp(-broken.gap * run.t), rtol=1e-8)


@pytest.mark.parametrize("M", [SKEWED, -SKEWED, *MATRICES.values()])
def test_the_pinned_phase_is_the_axis_of_the_larger_eigenvalue(M):
    broken = Broken(M, 0.1, Circle(rate=0.7, radius=1.3))
    values, axes = np.linalg.eigh(M)
    assert broken.gap == pytest.approx(0.1 * (values[1] - values[0])) == gap(M, 0.1)
    x = broken.at_rest()
    assert np.max(np.abs(broken.field(x))) < 1e-14
    assert abs(axes[:, 1] @ x) == pytest.approx(np.linalg.norm(x))
    near = x + 0.05 * np.array([-x[1], x[0]])
    assert near @ broken.field(near) < 0.1 and np.array([-x[1], x[0]]) @ broken.field(near) < 0, "it draws back"


def test_numbers_and_arrays_have_one_field_and_its_derivative():
    broken = Broken(SKEWED, 0.3, Circle(rate=0.7, radius=1.3))
    field, tiny = broken.on_plane(), 1e-6
    for x in np.random.default_rng(0).standard_normal((5, 2)):
        z = field(complex(*x))
        assert np.allclose(broken.field(x), [z.real, z.imag], rtol=1e-13, atol=1e-15)
        moves = tiny * np.eye(2)
        J = np.array([broken.field(x + e) - broken.field(x - e) for e in moves]).T / (2 * tiny)
        assert np.allclose(broken.jacobian(x), J, atol=1e-8)


def test_the_gap_is_minus_the_group_s_exponent_and_in_the_spectrum():
    for M in (SKEWED, *MATRICES.values()):
        for strength in STRENGTHS:
            assert gap_measured(M, strength) == pytest.approx(gap(M, strength), rel=1e-9)
    assert gap_measured(SKEWED, 0.1, steps=1000) == pytest.approx(gap_measured(SKEWED, 0.1), rel=1e-10)
    broken = Broken(SKEWED, 0.1, Circle(rate=0.7, radius=1.3))
    x = broken.at_rest()
    found = spectrum(broken, broken.start(stream("x")), 0.05, 5, 400, 4000)
    assert np.allclose(found, [-broken.gap, -2 * 0.7 * x @ x], atol=1e-5) and broken.neutral == 0


def test_random_matrices_and_an_identity():
    """Fig. 4C: 672 exponents, off by 8e-10 at most in the paper."""
    measured, expected = random_breaking(stream("breaking"))
    assert measured.shape == expected.shape == (96, len(ENSEMBLE))
    assert np.max(np.abs(measured - expected)) < 8e-10 and measured.max() < 0
    again, large = random_breaking(stream("breaking"), 5, (0.3,))
    assert np.allclose(again, large, rtol=1e-7), "no matter how strong, but for RK4's own error"
    assert np.allclose(large[:, 0], 300 * expected[:5, 2]), "the same matrices"


def test_nothing_moves_without_a_gap():
    for M, strength in ((traceless(1.0), 0.0), (np.eye(2), 0.1)):
        assert gap(M, strength) == 0 and abs(gap_measured(M, strength)) < 1e-14
        assert lifetime_measured(M, strength, longest=100.0) == math.inf
    assert lifetime_closed(0.0) == lifetime_predicted(0.0) == math.inf


@pytest.mark.parametrize("phase, moved", [(0.2, 0.2), (-0.2, 0.3), (0.0, 0.1)])
def test_what_is_further_than_the_pinned_phase_is_never_reached(phase, moved):
    assert lifetime_closed(1.0, phase, moved) == lifetime_predicted(1.0, phase, moved) == math.inf
    assert lifetime_measured(traceless(1.0), 0.1, phase, moved, longest=100.0) == math.inf


def test_what_cannot_be_is_said():
    for M in (np.eye(3), np.array([[0.0, 1.0], [0.5, 0.0]]), np.array([[np.nan, 0.0], [0.0, 1.0]]), 1j * np.eye(2)):
        with pytest.raises(SchurscopeError, match="must be 2 x 2, real, finite and symmetric"):
            gap(M, 0.1)
    with pytest.raises(SchurscopeError, match="strength of a breaking must be 0 or more"):
        gap(np.eye(2), -0.1)
    with pytest.raises(SchurscopeError, match="velocity must be 0"):
        Broken(np.eye(2), 0.1, Circle(0.7))
    with pytest.raises(SchurscopeError, match="draws the circle to 0"):
        gap_measured(-3 * np.eye(2), 0.5)
    for phase, moved in ((np.pi / 2, 0.1), (np.nan, 0.1), (0.2, 0.0)):
        for lifetime in (lifetime_closed, lifetime_predicted):
            with pytest.raises(SchurscopeError, match="within pi / 2 of the pinned axis"):
                lifetime(1.0, phase, moved)
        with pytest.raises(SchurscopeError, match="within pi / 2 of the pinned axis"):
            lifetime_measured(traceless(1.0), 0.1, phase, moved)
    with pytest.raises(SchurscopeError, match="a gap must be 0 or more"):
        lifetime_closed(-1.0)
    for dt, longest in ((0.0, 1.0), (0.1, 0.1), (0.1, np.inf)):
        with pytest.raises(SchurscopeError, match="dt must be above 0"):
            lifetime_measured(traceless(1.0), 0.1, dt=dt, longest=longest)
    with pytest.raises(SchurscopeError, match="a step of 5 is too long; RK4 follows this circle up to 1.27"):
        lifetime_measured(traceless(1.0), 0.1, dt=5.0)
