"""Each diagnostic on networks whose answer is known by construction, or against a slow plain version."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg
from scipy.stats import percentileofscore

from schurscope.analyses import controls, cut, decoder, dose, nonnormality, order, stabilizers, subspace
from schurscope.analyses.subject import Subject
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.schur.form import SECTORS, ordered_schur
from schurscope.tasks.trials import Trials
from schurscope.workflow.config.diagnostics import check_diagnostics

RNG = np.random.default_rng(21)
RR, CR, CC = range(3)


def subject(W, alpha=0.7, metric="fvu", alphas=None, inputs=2, outputs=2, trials=24, steps=10, seed=3, **weights):
    rng = np.random.default_rng(seed)
    n = len(W)
    ends = {"W_xh": rng.standard_normal((n, inputs)), "W_hy": rng.standard_normal((outputs, n))} | weights
    network = Weights(W, **ends)
    x = rng.standard_normal((trials, steps, network.W_xh.shape[1]))
    y = rollout(network, x)
    y = np.sign(y) if metric == "accuracy" else y + 0.1 * rng.standard_normal(y.shape)
    made = Trials(x, y, np.ones(y.shape, dtype=bool))
    return Subject(network, ordered_schur(W), made, metric, alphas or [alpha], alpha, ("test", n, "made", seed))


def gaussian(n=12, gain=0.9, seed=1):
    return gain * np.random.default_rng(seed).standard_normal((n, n)) / n**0.5


def rotated(T, seed=2):
    """W with a known Schur form T, in a random orthogonal basis."""
    Q = scipy.linalg.qr(np.random.default_rng(seed).standard_normal(T.shape))[0]
    return Q @ T @ Q.T, Q


class TestOrder:
    def test_cr_is_constant_and_rr_cc_are_not(self):
        found = order.measure(subject(gaussian(), alphas=[0.5, 0.7]), {"draws": 8})
        assert np.max(found["cr_change"]) < 1e-10
        spread = np.ptp(found["reordered_effect"], axis=2)
        assert np.all(spread[:, CR] < 1e-10) and np.max(spread[:, [RR, CC]]) > 1e-4
        assert np.allclose(found["reordered_effect"][:, CR], found["effect"][:, CR, None], atol=1e-10)

    def test_each_draw_is_a_schur_form_of_the_same_split(self):
        one = subject(gaussian())
        n_R = one.form.leading(0.7)
        without = order.reordered_without(one, n_R, 5)
        R = one.form.Q[:, :n_R]
        for W in without.values():
            assert np.allclose(sorted(np.abs(np.linalg.eigvals(W))), sorted(np.abs(one.form.eigenvalues)), atol=1e-9)
        for sector in ("RR", "CC"):  # R's subspace stays invariant, and what remains of CR is the same
            leaves = (np.eye(len(R)) - R @ R.T) @ without[sector] @ R
            assert np.max(np.abs(leaves)) < 1e-12
            assert np.linalg.norm(without[sector]) < np.linalg.norm(one.form.W)

    def test_one_block_a_sector_has_no_order(self):
        W, _ = rotated(np.array([[1.0, 0.8], [0.0, 0.3]]))
        found = order.measure(subject(W, alpha=0.9), {"draws": 4})
        assert np.max(np.abs(found["reordered_effect"] - found["effect"][..., None])) < 1e-10

    def test_equal_settings_equal_draws_and_equal_n_R_equal_numbers(self):
        first, again = (order.measure(subject(gaussian(), alphas=[0.70, 0.701]), {"draws": 3}) for _ in range(2))
        for name in first:
            assert np.array_equal(first[name], again[name])
        assert np.array_equal(first["reordered_effect"][0], first["reordered_effect"][1])
        more = order.measure(subject(gaussian(), alphas=[0.7]), {"draws": 5})
        assert np.array_equal(more["reordered_effect"][0, :, :3], first["reordered_effect"][0])


class TestCut:
    def test_gap_range_and_neighbours(self):
        one = subject(np.diag([1.0, 0.95, 0.908, 0.899, 0.5]), alphas=[0.9, 0.7])
        found = cut.measure(one, {"near": 0.01})
        assert found["n_R"].tolist() == [3, 4] and found["near_cut"].tolist() == [2, 0]
        assert np.allclose(found["alpha_low"], [0.899, 0.5]) and np.allclose(found["alpha_high"], [0.908, 0.899])
        assert found["moves"].tolist() == [1, 0] and np.allclose(found["split_gap"], [0.009, 0.399])

    def test_the_range_of_alpha_is_the_range_of_n_R(self):
        one = subject(gaussian(20), alphas=[0.4, 0.6, 0.8])
        found = cut.measure(one, {"near": 0.03})
        for a, alpha in enumerate(one.alphas):
            inside = (found["alpha_low"][a] + 1e-6, found["alpha_high"][a])
            assert all(one.form.leading(x) == found["n_R"][a] for x in inside)
            assert one.form.leading(found["alpha_low"][a] - 1e-6) > found["n_R"][a]
            moved = {one.form.leading(alpha - 0.03), one.form.leading(min(alpha + 0.03, 1.0))} != {found["n_R"][a]}
            assert found["moves"][a] == moved

    def test_nothing_moves_where_every_block_is_in_R(self):
        one = subject(np.diag([1.0, 0.97, 0.95, 0.9]), alphas=[0.3, 1.0])
        assert cut.measure(one, {"near": 0.4})["moves"].tolist() == [0, 1]
        assert cut.measure(subject(np.diag([1.0, 0.5]), alphas=[1.0]), {"near": 0.01})["moves"].tolist() == [0]

    def test_conditions_of_a_normal_and_of_a_coupled_matrix(self):
        """s = 1 / sqrt(1 + c^2 / d^2) and sep = d for ((a, c), (0, b)) with d = |a - b|, in closed form."""
        assert np.allclose(cut.conditions(np.diag([2.0, 0.5]), 1), (1.0, 1.5))
        s, sep = cut.conditions(np.array([[2.0, 3.0], [0.0, 0.5]]), 1)
        assert s == pytest.approx(1 / np.sqrt(1 + (3 / 1.5) ** 2)) and sep == pytest.approx(1.5)
        assert np.isnan(cut.conditions(np.eye(2), 2)).all()


class TestControls:
    def test_norms_and_supports(self):
        one = subject(gaussian())
        for sector in SECTORS:
            change = one.change(sector)
            entries, anywhere, inside = controls.matched_changes(one, sector, change, 4)
            for matched in (entries, anywhere, inside):
                assert np.linalg.norm(matched) == pytest.approx(np.linalg.norm(change), rel=1e-12)
            N = np.where(one.form.block_of[:, None] < one.form.block_of[None, :], one.form.T, 0.0)
            kept = entries != 0
            assert np.all(np.abs(entries) <= np.abs(N) + 1e-12) and np.sum(kept & ~np.isclose(entries, N)) <= 1
            assert not np.any(inside[~one.form.mask(sector, 0.7)]) and np.any(inside)
            assert not np.any(anywhere[one.form.block_of[:, None] > one.form.block_of[None, :]])

    def test_a_coupling_that_matters_and_one_that_does_not(self):
        """Two chains of modes: the readout sees the end of one only, so that its coupling is all there is to lose."""
        T = np.diag([0.9, 0.89, 0.2, 0.19])
        T[0, 2], T[1, 3] = 0.5, 0.5
        W_xh, W_hy = np.array([[0.0], [0.0], [0.3], [0.0]]), np.array([[1.0, 0, 0, 0]])
        found = controls.measure(subject(T, alpha=0.8, W_xh=W_xh, W_hy=W_hy), {"draws": 40})
        assert found["effect"][CR] > 0.8 and np.isnan(found["percentile"][RR]).all() and found["removed_mass"][RR] == 0
        dead = T.copy()
        dead[0, 2] = 0.0
        lifeless = subject(dead, alpha=0.8, W_xh=W_xh, W_hy=np.array([[0.0, 0, 1.0, 0]]))
        found = controls.measure(lifeless, {"draws": 40})
        assert found["effect"][CR] == pytest.approx(0, abs=1e-12)
        assert found["percentile"][CR, 1] < 60 and found["percentile"][CR, 2] < 60

    def test_changes_that_are_all_the_same_tie(self):
        """All of N is one sector, so that every draw of its entries is the sector itself."""
        one = subject(gaussian(), alpha=0.01)
        assert controls.measure(one, {"draws": 5})["percentile"][RR, 0] == 50

    def test_percentile_is_scipy_s(self):
        rng = np.random.default_rng(0)
        for _ in range(50):
            draws = rng.integers(0, 5, size=rng.integers(1, 20)) / 4
            for value in (-1.0, 0.25, 0.3, 1.0, 2.0, np.nan):
                expected = percentileofscore(draws, value, kind="mean")
                np.testing.assert_array_equal(controls.percentile_of(value, draws), expected)
        assert np.isnan(controls.percentile_of(0.5, np.array([0.1, np.nan])))

    def test_percentile_counts(self):
        one = subject(gaussian())
        found = controls.measure(one, {"draws": 16})
        for s in range(3):
            for c in range(3):
                below = np.mean(found["control_effect"][s, c] < found["effect"][s])
                assert found["percentile"][s, c] == pytest.approx(100 * below)


class TestDose:
    @pytest.mark.parametrize("leak", [1.0, 0.3])
    def test_slope_equals_finite_differences(self, leak):
        rng = np.random.default_rng(4)
        more = {"b_h": rng.standard_normal(12), "b_y": rng.standard_normal(2), "h0": rng.standard_normal(12)}
        one = subject(gaussian(), leak=leak, **more)
        one = replace(one, trials=replace(one.trials, mask=rng.random(one.trials.mask.shape) < 0.7))
        found = dose.measure(one, {"steps": 3})
        for s, sector in enumerate(SECTORS):
            step = 1e-5
            up, down = (one.fvu(one.outputs(one.with_T(one.form.T - d * one.change(sector)))) for d in (step, -step))
            assert found["slope"][s] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-9)

    def test_slope_equals_autograd(self):
        torch = pytest.importorskip("torch")
        one = subject(gaussian())
        W = torch.tensor(one.form.W, requires_grad=True)
        h, outputs = torch.zeros(24, 12, dtype=torch.float64), []
        x = torch.tensor(one.trials.inputs)
        for t in range(x.shape[1]):
            h = torch.tanh(h @ W.T + x[:, t] @ torch.tensor(one.weights.W_xh).T)
            outputs.append(h @ torch.tensor(one.weights.W_hy).T)
        y = torch.tensor(one.trials.targets)
        loss = ((torch.stack(outputs, 1) - y) ** 2).sum() / ((y - y.mean((0, 1))) ** 2).sum()
        loss.backward()
        for s, sector in enumerate(SECTORS):
            direction = -one.form.Q @ one.change(sector) @ one.form.Q.T
            expected = float(np.sum(W.grad.numpy() * direction))
            assert dose.measure(one, {"steps": 2})["slope"][s] == pytest.approx(expected, rel=1e-9, abs=1e-12)

    def test_ends_of_the_curve(self):
        one = subject(gaussian())
        found = dose.measure(one, {"steps": 5})
        for s, sector in enumerate(SECTORS):
            assert found["effect"][s, 0] == 0 and found["discrepancy"][s, 0] == 0
            assert found["effect"][s, -1] == pytest.approx(one.effect(one.form.without([sector], 0.7)), abs=1e-10)
            assert np.allclose(found["removed_mass"][s], np.linspace(0, 1, 5) * one.form.removed_mass([sector], 0.7))


def test_stabilizers_by_hand():
    import xarray as xr

    labels = ["none", "RR", "CR"]
    ablation = xr.Dataset(
        {
            "discrepancy": (("alpha", "removed"), [[0.0, 0.01, 0.5]]),
            "removed_mass": (("alpha", "removed"), [[0.0, 0.04, 0.3]]),
        },
        coords={"alpha": [0.9], "removed": labels},
    )
    found = stabilizers.measure(ablation, {"epsilons": [0.5, 0.001, 0.01], "epsilon": 0.01, "mass": 0.04})
    assert found["stabilizer"][0].tolist() == [[1, 1, 1], [0, 1, 1], [0, 0, 1]]
    assert found["candidate"][0].tolist() == [0, 1, 0]
    found = stabilizers.measure(ablation, {"epsilons": [0.0], "epsilon": 0.5, "mass": 0.05})
    assert found["stabilizer"][0].tolist() == [[1], [0], [0]] and found["candidate"][0].tolist() == [0, 0, 1]


class TestSubspace:
    def test_a_coupling_out_of_a_mode_that_activity_never_visits(self):
        """Large Frobenius mass, no activity-weighted mass, no effect; its input side lies outside of the activity."""
        T = np.diag([0.9, 0.8, 0.3, 0.2])
        T[0, 3], T[1, 2] = 5.0, 0.01
        W_xh = np.array([[1.0, 0], [0, 1.0], [0, 0], [0, 0]])  # modes 2 and 3 get no input
        one = subject(T, alpha=0.7, W_xh=W_xh, W_hy=np.eye(4)[:2])
        found = subspace.measure(one, {"variance": 0.99})
        assert found["mass"][CR] > 0.9 and found["activity_mass"][CR] == pytest.approx(0, abs=1e-25)
        assert found["effect"][CR] == pytest.approx(0, abs=1e-12) and found["discrepancy"][CR] < 1e-20
        overlap = found["overlap"][CR]
        assert np.allclose(overlap[:, 0], 0, atol=1e-20), "nothing that it reads is in any of the subspaces"
        assert overlap[1, 1] == pytest.approx(1), "all that it writes is in the rows of the readout"
        assert found["dimension"].tolist() == [2, 2, 2] and np.allclose(found["chance"], 0.5)

    def test_activity_mass_by_plain_loops(self):
        one = subject(gaussian(), h0=np.random.default_rng(6).standard_normal(12))
        found = subspace.measure(one, {"variance": 0.95})
        for s, sector in enumerate(SECTORS):
            change = one.form.Q @ one.change(sector) @ one.form.Q.T
            above = below = 0.0
            for x in one.trials.inputs:
                h = one.weights.h0
                for step in x:
                    above += np.sum((change @ h) ** 2)
                    below += np.sum((one.form.W @ h) ** 2)
                    h = np.tanh(one.weights.W_xh @ step + one.form.W @ h)
            assert found["activity_mass"][s] == pytest.approx(above / below, rel=1e-10)

    def test_overlap_of_a_random_direction_is_chance(self):
        rng = np.random.default_rng(0)
        basis = scipy.linalg.qr(rng.standard_normal((40, 10)), mode="economic")[0]
        shares = [subspace.share(rng.standard_normal((40, 40)), basis) for _ in range(20)]
        assert np.mean(shares) == pytest.approx(10 / 40, abs=0.01)

    def test_principal_components(self):
        states = np.random.default_rng(0).standard_normal((5000, 3)) * [3.0, 1.0, 0.0] @ np.eye(3)
        assert subspace.principal_components(states, 0.85).shape == (3, 1)
        assert subspace.principal_components(states, 0.999).shape == (3, 2)
        assert abs(subspace.principal_components(states, 0.85)[0, 0]) > 0.999

    def test_condition_means(self):
        targets = np.array([[[1.0, 5.0]], [[-1.0, 5.0]], [[1.0, 5.0]]])
        states = np.array([[[2.0, 1.0]], [[0.0, 3.0]], [[4.0, 1.0]]])
        trials = Trials(states, targets, np.ones(targets.shape, dtype=bool))
        assert subspace.condition_means(states, trials).tolist() == [[3.0, -2.0], [0.0, 0.0]]


class TestDecoder:
    def test_information_that_is_moved_comes_back_and_information_that_is_gone_does_not(self):
        """-CR turns the coupling off that carries the input to the mode that is read; the input mode still has it."""
        T = np.diag([0.01, 0.001])
        T[0, 1] = 0.5
        ends = {"W_xh": np.array([[0.0], [0.5]]), "W_hy": np.array([[1.0, 0.0]])}
        one = subject(T, alpha=0.8, trials=200, steps=12, **ends)
        late = np.concatenate([np.zeros((200, 1, 1)), one.trials.inputs[:, :-1]], axis=1)
        moved = replace(one, trials=replace(one.trials, targets=one.outputs(T)))
        found = decoder.measure(moved, {"ridge": 1e-6})
        assert found["lost"][CR] > 0.9 and 0.0 < found["lost_refit"][CR] < found["lost"][CR] + 0.1
        now = replace(one, trials=replace(one.trials, targets=np.tanh(0.5 * one.trials.inputs)))
        found = decoder.measure(now, {"ridge": 1e-6})
        beside = found["lost_refit"][CR] + found["intact"] - found["intact_refit"]
        assert abs(beside) < 1e-4, "the input of the moment is there, with and without the coupling"
        before = replace(one, trials=replace(one.trials, targets=np.tanh(0.5 * late)))
        found = decoder.measure(before, {"ridge": 1e-6})
        beside = found["lost_refit"][CR] + found["intact"] - found["intact_refit"]
        assert found["intact_refit"] < 0.1 and beside > 0.8, "the input of the step before is gone"

    def test_ridge_against_least_squares_and_closed_form(self):
        rng = np.random.default_rng(0)
        states, truth = rng.standard_normal((30, 4, 3)), rng.standard_normal((4, 2))
        targets = decoder.with_offset(states) @ truth
        mask = rng.random(targets.shape) < 0.8
        trials = Trials(states, np.where(mask, targets, 1e6), mask)
        assert np.allclose(decoder.ridge(states, trials, 1e-12), truth, atol=1e-6)
        heavy = decoder.ridge(states, trials, 1.0)
        X, y = decoder.with_offset(states)[mask[..., 0]], targets[..., 0][mask[..., 0]]
        weight = np.trace(X[:, :3].T @ X[:, :3]) / 3
        stacked = np.vstack([X, np.sqrt(weight) * np.eye(4)[:3]])
        expected = np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(3)]), rcond=None)[0]
        assert np.allclose(heavy[:, 0], expected)


class TestNonnormality:
    SETTINGS = {"powers": 50, "grid": 5}

    def test_normal_matrices_have_none(self):
        Q = scipy.linalg.qr(RNG.standard_normal((8, 8)))[0]
        found = nonnormality.measure(subject(0.9 * Q), self.SETTINGS)
        assert found["henrici"] < 1e-7 and found["commutator"] < 1e-14 and found["growth"] == pytest.approx(1)
        assert found["norm"] == pytest.approx(0.9) and found["spectral_radius"] == pytest.approx(0.9)

    def test_a_matrix_with_closed_forms(self):
        """((a, c), (0, a)): departure |c|, commutator norm sqrt(2) c^2, abscissa a + |c| / 2."""
        a, c = 0.5, 0.8
        W, _ = rotated(np.array([[a, c], [0.0, a]]))
        found = nonnormality.measure(subject(W), self.SETTINGS)
        size = np.sqrt(2 * a**2 + c**2)
        assert found["henrici"] == pytest.approx(c / size, abs=1e-6)
        assert found["commutator"] == pytest.approx(np.sqrt(2) * c**2 / size**2)
        assert found["numerical_abscissa"] == pytest.approx(a + c / 2)
        expected = [np.linalg.norm(np.linalg.matrix_power(W / found["spectral_radius"], k), 2) for k in range(1, 51)]
        assert found["growth"] == pytest.approx(max(expected)) and found["growth_at"] == np.argmax(expected) + 1

    def test_pseudospectrum_of_a_normal_matrix_is_the_distance_to_its_eigenvalues(self):
        one = replace(subject(np.diag([1.0, -0.5, 0.2])), first=True)
        found = nonnormality.measure(one, {"powers": 2, "grid": 7})
        grid = nonnormality.coordinates({"grid": 7})
        for i, y in enumerate(grid["im"]):
            for j, x in enumerate(grid["re"]):
                distance = np.min(np.abs(x + 1j * y - np.array([1.0, -0.5, 0.2])))
                assert found["resolvent"][i, j] == pytest.approx(np.log10(max(distance, 1e-16)), abs=1e-6)

    def test_growth_without_end(self):
        W = np.diag(np.ones(29), 1) + 1e-14 * np.eye(30)
        assert nonnormality.measure(subject(W), {"powers": 40, "grid": 3})["growth"] > 1e100

    def test_nothing_to_divide_by(self):
        found = nonnormality.measure(subject(np.zeros((3, 3))), self.SETTINGS)
        assert np.isnan(found["henrici"]) and np.isnan(found["growth"]) and found["norm"] == 0


def test_accuracy_counts_what_is_lost():
    one = subject(gaussian(), metric="accuracy")
    assert one.performance(one.intact) == 1.0
    W = one.form.without(["CC"], 0.7)
    assert one.effect(W) == pytest.approx(1 - one.performance(one.outputs(W))) and one.effect(W) > 0


@pytest.mark.parametrize("W", [np.zeros((3, 3)), np.triu(gaussian(4), 1), np.array([[0.5]]), np.eye(4)], ids=str)
@pytest.mark.parametrize("metric", ["fvu", "accuracy"])
def test_odd_networks_go_through_everything(W, metric):
    """No couplings, no eigenvalue but 0, one unit, one trial, ties: numbers or NaN, and no warning."""
    settings = check_diagnostics({"order": {"draws": 2}, "controls": {"draws": 2}})
    for trials in (1, 5):
        one = replace(subject(W, alpha=0.9, metric=metric, trials=trials), first=True)
        for module in (order, cut, controls, dose, subspace, decoder, nonnormality):
            own = settings[module.__name__.rpartition(".")[2]]
            coordinates = module.coordinates(own) | {"alpha": one.alphas}
            found = module.measure(one, own)
            assert set(found) == set(module.VARIABLES)
            for name, (dims, _) in module.VARIABLES.items():
                assert np.shape(found[name]) == tuple(len(coordinates[dim]) for dim in dims), name
