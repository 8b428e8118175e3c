"""The fewest couplings that keep the function: sensitivities against forward differentiation, the search against all
subsets and a planted circuit, and what is stored against plain removal."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import rankdata, spearmanr

from schurscope.analyses.bases import BASES, in_basis
from schurscope.analyses.circuit_search import Search, circuits
from schurscope.analyses.coordinates import Coordinates, couplings, schur_coordinates
from schurscope.analyses.sensitivity import directions
from schurscope.analyses.single_couplings import NAMES, PREDICTORS, ranked, single_couplings
from schurscope.cells import Weights, cell_of, profiled
from schurscope.cells.rollout import initial, rollout
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.metrics import discrepancy, fvu
from schurscope.schur.form import ordered_schur
from schurscope.tasks.trials import Trials


def network(rng, n=9, inputs=2, outputs=2, cell="tanh", leak=1.0, scale=1.2):
    own = {"b_modulus": rng.uniform(-0.3, 0.3, n)} if cell == "modrelu" else {}
    draw = rng.standard_normal
    W = scale * draw((n, n)) / np.sqrt(n) * (0.5 if cell != "tanh" else 1)
    return Weights(
        W, draw((n, inputs)), draw((outputs, n)), b_h=0.3 * draw(n), b_y=draw(outputs), h0=0.1 * draw(n),
        leak=leak, cell=cell, own=own,
    )  # fmt: skip


def trials(rng, weights, batch=7, steps=6, some=True):
    inputs = rng.standard_normal((batch, steps, weights.W_xh.shape[1]))
    shape = (batch, steps, len(weights.W_hy))
    mask = rng.uniform(size=shape) < 0.6 if some else np.ones(shape, dtype=bool)
    mask[:, 0] = False
    return Trials(inputs, rng.standard_normal(shape), mask, 0.2 * rng.standard_normal((batch, len(weights.W_hh))))


def change_of_outputs(weights, trials, direction):
    """dy along a direction of W_hh, step by step, (trial, time, output), float64."""
    cell, p = cell_of(weights), weights.parameters()
    h = initial(weights, len(trials.inputs), trials.h0)
    dh, found = np.zeros_like(h), []
    for x in np.moveaxis(trials.inputs, 1, 0):
        h, dh = cell.jvp(p, h, x, dh, direction)
        found.append(dh @ weights.W_hy.T)
    return np.stack(found, axis=1)


@pytest.mark.parametrize("leak", [1.0, 0.4])
@pytest.mark.parametrize("cell", profiled())
@pytest.mark.parametrize("by_block", [False, True])
def test_directions_against_forward_differentiation(cell, leak, by_block, monkeypatch):
    monkeypatch.setattr("schurscope.analyses.sensitivity.CHUNK", 20_000)  # a few trials at a time
    rng = np.random.default_rng(0)
    weights = network(rng, cell=cell, leak=leak)
    one, coordinates = trials(rng, weights), schur_coordinates(ordered_schur(weights.W_hh), by_block)
    which = rng.permutation(coordinates.units)[: coordinates.units // 2]
    parts = list(directions(weights, one, coordinates, which))
    assert len(parts) > 1
    places = tuple(np.concatenate(axis) for axis in zip(*(place for place, _ in parts), strict=True))
    assert sorted(zip(*places, strict=True)) == [tuple(place) for place in np.argwhere(one.mask)]
    J = np.concatenate([part for _, part in parts])
    for unit, column in zip(which, J.T, strict=True):
        M = np.where(coordinates.unit == unit, coordinates.M, 0.0)
        exact = change_of_outputs(weights, one, coordinates.P @ M @ coordinates.P.T)[places]
        assert np.max(np.abs(column - exact)) < 1e-5 * np.max(np.abs(exact))


def test_of_classes_it_is_the_log_probabilities_that_change():
    """By differences of log softmax, at a network without two of its couplings; and the search counts in them."""
    rng = np.random.default_rng(4)
    weights = network(rng)
    one, coordinates = trials(rng, weights), schur_coordinates(ordered_schur(weights.W_hh))
    one = replace(one, mask=np.repeat(one.mask.any(axis=-1, keepdims=True), one.mask.shape[-1], axis=-1))
    search = Search(weights, coordinates, one, metric="cross_entropy")
    state = search.changed(search.start(), [3, 8])
    reduced = coordinates.reduced(weights, state.kept)

    def said(W_hh):
        y = rollout(replace(weights, W_hh=W_hh), one.inputs, one.h0)
        return y - logsumexp(y, axis=-1, keepdims=True)

    expected = np.where(one.mask, said(reduced.W_hh) - said(weights.W_hh), 0.0)
    assert np.max(np.abs(state.residual - expected)) < 1e-12
    which = np.array([1, 5, 11])
    parts = list(directions(reduced, one, coordinates, which, chances=search.chances(state)))
    places = tuple(np.concatenate(axis) for axis in zip(*(place for place, _ in parts), strict=True))
    J = np.concatenate([part for _, part in parts])
    for unit, column in zip(which, J.T, strict=True):
        M = np.where(coordinates.unit == unit, coordinates.M, 0.0)
        step = 1e-6 * coordinates.P @ M @ coordinates.P.T
        change = (said(reduced.W_hh + step) - said(reduced.W_hh - step))[places] / 2e-6
        assert np.max(np.abs(column - change)) < 1e-4 * np.max(np.abs(change))


def test_the_model_is_the_distance_to_first_order():
    """Against |r + sum of changes|^2 from forward differentiation, units that go and one that comes back."""
    rng = np.random.default_rng(1)
    weights = network(rng)
    search = Search(weights, schur_coordinates(ordered_schur(weights.W_hh)), trials(rng, weights))
    state = search.changed(search.start(), [3, 8])
    model = search.model(state, np.array([8, 0, 5, 12]))
    order, found = model.cheapest(2, first=1, after=0)
    assert 8 not in order and len(set(order)) == 2
    at = replace(weights, W_hh=search.coordinates.reduced(weights, state.kept).W_hh)
    r = state.residual
    for unit, sign in [(8, 1), *((unit, -1) for unit in order)]:
        M = np.where(search.coordinates.unit == unit, search.coordinates.M, 0.0)
        P = search.coordinates.P
        r = r + sign * np.where(search.trials.mask, change_of_outputs(at, search.trials, P @ M @ P.T), 0)
        expected = np.sum(r**2) / search.whole
    assert found[-1] == pytest.approx(expected, rel=1e-4)


def test_a_model_of_some_outputs_is_near_that_of_all(monkeypatch):
    """Every fifth scored output, each trial's own: together all of them once, and about the same changes."""
    rng = np.random.default_rng(10)
    weights = network(rng)
    search = Search(weights, schur_coordinates(ordered_schur(weights.W_hh)), trials(rng, weights, batch=300))
    state = search.changed(search.start(), [3, 8])
    every = np.flatnonzero(state.kept)
    whole = search.model(state, every)
    monkeypatch.setattr("schurscope.analyses.circuit_search.ROWS", search.trials.mask.sum() // 5 + 1)
    some = search.model(state, every)
    assert 0.15 < len(some.residual) / len(whole.residual) < 0.25
    assert np.allclose(some.change, whole.change, rtol=0.3, atol=0.03 * np.abs(whole.change).max())
    seen = np.zeros(search.trials.mask.shape, dtype=int)
    for numbers, part in search._some():
        seen[numbers] += part.mask
    assert seen.max() == 1 and np.all(seen.sum(axis=(0, 1)) > 0)


def test_a_state_is_the_network_without_what_is_gone():
    rng = np.random.default_rng(2)
    weights = network(rng)
    one, form = trials(rng, weights), ordered_schur(weights.W_hh)
    search = Search(weights, schur_coordinates(form), one)
    state = search.changed(search.changed(search.start(), [4, 1, 7]), [2], [1])
    gone = np.isin(search.coordinates.unit, [4, 7, 2])
    outputs = rollout(replace(weights, W_hh=form.Q @ np.where(gone, 0, form.T) @ form.Q.T), one.inputs, one.h0)
    assert state.discrepancy == pytest.approx(discrepancy(outputs, search.intact, one.mask), rel=1e-12)
    assert [state.order[unit] for unit in (4, 7, 2, 1)] == [0, 2, 3, -1] and state.kept.sum() == len(state.kept) - 3


@pytest.mark.parametrize("epsilon", [0.01, 0.1])
def test_the_search_against_all_subsets(epsilon):
    """Small random networks: never better than the best subset, and seldom more than one coupling worse."""
    worse = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        weights = network(rng, n=5, scale=0.7)
        one = trials(rng, weights, batch=24, some=False)
        search = Search(weights, schur_coordinates(ordered_schur(weights.W_hh)), one)
        units = range(search.coordinates.units)
        for size in reversed(range(search.coordinates.units + 1)):
            if any(
                search.changed(search.start(), list(gone)).discrepancy <= epsilon for gone in combinations(units, size)
            ):
                break
        found = search.exchange(search.descend(search.start(), epsilon), epsilon)
        assert found.discrepancy <= epsilon and (~found.kept).sum() <= size
        worse.append(size - (~found.kept).sum())
    assert np.mean(worse) <= 1, worse


def planted(rng, n=16):
    """A network whose outputs rest on a chain of couplings between modes that the input drives; others never move."""
    basis = np.linalg.qr(rng.standard_normal((n, n)))[0]
    T = np.diag(np.linspace(0.9, 0.2, n))
    driven = np.sort(rng.permutation(n)[:6])
    needed = [(driven[k], driven[k + 1]) for k in range(5)]
    for i, j in needed:
        T[i, j] = 0.8
    silent = [(i, j) for i in range(n) for j in range(i + 1, n) if j not in driven]  # out of what activity never visits
    for i, j in silent:
        T[i, j] = 0.5 * rng.standard_normal()
    write, read = np.zeros((n, 1)), np.zeros((1, n))
    write[driven[-1]], read[0, driven[0]] = 0.05, 1.0
    return Weights(basis @ T @ basis.T, basis @ write, read @ basis.T), basis, T, needed


def test_a_planted_circuit_is_found():
    rng = np.random.default_rng(3)
    weights, basis, T, needed = planted(rng)
    unit = np.full(T.shape, -1)
    entries = np.triu(T, 1) != 0
    unit[entries] = np.arange(entries.sum())
    # small, so that tanh hardly mixes modes
    sets = [
        Trials(0.3 * rng.standard_normal((30, 12, 1)), np.ones((30, 12, 1)), np.ones((30, 12, 1), bool))
        for _ in range(3)
    ]
    coordinates = Coordinates(basis, T, unit, entries)
    (found,) = circuits(weights, coordinates, sets, [0.01])
    kept = coordinates.there(found.guarded.kept) & entries
    assert sorted(map(tuple, np.argwhere(kept))) == sorted(needed)
    assert found.held_out.discrepancy <= 0.01


def test_single_couplings_are_plain_removals():
    rng = np.random.default_rng(4)
    weights = network(rng, n=7)
    form, one = ordered_schur(weights.W_hh), trials(rng, weights)
    found = single_couplings(form, weights, one, "fvu")
    there = couplings(form)
    intact = rollout(weights, one.inputs, one.h0)
    assert all(np.array_equal(np.isfinite(found[name]), there) for name in NAMES) and there.sum() > 10
    effect, *predictors = (found[name][there] for name in ("effect", *PREDICTORS))
    assert found["rank_correlation"] == pytest.approx([spearmanr(effect, x)[0] for x in predictors])
    for i, j in np.argwhere(there):
        T = form.T.copy()
        T[i, j] = 0
        outputs = rollout(replace(weights, W_hh=form.Q @ T @ form.Q.T), one.inputs, one.h0)
        assert abs(found["effect"][i, j] - discrepancy(outputs, intact, one.mask)) < 1e-10
        lost = fvu(outputs, one.targets, one.mask) - fvu(intact, one.targets, one.mask)
        assert abs(found["effect_metric"][i, j] - lost) < 1e-10
        M = np.where((np.arange(7)[:, None] == i) & (np.arange(7) == j), form.T, 0.0)
        dy = np.where(one.mask, change_of_outputs(weights, one, form.Q @ M @ form.Q.T), 0)
        whole = discrepancy(intact + dy, intact, one.mask)
        assert found["estimate"][i, j] == pytest.approx(whole, rel=1e-4)
        assert found["share"][i, j] == pytest.approx(form.T[i, j] ** 2 / np.sum(form.T**2))


def test_partial_correlations_are_those_of_residuals():
    """What is left of ranks when a straight line through the other predictor's ranks is taken away."""
    rng = np.random.default_rng(9)
    share = rng.uniform(size=200)
    mass = share * rng.uniform(size=200)
    effect = mass * (1 + 0.3 * rng.uniform(size=200))
    rho, found = ranked(effect, share, mass, 0 * share, effect)
    e, s, m = (rankdata(values) for values in (effect, share, mass))
    left = lambda y, x: y - np.polyval(np.polyfit(x, y, 1), x)  # noqa: E731
    assert found[0] == pytest.approx(np.corrcoef(left(e, m), left(s, m))[0, 1])
    assert found[1] == pytest.approx(np.corrcoef(left(e, s), left(m, s))[0, 1]) and np.isnan(found[2:]).all()
    assert np.isnan(rho).tolist() == [False, False, True, False]  # what does not vary ranks nothing
    assert np.isnan(ranked(*(values[:3] for values in (effect, share, mass, mass, effect)))[0]).all()
    assert np.isnan(ranked(0 * effect, share, mass, mass, effect)[0]).all()


def test_activity_mass_by_hand():
    rng = np.random.default_rng(5)
    weights = network(rng, n=5)
    form, one = ordered_schur(weights.W_hh), trials(rng, weights)
    found = single_couplings(form, weights, one, "fvu")["activity_mass"]
    for i, j in np.argwhere(couplings(form)):
        squares = []
        for inputs, h in zip(one.inputs, initial(weights, len(one.inputs), one.h0), strict=True):
            for x in inputs:
                squares.append((form.Q[:, j] @ h) ** 2)
                h = np.tanh(weights.W_hh @ h + weights.W_xh @ x + weights.b_h)
        assert found[i, j] == pytest.approx(form.T[i, j] ** 2 * np.mean(squares), rel=1e-5)


def test_overlap_by_hand():
    """One step from states in a plane: the squared cosines of both directions with it."""
    rng = np.random.default_rng(8)
    weights = network(rng, n=6)
    plane = np.linalg.qr(rng.normal(size=(6, 2)))[0]
    one = trials(rng, weights, batch=40, steps=1, some=False)
    one = replace(one, h0=rng.normal(size=(40, 2)) @ plane.T, mask=np.ones_like(one.mask))
    form = ordered_schur(weights.W_hh)
    inside = np.sum((form.Q.T @ plane) ** 2, axis=1)
    there = couplings(form)
    found = single_couplings(form, weights, one, "fvu")["overlap"][there]
    assert found == pytest.approx(np.outer(inside, inside)[there], rel=1e-4)


def test_units_of_blocks():
    """Every coupling between two blocks is one unit; what is smaller than 1e-12 of T is gone."""
    rng = np.random.default_rng(6)
    form = ordered_schur(network(rng, n=12).W_hh)
    assert any(size == 2 for _, size in form.blocks)
    single, blocks = schur_coordinates(form), schur_coordinates(form, by_block=True)
    assert single.units == couplings(form).sum()
    pairs = {(form.block_of[i], form.block_of[j]) for i, j in np.argwhere(couplings(form))}
    assert blocks.units == len(pairs)
    for unit in range(blocks.units):
        rows, columns = np.nonzero(blocks.unit == unit)
        assert len(set(form.block_of[rows])) == len(set(form.block_of[columns])) == 1
    tiny = replace(form, T=np.where(couplings(form) & (np.arange(12) == 11), 1e-14 * np.linalg.norm(form.T), form.T))
    assert (
        not couplings(tiny)[:, 11].any()
        and (schur_coordinates(tiny).M[:, 11][form.block_of < form.block_of[11]] == 0).all()
    )


@pytest.mark.parametrize("name", list(BASES))
def test_a_basis_is_the_same_matrix(name):
    """P is orthogonal and P M P^T is W; the diagonal blocks of Schur forms stay, everything else may go."""
    rng = np.random.default_rng(7)
    weights = network(rng, n=14)
    form, one = ordered_schur(weights.W_hh), trials(rng, weights)
    found = in_basis(name, form, weights, one, stream("a test", name))
    assert np.max(np.abs(found.P.T @ found.P - np.eye(14))) < 1e-12
    assert np.max(np.abs(found.P @ found.M @ found.P.T - weights.W_hh)) < 1e-11
    assert np.array_equal(found.unit >= 0, found.free & (found.M != 0)) and found.units == np.sum(found.unit >= 0)
    if not name.startswith("schur"):
        return
    sizes = sorted(size for _, size in form.blocks)
    inside = 14**2 - 2 * found.free.sum()  # entries of the blocks: as many below as above
    assert inside == sum(size**2 for size in sizes) and np.all(np.tril(found.M, -2) == 0)
    moduli = np.sort(np.abs(np.linalg.eigvals(np.where(found.free, 0, found.M))))
    assert np.allclose(moduli, np.sort(np.repeat(form.moduli, [size for _, size in form.blocks])), atol=1e-9)
    different = not np.allclose(np.abs(found.M), np.abs(form.T), atol=1e-6)
    assert different and (
        name != "schur_reversed" or np.abs(np.linalg.eigvals(found.M[:2, :2])).max() < form.moduli.max() / 2
    )


def test_principal_components_are_those_of_the_states():
    rng = np.random.default_rng(8)
    weights = replace(network(rng, n=6), h0=None)
    one = replace(trials(rng, weights, batch=50), h0=None)
    found = in_basis("principal_components", ordered_schur(weights.W_hh), weights, one, stream("a test"))
    states = []
    for inputs in one.inputs:
        h = np.zeros(6)
        for x in inputs[:-1]:
            h = np.tanh(weights.W_hh @ h + weights.W_xh @ x + weights.b_h)
            states.append(h)
    along = np.var(np.array(states) @ found.P, axis=0)
    assert np.all(np.diff(along) <= 0) and along[0] == pytest.approx(
        np.linalg.eigvalsh(np.cov(np.array(states).T))[-1], rel=0.01
    )


def test_a_basis_that_does_not_exist():
    with pytest.raises(SchurscopeError, match="basis 'fourier' does not exist; allowed: schur_shuffled, "):
        in_basis("fourier", None, None, None, None)
