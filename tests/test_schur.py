"""The ordered Schur form: what defines it, identities, ties, cuts, and the mistakes that others made."""

import numpy as np
import pytest

from matrices import gallery, orthogonal
from schurscope.foundations.errors import SchurscopeError
from schurscope.schur.form import SECTORS, ordered_schur, stored_form

MATRICES = gallery()
ALPHAS = (0.3, 0.5, 0.85, 0.9, 1.0)


@pytest.fixture(params=MATRICES, scope="module")
def case(request):
    W = MATRICES[request.param]
    return W, ordered_schur(W)


def test_is_a_schur_form(case):
    W, form = case
    scale = max(np.linalg.norm(W), 1e-300)
    assert np.max(np.abs(form.Q @ form.T @ form.Q.T - W)) < 1e-13 * scale
    assert form.orthogonality < 1e-13
    covered = np.zeros(W.shape, dtype=bool)
    at = 0
    for start, size in form.blocks:
        assert start == at and size in (1, 2)
        covered[start : start + size, start : start + size] = True
        at += size
    assert at == len(W)
    assert (form.T[np.tril(np.ones(W.shape, dtype=bool), -1) & ~covered] == 0).all()


def test_blocks_are_canonical_and_in_order(case):
    _, form = case
    for (start, size), modulus in zip(form.blocks, form.moduli, strict=True):
        block = form.T[start : start + size, start : start + size]
        assert modulus == pytest.approx(np.abs(np.linalg.eigvals(block)).max(), rel=1e-12)
        if size == 2:
            assert block[0, 0] == block[1, 1] and block[0, 1] * block[1, 0] < 0
    assert (np.diff(form.moduli) <= 1e-9 * form.moduli.max()).all()


def test_eigenvalues_are_those_of_the_matrix(case):
    """By power sums, which are well conditioned where single eigenvalues are not."""
    W, form = case
    scale = max(np.linalg.norm(W, 2), 1e-300)
    for k in (1, 2, 3):
        direct = np.trace(np.linalg.matrix_power(W / scale, k))
        assert np.sum((form.eigenvalues / scale) ** k) == pytest.approx(direct, abs=1e-11)


def test_norm_identity(case):
    """|T|^2 = sum |lambda|^2 + sum over 2x2 blocks of (|b| - |c|)^2 + |N|^2 (numerics: error 1e-14)."""
    W, form = case
    scale = max(np.linalg.norm(W), 1e-300)
    N = form.T * (form.block_of[:, None] < form.block_of[None, :]) / scale
    splits = [abs(form.T[s, s + 1]) - abs(form.T[s + 1, s]) for s, size in form.blocks if size == 2]
    pieces = np.sum(np.abs(form.eigenvalues / scale) ** 2) + np.sum((np.array(splits) / scale) ** 2) + np.sum(N**2)
    assert pieces == pytest.approx(np.linalg.norm(form.T / scale) ** 2, rel=1e-12)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_split(case, alpha):
    """R is what the definition says, no block is cut, and the three sectors are a partition of N."""
    _, form = case
    n_R = form.leading(alpha)
    sizes = [
        size
        for (_, size), m in zip(form.blocks, form.moduli, strict=True)
        if m >= alpha * form.moduli.max() * (1 - 1e-9)
    ]
    assert n_R == sum(sizes) >= 1
    assert n_R in {start for start, _ in form.blocks} | {len(form.T)}
    masks = [form.mask(sector, alpha) for sector in SECTORS]
    above = form.block_of[:, None] < form.block_of[None, :]
    assert np.array_equal(sum(m.astype(int) for m in masks), above.astype(int))
    RR, CR, CC = masks
    assert not RR[n_R:].any() and not RR[:, n_R:].any() and not CC[:n_R].any() and not CC[:, :n_R].any()
    assert not CR[n_R:].any() and not CR[:, :n_R].any()


@pytest.mark.parametrize("removed", [(), ("RR",), ("CR",), ("CC",), ("RR", "CR"), ("CR", "CC"), SECTORS])
def test_removal_entry_by_entry(case, removed):
    """Eq. 6 by a loop over entries: zero the couplings of the sectors, leave blocks and the rest."""
    W, form = case
    alpha, n = 0.9, len(W)
    n_R = form.leading(alpha)
    T = form.T.copy()
    for i in range(n):
        for j in range(n):
            sector = ("R" if j < n_R else "C") + ("R" if i < n_R else "C")  # from column to row
            if form.block_of[j] > form.block_of[i] and {"RR": "RR", "CR": "CR", "CC": "CC"}.get(sector) in removed:
                T[i, j] = 0.0
    expected = form.Q @ T @ form.Q.T if removed else W
    scale = max(np.linalg.norm(W), 1e-300)
    assert np.max(np.abs(form.without(removed, alpha) - expected)) < 1e-13 * scale
    spectrum = [np.trace(np.linalg.matrix_power(M / scale, 2)) for M in (W, form.without(removed, alpha))]
    assert spectrum[0] == pytest.approx(spectrum[1], abs=1e-10)


def test_normal_matrices_have_nothing_to_lose():
    for name in ("orthogonal", "symmetric (all real)", "skew (all imaginary)", "block shift"):
        W = MATRICES[name]
        form = ordered_schur(W)
        for removed in (["RR"], ["CR"], ["CC"], SECTORS):
            assert form.removed_mass(removed, 0.5) < 1e-13
            assert np.max(np.abs(form.without(removed, 0.5) - W)) < 1e-12


def test_known_triangular_form():
    T = np.array([[0.9, 5.0, 7.0], [0.0, -0.7, 3.0], [0.0, 0.0, 0.2]])
    form = ordered_schur(T)
    assert np.allclose(np.abs(form.T), np.abs(T)) and form.moduli.tolist() == pytest.approx([0.9, 0.7, 0.2])
    mixed = T[::-1, ::-1].T  # the same matrix with its rows and columns reversed, transposed: order 0.2, -0.7, 0.9
    assert ordered_schur(mixed).moduli.tolist() == pytest.approx([0.9, 0.7, 0.2])


def test_cr_removal_depends_only_on_the_leading_subspace():
    """Q Z_CR(T) Q^T = W - P W (I - P), with P the orthogonal projector on the leading invariant subspace."""
    W = MATRICES["gaussian 72"]
    form = ordered_schur(W)
    n_R = form.leading(0.7)
    P = form.Q[:, :n_R] @ form.Q[:, :n_R].T
    expected = W - P @ W @ (np.eye(72) - P)
    assert np.max(np.abs(form.without(["CR"], 0.7) - expected)) < 1e-13


def test_ties_are_deterministic():
    """+-0.9 and the pair 0.9 exp(+-i) tie in modulus: larger real part first, then the larger imaginary part."""
    rng = np.random.default_rng(3)
    c, s = 0.9 * np.cos(1.0), 0.9 * np.sin(1.0)
    D = np.zeros((6, 6))
    D[0, 0], D[1, 1], D[5, 5] = -0.9, 0.9, 1.0
    D[2:4, 2:4] = [[c, -s], [s, c]]
    D[4, 4] = 0.5
    for _ in range(20):
        Q = orthogonal(6, rng)
        form = ordered_schur(Q @ D @ Q.T)
        assert [size for _, size in form.blocks] == [1, 1, 2, 1, 1]
        assert form.eigenvalues.real.tolist() == pytest.approx([1.0, 0.9, c, c, -0.9, 0.5])


def test_a_modulus_exactly_at_the_cut_is_inside():
    rng = np.random.default_rng(4)
    D = np.diag([1.0, 0.9, 0.9 - 1e-6, 0.3])
    for _ in range(100):
        Q = orthogonal(4, rng)
        form = ordered_schur(Q @ D @ Q.T)
        assert form.leading(0.9) == 2
        assert form.split_gap(0.9) == pytest.approx(1e-6, abs=1e-9)


@pytest.mark.parametrize(("apart", "tied"), [(1e-12, True), (1e-8, False)])
def test_how_close_a_tie_is(apart, tied):
    """Moduli 1e-12 apart are tied (the larger real part goes first); 1e-8 apart they are not."""
    form = ordered_schur(np.diag([0.9, -0.9 * (1 + apart), 1.0]))
    assert np.sign(form.eigenvalues.real).tolist() == ([1, 1, -1] if tied else [1, -1, 1])


def test_gap_is_in_units_of_the_spectral_radius():
    assert ordered_schur(np.diag([4.0, 2.0, 1.0])).split_gap(0.5) == pytest.approx(0.25)


def test_ill_conditioned_moduli_are_ordered_again():
    """Sparse matrices have defective eigenvalues, which every move of a block changes: one pass is not enough."""
    for seed in (151, 7, 8, 9):
        rng = np.random.default_rng(seed)
        W = np.where(rng.random((32, 32)) < 0.05, rng.standard_normal((32, 32)), 0)
        form = ordered_schur(W)
        assert (np.diff(form.moduli) <= 1e-9 * form.moduli.max()).all() and form.residual < 1e-12


def test_a_swap_that_lapack_refuses_is_an_error(monkeypatch):
    monkeypatch.setattr("schurscope.schur.ordering.dtrexc", lambda T, Q, *_: (T, Q, 1))
    with pytest.raises(SchurscopeError, match="dtrexc cannot swap two blocks near row 0"):
        ordered_schur(np.diag([0.1, 1.0]))


def test_an_order_that_rounding_keeps_breaking_is_an_error(monkeypatch):
    monkeypatch.setattr("schurscope.schur.form.sorted_form", lambda T, Q: (T, Q))
    with pytest.raises(SchurscopeError, match="rounding moves its moduli"):
        ordered_schur(np.diag([0.1, 1.0]))


def test_scale_does_not_matter():
    """Masses of matrices whose squares leave the range of floats."""
    W = MATRICES["gaussian odd"]
    expected = ordered_schur(W).removed_mass(["CR"], 0.5)
    for scale in (2.0**-600, 2.0**600):
        assert ordered_schur(scale * W).removed_mass(["CR"], 0.5) == pytest.approx(expected, rel=1e-9)


def test_zero_matrix_and_empty_sectors():
    zero = ordered_schur(np.zeros((3, 3)))
    assert zero.leading(1.0) == 3 and np.isnan(zero.split_gap(0.5)) and np.isnan(zero.removed_mass(["RR"], 0.5))
    form = ordered_schur(np.eye(4))
    assert form.leading(1.0) == 4 and not form.mask("CR", 0.9).any() and not form.mask("CC", 0.9).any()
    assert np.array_equal(form.without(SECTORS, 0.9), np.eye(4))


def test_float32_input_is_computed_in_float64():
    W = MATRICES["gaussian 72"].astype(np.float32)
    form = ordered_schur(W)
    assert form.T.dtype == np.float64 and form.residual < 1e-13


def test_input_is_not_changed_and_repeats_are_equal():
    W = MATRICES["gaussian odd"].copy()
    first, second = ordered_schur(W), ordered_schur(np.asfortranarray(W))
    assert np.array_equal(W, MATRICES["gaussian odd"])
    assert np.array_equal(first.T, second.T) and np.array_equal(first.Q, second.Q)


def test_stored_form_is_the_same_and_knows_its_matrix():
    W = MATRICES["gaussian odd"]
    form = ordered_schur(W)
    again = stored_form(W, form.Q, form.T)
    assert again.blocks == form.blocks and np.array_equal(again.eigenvalues, form.eigenvalues)
    with pytest.raises(SchurscopeError, match="of another matrix"):
        stored_form(W + 1e-6, form.Q, form.T)
    tiny = ordered_schur(1e-12 * np.eye(3))
    with pytest.raises(SchurscopeError, match="of another matrix"):
        stored_form(5e-12 * np.eye(3), tiny.Q, tiny.T)


@pytest.mark.parametrize(
    ("W", "words"),
    [
        (np.ones((2, 3)), "shape (2, 3)"),
        (np.ones(4), "shape (4,)"),
        (np.zeros((0, 0)), "empty"),
        ([[1.0, np.nan], [0.0, 1.0]], "1 entries that are not finite"),
        ([[1.0, np.inf], [0.0, 1.0]], "not finite"),
        ([["a"]], "not a real number"),
        ([["1"]], "not a real number"),
        ([[1j]], "not a real number"),
    ],
)
def test_bad_matrices(W, words):
    with pytest.raises(SchurscopeError) as caught:
        ordered_schur(W)
    assert words in str(caught.value)


@pytest.mark.parametrize("alpha", [0, -0.1, 1.0001, np.nan, "0.9", None, [0.9]])
def test_bad_alpha(alpha):
    with pytest.raises(SchurscopeError, match="above 0 and at most 1"):
        ordered_schur(np.eye(2)).leading(alpha)
    with pytest.raises(SchurscopeError, match="above 0 and at most 1"):
        ordered_schur(np.eye(2)).without([], alpha)


def test_bad_sector():
    with pytest.raises(SchurscopeError, match="'RC' does not exist; allowed: RR, CR, CC"):
        ordered_schur(np.eye(2)).mask("RC", 0.9)
    for sectors in ("RR", None, 3):
        with pytest.raises(SchurscopeError, match="a set or list of RR, CR, CC is needed"):
            ordered_schur(np.eye(2)).without(sectors, 0.9)
