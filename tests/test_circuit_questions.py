"""What is asked about circuits: against plain versions, closed forms and networks of which the answer is known."""

import itertools

import numpy as np
import pytest

from elsewhere import outputs_by_hand
from schurscope import constructions
from schurscope.analyses import circuit_anatomy, circuit_function, circuit_rules, circuit_stability
from schurscope.foundations.registry import REGISTRY
from schurscope.reports import question_tables
from schurscope.stages.circuit import circuit
from schurscope.stages.decompose import decompose
from schurscope.stages.question import question
from schurscope.stages.train import train
from schurscope.tasks import make_task

TRAINING = {
    "engine": "fused", "updates": 150, "batch": 16, "learning_rate": 1e-2, "clip": 1.0, "stop_when_solved": False,
    "check_every": 150, "validation_trials": 8, "solved": 0.9,
}  # fmt: skip
TASK = {"task": "flipflop", "length": 10, "channels": 2, "pulse_probability": 0.1}
COUNTS = {"selection": 24, "guard": 32, "trials": 40, "epsilons": [0.0001, 0.001]}
ALPHAS = [0.5, 0.9]


@pytest.fixture(scope="module")
def made():
    networks = train(TASK, 10, "default", [0, 1], TRAINING)
    schur = decompose(networks)
    return networks, schur, circuit(networks, schur, COUNTS)


def asked(name, made):
    return question(name, *made, ALPHAS)


def parts(made, seed):
    """(network, Q, T, where N is, kept at each epsilon) of one."""
    one, form, mine = (dataset.sel(seed=seed) for dataset in made)
    block = form["block"].values
    return one, form["Q"].values, form["T"].values, block, mine["kept"].values.astype(bool)


def unexplained_by_hand(outputs, intact):
    return np.sum((outputs - intact) ** 2) / np.sum((intact - intact.mean(axis=(0, 1))) ** 2)


def test_anatomy_counts(made):
    found = asked("anatomy", made)
    for seed in (0, 1):
        one, Q, T, block, kept = parts(made, seed)
        moduli, mine = made[1].sel(seed=seed)["modulus"].values, found.sel(seed=seed)
        for e, (a, alpha) in itertools.product(range(2), enumerate(ALPHAS)):
            leading = moduli >= alpha * moduli.max() * (1 - 1e-9)
            count = {"RR": [0, 0], "CR": [0, 0], "CC": [0, 0]}
            for i, j in zip(*np.nonzero(block[:, None] < block[None, :]), strict=True):
                sector = "RR" if leading[i] and leading[j] else "CC" if not leading[i] else "CR"
                count[sector][0] += kept[e, i, j]
                count[sector][1] += 1
            shares = [some / of if of else np.nan for some, of in count.values()]
            assert np.allclose(mine["kept_share"][e, a], shares, equal_nan=True)
        off = kept & (block[:, None] < block[None, :])
        assert np.array_equal(mine["in_degree"], off.sum(axis=2)) and mine["in_degree"].sum() == off.sum()
        assert np.array_equal(mine["out_degree"], off.sum(axis=1))
        assert np.allclose(mine["input_strength"] ** 2, np.sum((Q.T @ one["W_xh"].values) ** 2, axis=1))
        assert np.sum(mine["readout_strength"].values ** 2) == pytest.approx(np.sum(one["W_hy"].values ** 2))
        alone = [b for b in range(block[-1] + 1) if not off[0][block == b].any() and not off[0][:, block == b].any()]
        assert mine["autonomous"][0] == len(alone) and mine["blocks"] == block[-1] + 1
        assert 1 <= mine["participation_ratio"] <= 10


def test_the_longest_path_against_every_path():
    def walks(between, block):
        return max((1 + walks(between, b) for b in np.flatnonzero(between[block])), default=0)

    rng = np.random.default_rng(0)
    for density in (0.0, 0.2, 0.5, 1.0):
        between = np.triu(rng.random((7, 7)) < density, 1)
        assert circuit_anatomy.longest_path(between) == max(walks(between, block) for block in range(7))


def test_equal_circuits_are_shared_and_others_by_chance():
    rng = np.random.default_rng(1)
    values, sizes = rng.normal(size=12) + 1j * np.repeat([0.0, 1.0], 6), np.repeat([1, 2], 6)
    kept = np.triu(rng.random((12, 12)) < 0.2, 1)
    mixed = np.concatenate([rng.permutation(6), 6 + rng.permutation(6)])
    same, chance = circuit_anatomy.shared((values, sizes, kept), (values[mixed], sizes, kept[np.ix_(mixed, mixed)]))
    assert same == 1 and 0 < chance < 0.4
    other = circuit_anatomy.shared((values, sizes, kept), (values, sizes, np.zeros_like(kept)))
    assert other == (0.0, 0.0)


def test_pairs_of_networks_are_said(made):
    pairs = question_tables.shared_by_seeds([made[2]], [made[1]])
    assert pairs[["seed", "other_seed", "epsilon"]].values.tolist() == [[0, 1, 0.0001], [0, 1, 0.001]]
    assert pairs["overlap"].between(0, 1).all()
    assert question_tables.shared_for_reading([made[2]], [made[1]])["pairs"].tolist() == [1, 1]


def test_the_function_on_other_trials_by_hand(made):
    found = asked("function", made)
    task, longer = make_task(TASK), make_task(TASK | {"length": 20})
    held_out = found.sel(condition="held out")
    assert np.allclose(held_out["discrepancy"], made[2]["discrepancy"], rtol=1e-9)
    assert np.allclose(held_out["score"], made[2]["fvu"], rtol=1e-9)
    assert np.array_equal(held_out["score_intact"], made[2]["fvu_intact"])
    assert found.sel(condition="noise x 2")["discrepancy"].isnull().all(), "flip-flop has no such setting"
    trials = circuit_function.others(task, "length x 2", 40)
    assert trials.inputs.shape == (40, 20, 2) and not np.array_equal(trials.inputs, longer.held_out(40).inputs)
    one, Q, T, _, kept = parts(made, 1)
    intact = outputs_by_hand(one["W_hh"].values.astype("f8"), one, trials.inputs)
    outputs = outputs_by_hand(Q @ np.where(kept[0], T, 0) @ Q.T, one, trials.inputs)
    mine = found.sel(seed=1, condition="length x 2").isel(epsilon=0)
    assert mine["discrepancy"] == pytest.approx(unexplained_by_hand(outputs, intact), rel=1e-9)
    squares = np.sum((outputs - intact) ** 2, axis=(1, 2))
    worst = 40 * squares.max() / np.sum((intact - intact.mean(axis=(0, 1))) ** 2)
    assert mine["worst_trial"] == pytest.approx(worst, rel=1e-9) and worst >= mine["discrepancy"]
    rare = circuit_function.others(task, "pulse_probability / 2", 4000)
    assert np.mean(rare.inputs != 0) == pytest.approx(0.05, rel=0.05)
    often = make_task(TASK | {"pulse_probability": 0.6})
    assert circuit_function.changed(often, "pulse_probability x 2") is None, "no probability is above 1"


def test_rules_hold_epsilon_where_they_chose_and_rank_by_what_they_say(made):
    found = asked("rules", made)
    task, (one, Q, T, block, kept) = make_task(TASK), parts(made, 0)
    free = block[:, None] < block[None, :]
    sets, W = (task.selection(24), task.guard(32), task.held_out(40)), one["W_hh"].values.astype("f8")
    intact = [outputs_by_hand(W, one, trials.inputs) for trials in sets]

    def without(gone, which):
        outputs = outputs_by_hand(Q @ np.where(gone, 0, T) @ Q.T, one, sets[which].inputs)
        return unexplained_by_hand(outputs, intact[which])

    small_first = sorted(zip(*np.nonzero(free), strict=True), key=lambda at: T[at] ** 2)

    def smallest(count):
        gone = np.zeros_like(free)
        for at in small_first[:count]:
            gone[at] = True
        return gone

    counts = []
    for e, epsilon in enumerate(COUNTS["epsilons"]):
        mine = found.sel(seed=0, rule="magnitude").isel(epsilon=e)
        count = round(float(mine["removed_share"]) * free.sum())
        counts.append(count)
        assert count < free.sum()
        assert max(without(smallest(count), which) for which in (0, 1)) <= epsilon
        assert max(without(smallest(count + 1), which) for which in (0, 1)) > epsilon
        assert mine["discrepancy"] == pytest.approx(without(smallest(count), 2), rel=1e-8)
        assert mine["numbers_left"] == np.sum(T != 0) - count
        same = smallest(int(np.sum(~kept[e])))
        assert mine["discrepancy_at_count"] == pytest.approx(without(same, 2), rel=1e-8)
        assert made[2]["removed_share"].sel(seed=0)[e] >= found["removed_share"].sel(seed=0)[:, e].max()
        rank = int(found["rank"].sel(seed=0)[e])
        assert found["rank_numbers"].sel(seed=0)[e] == rank * (20 - rank)
        U, s, V = np.linalg.svd(W)
        outputs = outputs_by_hand((U[:, :rank] * s[:rank]) @ V[:rank], one, sets[2].inputs)
        assert found["rank_discrepancy"].sel(seed=0)[e] == pytest.approx(
            unexplained_by_hand(outputs, intact[2]), rel=1e-6
        )
    assert counts[1] > 0
    _, P = np.linalg.eig(W)
    assert found["eigenbasis_condition"].sel(seed=0) == pytest.approx(np.linalg.cond(P))


def test_bisection_returns_what_holds():
    assert circuit_rules.most(10, lambda count: count <= 7) == 7
    assert circuit_rules.most(10, lambda count: True) == 10
    assert circuit_rules.most(10, lambda count: count < 1) == 0


def test_a_normal_network_has_nothing_to_ask(made):
    normal = made[0].copy(deep=True)
    normal["W_hh"][:] = 0.9 * np.eye(10)
    schur = decompose(normal)
    these = normal, schur, circuit(normal, schur, COUNTS)
    rules, anatomy = asked("rules", these), asked("anatomy", these)
    assert rules["removed_share"].isnull().all() and np.allclose(rules["eigenbasis_condition"], 1)
    assert anatomy["kept_share"].isnull().all() and (anatomy["autonomous"] == 10).all()
    stable = asked("stability", these)
    assert stable["removed_share"].isnull().all() and stable["jaccard"].isnull().all()


def test_draws_choose_on_other_trials_and_are_measured_on_the_same(made):
    found = asked("stability", made)
    assert (found["epsilon_of_draws"] == 0.001).all() and found["removed_share"].sizes["draw"] == 10
    one = found.sel(seed=0)
    share = made[2]["removed_share"].sel(seed=0, epsilon=0.001)
    assert abs(one["removed_share"].mean() - share) < 0.1 and one["removed_share"].std() > 0
    assert (one["discrepancy"] < 0.0015).all() and one["discrepancy"].std() > 0
    block = made[1].sel(seed=0)["block"].values
    assert np.array_equal(one["kept_by"].notnull(), block[:, None] < block[None, :])
    kept = one["kept_by"].notnull().sum() * (1 - one["removed_share"].mean())
    assert one["kept_by"].sum() == pytest.approx(float(kept))
    assert 0 < one["jaccard_chance"] < one["jaccard"] <= 1


def test_overlap_of_sets_and_by_chance():
    kept = np.zeros((2, 40), dtype=bool)
    kept[0, :10], kept[1, 5:20] = True, True
    jaccard, chance = circuit_stability.overlaps(kept)
    assert jaccard == 5 / 20
    rng = np.random.default_rng(2)
    drawn = []
    for _ in range(4000):
        a, b = (set(rng.choice(40, size, replace=False)) for size in (10, 15))
        drawn.append(len(a & b) / len(a | b))
    assert chance == pytest.approx(np.mean(drawn), rel=0.03)


def test_before_training_is_the_start_with_a_fitted_readout(made):
    found = asked("untrained", made)
    task = make_task(TASK)
    for seed in (0, 1):
        begun = constructions.start("default", "flipflop", 10, seed)
        W = begun.matrix(begun.parameters)
        mine = found.sel(seed=seed)
        blocks = np.sum(np.abs(np.linalg.eigvals(W).imag) > 0) // 2
        assert mine["couplings"] == 45 - blocks and (mine["removed_share"].diff("epsilon") >= 0).all()
        assert made[2]["fvu_intact"].sel(seed=seed) < mine["score_intact"] < 1
    normal = train(TASK, 10, "normal", [0], TRAINING | {"updates": 1, "check_every": 1})
    schur = decompose(normal)
    found = asked("untrained", (normal, schur, circuit(normal, schur, COUNTS)))
    assert found["removed_share"].isnull().all() and found["couplings"] == 0
    assert task.metric == "fvu"


def test_recorded_trials_have_no_other_conditions_and_no_start(made):
    from schurscope.store import netcdf

    trials = make_task(TASK).held_out(64)
    arrays = {name: getattr(trials, name) for name in ("inputs", "targets", "mask")}
    recorded = netcdf.build("trials", {"task": "flipflop"}, {}, arrays, {"metric": "fvu"})
    networks, schur = made[0].isel(seed=[0]), made[1].isel(seed=[0])
    found = circuit(networks, schur, COUNTS, recorded)
    answers = {name: question(name, networks, schur, found, ALPHAS, recorded) for name in REGISTRY["question"]}
    assert answers["function"]["discrepancy"].notnull().sum() == 2, "held out, at two epsilons"
    assert answers["untrained"]["removed_share"].isnull().all()
    assert answers["stability"]["removed_share"].notnull().all()


def test_tables_of_answers(made):
    function, anatomy = asked("function", made), asked("anatomy", made)
    every = question_tables.answers([function])
    assert set(every["condition"]) == {
        "held out",
        "length x 2",
        "length x 4",
        "pulse_probability / 2",
        "pulse_probability x 2",
    }
    assert len(every) == 2 * 5 * 2
    reading = question_tables.answers_for_reading([anatomy], 0.9)
    assert len(reading) == 2 * 3
    mean = float(anatomy["kept_share"].sel(alpha=0.9, sector="CC", epsilon=0.001).mean())
    own = reading[(reading["sector"] == "CC") & (reading["epsilon"] == 0.001)]["kept_share"].item()
    assert own.startswith(f"{mean:.4g} ± ") and own.endswith("(2)")
    draws = question_tables.answers_for_reading([asked("stability", made)], 0.9)
    assert len(draws) == 1 and draws["removed_share"].item().endswith("(2)"), "networks count, not draws"
