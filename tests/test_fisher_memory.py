"""Fisher memory curves: proven intervals hold what other arithmetic finds; mistakes; the page."""

import re
import sys
from fractions import Fraction

import flint
import numpy as np
import pytest

import schurscope
from conftest import ROOT
from schurscope.analyses import fisher_memory as numerics
from schurscope.analyses.delay_lines import delay_line_memory, is_near_delay_line, near_delay_line, proposition_1
from schurscope.foundations.errors import SchurscopeError

FIRST = np.eye(100)[0]
TABLE_6 = {  # (alpha, beta, d): J_tot by balls of 600 bits, made apart from this code, to the digits that were kept
    (0.95, 0.0, 0.0): "3.033",
    (1.00, 0.0, 0.0): "5.187",
    (1.05, 0.0, 0.0): "12.087",
    (0.95, 0.005, 0.0): "3.176",
    (1.00, 0.005, 0.0): "5.301",
    (1.05, 0.005, 0.0): "12.087",
    (0.95, 0.0, 0.2): "11.93939",
    (1.00, 0.0, 0.2): "16.29823",
    (1.05, 0.0, 0.2): "20.83706",
    (0.95, 0.005, 0.2): "12.08953",
    (1.00, 0.005, 0.2): "16.39095",
    (1.05, 0.005, 0.2): "20.88466",
}
BEFORE_100 = {(0.95, 0.0, 0.2): "9.596", (1.00, 0.0, 0.2): "12.965", (1.05, 0.005, 0.2): "16.577"}  # of that, k < 100
QUICK = [(1.00, 0.0, 0.0), (1.05, 0.005, 0.0), (0.95, 0.0, 0.2)]
ROWS = [row if row in QUICK else pytest.param(row, marks=pytest.mark.slow) for row in TABLE_6]


@pytest.mark.parametrize("row", ROWS)
def test_table_6(row):
    found = schurscope.fisher_memory(near_delay_line(100, *row), FIRST, lags=range(100))
    digits = len(TABLE_6[row].partition(".")[2])
    assert f"{found.total.item():.{digits}f}" == TABLE_6[row]
    assert found.total_low <= found.total <= found.total_high
    assert found.total_high - found.total_low <= 1e-12 * found.total
    if row in BEFORE_100:
        assert f"{found.memory.sum().item():.3f}" == BEFORE_100[row]


@pytest.mark.slow
@pytest.mark.parametrize("row", [(1.05, 0.005, 0.0), (1.05, 0.005, 0.2)])
def test_plain_sums_in_other_precision_fall_into_the_interval(row):
    """C <- I + W C W^T, and J(k) one after another, with no doubling and no bound."""
    W = near_delay_line(100, *row)
    found = schurscope.fisher_memory(W, FIRST, lags=range(150))
    before, flint.ctx.prec = flint.ctx.prec, 330
    try:
        A, one = as_balls(W), as_balls(np.eye(100))
        C, steps = one, 300 if row[2] else 100
        for _ in range(steps):
            C = one + A * C * A.transpose()
        inverse, v, total = C.inv(), as_balls(FIRST[:, None]), flint.arb(0)
        for k in range(steps):
            J = (v.transpose() * inverse * v)[0, 0]
            if k < 150:
                assert found.memory_low[k].item() <= J <= found.memory_high[k].item()
            total, v = total + J, A * v
        assert found.total_low.item() <= total <= found.total_high.item()
        assert total.rad() < 1e-20
    finally:
        flint.ctx.prec = before


def as_balls(array):
    return flint.arb_mat(*array.shape, array.ravel().tolist())


def exact(W) -> flint.fmpq_mat:
    parts = [Fraction(x) for x in np.asarray(W, dtype=float).ravel()]
    return flint.fmpq_mat(*W.shape, [flint.fmpq(x.numerator, x.denominator) for x in parts])


def lyapunov(A, Q):
    """X = A X A^T + Q in exact rationals, as n^2 linear equations."""
    n = A.nrows()
    pairs = [(i, j) for i in range(n) for j in range(n)]
    rows = [(i == k) * (j == l) - A[i, k] * A[j, l] for i, j in pairs for k, l in pairs]
    X = flint.fmpq_mat(n * n, n * n, rows).solve(flint.fmpq_mat(n * n, 1, [Q[i, j] for i, j in pairs]))
    return flint.fmpq_mat(n, n, [X[p, 0] for p in range(n * n)])


def holds(low, number, high) -> bool:
    return Fraction(float(low)) <= Fraction(int(number.p), int(number.q)) <= Fraction(float(high))


def hidden():
    """A triangular matrix in other coordinates, exactly: float64 eigenvalues lie above 1, the true ones are 1/2."""
    P = np.eye(8) + np.diag(np.full(7, 3.0), 1)
    inverse = np.array([[(-3.0) ** (j - i) if j >= i else 0.0 for j in range(8)] for i in range(8)])
    return P @ near_delay_line(8, 64.0, 0.0, 0.5) @ inverse


def dyadic(n, seed):
    return np.round(64 * 0.6 * np.random.default_rng(seed).normal(size=(n, n)) / np.sqrt(n)) / 64


EXACT = {
    "d, beta": near_delay_line(4, 1.0, 0.25, 0.5),
    "d, alpha above 1": near_delay_line(6, 1.5, -0.125, 0.25),
    "alpha below 1": near_delay_line(5, 0.75, 0.0, 0.9375),
    "one unit": np.array([[0.75]]),
    "no coupling": np.zeros((3, 3)),
    "dense": dyadic(5, 0),
    "another": dyadic(6, 1),
    "in other coordinates": hidden(),
}


@pytest.mark.parametrize("name", EXACT)
def test_the_exact_rational_lies_in_every_interval(name):
    W = EXACT[name]
    u = np.arange(1.0, len(W) + 1)
    found = schurscope.fisher_memory(W, u, lags=range(6))
    A, v = exact(W), exact(u[:, None])
    inverse = lyapunov(A, exact(np.eye(len(W)))).inv()
    total = (v.transpose() * lyapunov(A.transpose(), inverse) * v)[0, 0]
    assert holds(found.total_low, total, found.total_high)
    for k in range(6):
        assert holds(found.memory_low[k], (v.transpose() * inverse * v)[0, 0], found.memory_high[k])
        v = A * v


def test_float64_eigenvalues_do_not_decide():
    assert np.abs(np.linalg.eigvals(hidden())).max() > 1
    assert np.isfinite(schurscope.fisher_memory(hidden(), np.ones(8)).total)


def test_a_nilpotent_delay_line_by_fractions():
    n, alpha = 9, 1.5
    found = schurscope.fisher_memory(near_delay_line(n, alpha), np.eye(n)[0], lags=range(12))
    a = Fraction(alpha) ** 2
    curve = [a**k / sum(a**j for j in range(k + 1)) for k in range(n)]
    for k in range(n):
        assert Fraction(found.memory_low[k].item()) <= curve[k] <= Fraction(found.memory_high[k].item())
    assert Fraction(found.total_low.item()) <= sum(curve) <= Fraction(found.total_high.item())
    assert (
        (found.memory[n:] == 0).all() and (found.memory_low[n:] == 0).all() and (found.memory_high[n:] < 1e-300).all()
    )
    np.testing.assert_allclose(found.optimum[:n], found.memory[:n], rtol=1e-13)
    np.testing.assert_allclose(found.proposition_1, found.memory, rtol=1e-13, atol=0)


def test_a_normal_matrix_has_the_power_of_its_source_and_all_directions_have_n():
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(20, 20)))[0]
    symmetric = Q @ np.diag(np.linspace(-0.99, 0.9, 20)) @ Q.T
    u = rng.normal(size=20)
    for W in (0.97 * Q, (symmetric + symmetric.T) / 2):
        assert schurscope.fisher_memory(W, u, lags=[0]).total.item() == pytest.approx(u @ u, rel=1e-12)
    dense = 0.8 * rng.normal(size=(20, 20)) / np.sqrt(20)
    assert abs(numerics.fisher_memory(dense, np.eye(20), [0]).total - 1) < 1e-12  # the mean of 20 that make 20


def test_no_matrix_of_its_norm_has_more_than_the_delay_line():
    rng = np.random.default_rng(1)
    for n in (3, 10):
        for size in (0.5, 0.9, 1.2):
            W = np.triu(rng.normal(size=(n, n)), 1) + 0.3 * np.eye(n)
            W *= size / np.linalg.norm(W, 2)
            u = rng.normal(size=n)
            found = schurscope.fisher_memory(W, u)
            assert (found.memory <= found.optimum * (1 + 1e-12)).all() and found.total <= n * (u @ u)
    lags = np.array([0, 1, 5, 250])
    for gain in (0.3, 0.9, 1.0, 1.1, 3.0):
        by_hand = [1 / sum(gain ** (-2.0 * j) for j in range(k + 1)) for k in lags]
        np.testing.assert_allclose(delay_line_memory(gain, lags), by_hand, rtol=1e-12)
    assert delay_line_memory(0.0, lags).tolist() == [1, 0, 0, 0]
    assert delay_line_memory(1e-3, [10**6])[0] == 0.0


def test_proposition_1():
    rng, little = np.random.default_rng(2), []
    for n, alpha, size in ((5, 0.8, 0.3), (8, 1.1, 0.05), (12, 1.0, 0.01), (12, 2.0, 0.5)):
        W = near_delay_line(n, alpha) + np.tril(size * rng.normal(size=(n, n)), -2)
        found = schurscope.fisher_memory(W, np.eye(n)[0], lags=range(n + 2))
        assert (found.proposition_1 <= found.memory_high * (1 + 1e-12)).all()
        assert (found.proposition_1[:n] > 0).all() and (found.proposition_1[n:] == 0).all()
        little.append((found.proposition_1[:n] / found.memory[:n]).min().item())
    assert little[2] > 0.5 > little[0]  # near 1 for what is nearly a delay line
    assert "proposition_1" not in schurscope.fisher_memory(W, np.ones(12), lags=[0])
    for other in (W.T, W + np.eye(12), near_delay_line(4, 0.0), np.zeros((1, 1))):
        assert not is_near_delay_line(other)
        with pytest.raises(SchurscopeError, match="Proposition 1 is about strictly lower triangular matrices"):
            proposition_1(other, [0])


def test_lags_are_any_whole_numbers_and_the_precision_is_given_back():
    W, u = near_delay_line(6, 0.9, 0.1, 0.5), np.eye(6)[0]
    whole = schurscope.fisher_memory(W, u)
    some = schurscope.fisher_memory(W, u, lags=[11, 3, 3, 0, 10**6])
    assert whole.lag.values.tolist() == [*range(12)] and some.lag.values.tolist() == [0, 3, 11, 10**6]
    assert some.memory[:3].values.tolist() == whole.memory.sel(lag=[0, 3, 11]).values.tolist()
    assert some.memory[3] == 0 and some.total == whole.total and flint.ctx.prec == 53
    assert {v.attrs["units"] for v in whole.variables.values()} == {"1"}


@pytest.mark.parametrize(
    ("W", "u", "lags", "sentence"),
    [
        (np.eye(3), np.ones(3), None, "the memory curve diverges: the spectral radius of W is 1, and must be below 1"),
        (np.roll(np.eye(3), 1, 0), np.ones(3), None, "the spectral radius of W is 1, and must be below 1"),
        (np.diag([0.2, -1.25]), np.ones(2), None, "the spectral radius of W is 1.25, and must be below 1"),
        (np.array([[0.0, -1.0], [1.0, 0.0]]), np.ones(2), None, "the spectral radius of W is 1, and must be below 1"),
        (np.ones((2, 3)), np.ones(3), None, r"W has the shape \(2, 3\); a square matrix is needed"),
        (np.zeros((0, 0)), np.ones(0), None, r"W has the shape \(0, 0\); a square matrix is needed"),
        ([["a"]], np.ones(1), None, "W and the source must be arrays of real numbers"),
        (np.diag([0.1, np.nan]), np.ones(2), None, "W is not finite; every number of it must be"),
        (np.zeros((2, 2)), np.ones(3), None, r"the source has the shape \(3,\); W has 2 units, so \(2,\) is needed"),
        (np.zeros((2, 2)), np.eye(2), None, r"the source has the shape \(2, 2\); one direction, \(unit,\), is needed"),
        (np.zeros((2, 2)), [0.0, 0.0], None, "the source is 0; a direction in which a signal enters is needed"),
        (np.zeros((2, 2)), [np.inf, 0.0], None, "the source is not finite; every number of it must be"),
        (np.zeros((2, 2)), np.ones(2), [3, -1], "lags must be 0 or more; -1 is below"),
        (np.zeros((2, 2)), np.ones(2), [0.5], "lags must be whole numbers, at least one of them"),
        (np.zeros((2, 2)), np.ones(2), [], "lags must be whole numbers, at least one of them"),
    ],
)
def test_a_mistake_is_one_sentence(W, u, lags, sentence):
    with pytest.raises(SchurscopeError, match=sentence):
        schurscope.fisher_memory(W, u, lags)


def test_without_python_flint_a_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(
        SchurscopeError, match=r"the memory curve needs flint, .* \(pip install 'schurscope\[memory\]'\)"
    ):
        schurscope.fisher_memory(np.zeros((2, 2)), np.ones(2))


def test_bits_that_do_not_do_are_doubled_and_in_the_end_refused(monkeypatch):
    W, u = near_delay_line(40, 1.5, 0.1, 0.5), np.eye(40)[0]
    assert schurscope.fisher_memory(W, u, [0]).attrs["bits"] > 128
    monkeypatch.setattr(numerics, "PRECISIONS", (64,))
    with pytest.raises(SchurscopeError, match="could not be told with 64 bits: powers of W grow too far"):
        schurscope.fisher_memory(W, u, [0])


@pytest.mark.slow
def test_the_page_runs_and_prints_what_it_says(capsys):
    """docs/memory.md; what float64 prints depends on the machine, but is never the proven value in every way."""
    text = (ROOT / "docs" / "memory.md").read_text(encoding="utf-8")
    shown, printed, names = re.findall(r"```text\n(.*?)```", text, re.DOTALL), [], {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(block, "memory.md", "exec"), names)  # this repository's own text
        printed.append(capsys.readouterr().out)
    _, table, in_float64, norms = printed
    assert [table, norms] == [shown[0], shown[2]] and in_float64.count("\n") == shown[1].count("\n") == 6
    for line in (line.split() for line in table.splitlines()):
        assert f"| {line[3]} ± {line[4]} |" in text
        row = tuple(map(float, line[:3]))
        assert f"{float(line[3]):.{len(TABLE_6[row].partition('.')[2])}f}" == TABLE_6[row]
    for line, proven in zip((one.split() for one in in_float64.splitlines()), table.splitlines()[6:], strict=True):
        assert max(abs(float(total) - float(proven.split()[3])) for total in line[3::2]) > 0.1
