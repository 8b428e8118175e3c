"""What is stored of a circuit and of an atlas: against plain removal, and what is said where there is none."""

import numpy as np
import pytest
import xarray as xr

import elsewhere
import schurscope
from schurscope.analyses.bases import BASES
from schurscope.foundations.errors import SchurscopeError
from schurscope.reports import circuit_tables
from schurscope.reports.figures import atlas_map, circuit_picture
from schurscope.stages.atlas import atlas
from schurscope.stages.circuit import circuit
from schurscope.stages.decompose import decompose
from schurscope.stages.measured_on import chosen_and_measured_on
from schurscope.stages.train import train
from schurscope.store import netcdf
from schurscope.tasks import make_task

TRAINING = {
    "engine": "fused", "updates": 150, "batch": 16, "learning_rate": 1e-2, "clip": 1.0, "stop_when_solved": False,
    "check_every": 150, "validation_trials": 8, "solved": 0.9,
}  # fmt: skip
TASK = {"task": "flipflop", "length": 10}
COPY = {"task": "copy", "symbols": 2, "channels": 2, "lags": 8}
COUNTS = {"selection": 24, "guard": 32, "trials": 40}


@pytest.fixture(scope="module")
def pair():
    networks = train(TASK, 12, "default", [0, 1], TRAINING)
    return networks, decompose(networks)


@pytest.fixture(scope="module")
def found(pair):
    return circuit(*pair, COUNTS | {"epsilons": [0.1, 0.003, 0.02]})


def test_stored_masks_give_the_stored_numbers(pair, found):
    """By plain loops over the stored T: the held-out discrepancy and the metric, and nothing else is touched."""
    networks, schur = pair
    trials = make_task({"channels": 3, "pulse_probability": 0.05, **TASK}).held_out(40)
    for seed in (0, 1):
        one, form, mine = (dataset.sel(seed=seed) for dataset in (networks, schur, found))
        Q, T, block = form["Q"].values, form["T"].values, form["block"].values
        intact = elsewhere.outputs_by_hand(one["W_hh"].values.astype("f8"), one, trials.inputs)
        spread = np.sum((intact - intact.mean(axis=(0, 1))) ** 2)
        between = block[:, None] < block[None, :]
        shares = []
        for epsilon in (0.003, 0.02, 0.1):
            at = mine.sel(epsilon=epsilon)
            kept = at["kept"].values.astype(bool)
            assert kept[~between].all() and np.array_equal(at["order"].values >= 0, ~kept)
            ranks = np.sort(at["order"].values[~kept])
            assert len(set(ranks)) == len(ranks)
            outputs = elsewhere.outputs_by_hand(Q @ np.where(kept, T, 0) @ Q.T, one, trials.inputs)
            assert abs(np.sum((outputs - intact) ** 2) / spread - at["discrepancy"]) < 1e-9
            assert at["verified"] == (at["discrepancy"] <= epsilon)
            assert at["discrepancy_guard"] <= epsilon and at["discrepancy_selection"] <= epsilon
            whole = np.sum((trials.targets - trials.targets.mean(axis=(0, 1))) ** 2)
            assert at["fvu"] == pytest.approx(np.sum((outputs - trials.targets) ** 2) / whole, rel=1e-9)
            assert mine["fvu_intact"] == pytest.approx(np.sum((intact - trials.targets) ** 2) / whole, rel=1e-9)
            assert at["removed_share"] == np.mean(~kept[between]) and at["numbers_left"] == np.sum(kept & (T != 0))
            shares.append(float(at["removed_share"]))
        assert shares == sorted(shares) and 0 < shares[0] and shares[-1] <= 1


def test_files_keep_the_contract(pair, found, tmp_path):
    for kind, dataset in {"circuit": found, "atlas": atlas(*pair, {"trials": 16})}.items():
        netcdf.write(dataset, tmp_path / f"{kind}.nc")
        back = netcdf.read(tmp_path / f"{kind}.nc", kind, task="flipflop", width=12, init="default")
        for name, variable in dataset.data_vars.items():
            assert np.array_equal(back[name], variable, equal_nan=variable.dtype.kind == "f"), name
        assert back.attrs["metric"] == "fvu" and back.attrs["trials"] == {"circuit": 40, "atlas": 16}[kind]
    assert back.attrs["title"] == "What every single coupling does: flipflop"
    assert found["kept"].dtype == np.int8 and found["epsilon"].values.tolist() == [0.003, 0.02, 0.1]


@pytest.mark.parametrize("basis", list(BASES))
def test_a_control_is_stored_with_its_basis(pair, basis, tmp_path):
    networks, schur = pair
    found = circuit(networks, schur, COUNTS | {"epsilons": [0.02]}, basis=basis)
    trials = make_task({"channels": 3, "pulse_probability": 0.05, **TASK}).held_out(40)
    one, mine = networks.sel(seed=1), found.sel(seed=1).squeeze("epsilon")
    intact = elsewhere.outputs_by_hand(one["W_hh"].values.astype("f8"), one, trials.inputs)
    P, M, kept = mine["P"].values, mine["M"].values, mine["kept"].values.astype(bool)
    outputs = elsewhere.outputs_by_hand(P @ np.where(kept, M, 0) @ P.T, one, trials.inputs)
    spread = np.sum((intact - intact.mean(axis=(0, 1))) ** 2)
    assert abs(np.sum((outputs - intact) ** 2) / spread - mine["discrepancy"]) < 1e-9
    assert mine["numbers_left"] == np.count_nonzero(np.where(kept, M, 0)) and mine["basis"] == basis
    assert mine["discrepancy_guard"] <= 0.02 and 0 <= mine["removed_share"] <= 1
    netcdf.write(found, tmp_path / "c.nc")
    assert np.array_equal(netcdf.read(tmp_path / "c.nc", "circuit")["P"], found["P"])


def test_equal_settings_give_equal_numbers_whatever_the_block(pair, found):
    networks, schur = pair
    alone = circuit(networks.sel(seed=[1]), schur.sel(seed=[1]), COUNTS | {"epsilons": [0.003, 0.02, 0.1]})
    xr.testing.assert_identical(alone, found.sel(seed=[1]))


def test_a_normal_network_has_nothing_to_lose(pair):
    """Its share is not a number, everything is kept, and the function with it."""
    networks, _ = pair
    networks = networks.copy(deep=True)
    networks["W_hh"][:] = 0.9 * np.eye(12)
    found = circuit(networks, decompose(networks), COUNTS)
    assert found["removed_share"].isnull().all() and (found["kept"] == 1).all() and (found["order"] == -1).all()
    assert (found["discrepancy"] == 0).all() and (found["verified"] == 1).all()
    assert atlas(networks, decompose(networks), {"trials": 8})["effect"].isnull().all()


def test_a_network_that_is_lost_or_says_nothing_costs_the_others_nothing(pair, found):
    networks, _ = pair
    networks = networks.copy(deep=True)
    networks["W_hy"][0] = 0.0
    dead = circuit(networks, decompose(networks), COUNTS | {"epsilons": [0.003, 0.02, 0.1]})
    networks["status"] = "seed", ["diverged", "ok"]
    lost = circuit(networks, decompose(networks), COUNTS | {"epsilons": [0.003, 0.02, 0.1]})
    for other in (dead, lost):
        assert other["discrepancy"].sel(seed=0).isnull().all() and (other["kept"].sel(seed=0) == 1).all()
        assert (other["verified"].sel(seed=0) == 0).all()
        xr.testing.assert_equal(other.sel(seed=1).drop_vars("status"), found.sel(seed=1).drop_vars("status"))
    assert lost["status"].values.tolist() == ["diverged", "ok"]


def test_the_three_sets_share_no_trial(pair):
    networks, _ = pair
    sets, metric = chosen_and_measured_on(networks, None, COUNTS)
    assert metric == "fvu" and [len(one.inputs) for one in sets] == [24, 32, 40]
    long = make_task({"task": "sine", "length": 5, "omega_low": 0.1, "omega_high": 0.5})
    words = [draw(200).inputs for draw in (long.selection, long.guard, long.held_out, long.validation)]
    each = {trial.tobytes() for one in words for trial in one}
    assert len(each) == 800
    count = 18
    recorded = xr.Dataset(
        {
            "inputs": (("trial", "time", "input"), np.arange(count * 2.0).reshape(count, 2, 1)),
            "targets": (("trial", "time", "output"), np.zeros((count, 2, 1))),
            "mask": (("trial", "time", "output"), np.ones((count, 2, 1), dtype=np.int8)),
        },
        attrs={"metric": "fvu"},
    )
    sets, _ = chosen_and_measured_on(networks, recorded, COUNTS)
    assert [len(one.inputs) for one in sets] == [5, 5, 8]
    assert sorted(np.concatenate([one.inputs[:, 0, 0] for one in sets])) == list(np.arange(0, 2 * count, 2.0))
    with pytest.raises(
        SchurscopeError, match="there are 15 trials; at least 16 are needed, because couplings are chosen"
    ):
        chosen_and_measured_on(networks, recorded.isel(trial=slice(15)), COUNTS)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"epsilons": [0.0]}, "settings: epsilons.0: 0.0 .* above 0"),
        ({"epsilons": []}, "epsilons"),
        ({"unit": "row"}, "settings: unit: 'row' is not known; allowed: coupling, block"),
        ({"selection": 2}, "selection"),
        ({"epsilon": 0.1}, "epsilon"),
    ],
)
def test_settings_that_do_not_fit(pair, settings, sentence):
    with pytest.raises(SchurscopeError, match=sentence):
        circuit(*pair, settings)


def test_tables_say_each_network_and_the_mean(pair, found):
    every = circuit_tables.circuits([found])
    assert len(every) == 6 and every["epsilon"].tolist() == [0.003, 0.02, 0.1] * 2
    row = every[(every["seed"] == 1) & (every["epsilon"] == 0.02)].iloc[0]
    at = found.sel(seed=1, epsilon=0.02)
    assert row["removed_share"] == at["removed_share"] and row["score"] == at["fvu"] and row["metric"] == "fvu"
    networks, schur = pair
    normal = networks.copy(deep=True)
    normal["W_hh"][:] = 0.9 * np.eye(12)
    normal = circuit(normal.assign_coords(seed=[2, 3]), decompose(normal.assign_coords(seed=[2, 3])), COUNTS)
    read = circuit_tables.circuits_for_reading([found, normal])
    shares = found["removed_share"].sel(epsilon=0.1).values
    line = read[read["epsilon"] == 0.1].iloc[0]
    assert line["removed_share"] == f"{shares.mean():.4g} ± {shares.std(ddof=1) / 2**0.5:.4g} (2)"
    assert line["verified"] == f"{found['verified'].sel(epsilon=0.1).values.sum()} of 2" and line["solved"][-1] == "4"
    atlases = atlas(*pair, {"trials": 16})
    rho = circuit_tables.predictors([atlases])
    assert rho["predictor"].tolist() == ["share", "activity_mass", "overlap", "estimate"] * 2
    assert rho["rank_correlation"].max() > 0.5
    mean = atlases["rank_correlation"].mean("seed").sel(predictor="share").item()
    assert circuit_tables.predictors_for_reading([atlases])["rank_correlation"][0].startswith(f"{mean:.4g} ± ")


def test_two_blocks_of_one_group_are_drawn_as_their_first_network(pair, found):
    """Each block with its own circuits and atlas, whatever the order of the files."""
    effects = atlas(*pair, {"trials": 8})
    whole = dict(zip(("networks", "schur", "circuit", "atlas"), (*pair, found, effects), strict=True))
    blocks = {kind: [dataset.isel(seed=[k]) for k in (0, 1)] for kind, dataset in whole.items()}
    alone = {kind: dataset[:1] for kind, dataset in blocks.items()}
    for figure in (circuit_picture, atlas_map):
        assert figure.draw(blocks, {}).to_dict() == figure.draw(alone, {}).to_dict()
        last = figure.draw({kind: dataset[1:] for kind, dataset in blocks.items()}, {}).to_dict()
        assert last != figure.draw(alone, {}).to_dict()


def test_accuracy_tasks_have_a_circuit_that_keeps_it(tmp_path):
    """The fewest couplings at 0.99 of the intact accuracy, recounted by hand on held-out trials."""
    networks = train(COPY, 10, "default", [0], TRAINING | {"horizon": 4})
    schur = decompose(networks)
    found = circuit(networks, schur, COUNTS | {"epsilons": [0.001, 0.05], "unit": "block"})
    assert 0.5 < found["accuracy_intact"].item() <= 1 and 0 <= found["accuracy"].min() <= 1
    assert found.attrs["unit"] == "block"
    one, form, mine = (dataset.sel(seed=0) for dataset in (networks, schur, found))
    trials = make_task(COPY).held_out(40)
    kept, T, Q = mine["kept_accuracy"].values.astype(bool), form["T"].values, form["Q"].values
    right = [
        np.mean(((elsewhere.outputs_by_hand(W, one, trials.inputs) >= 0) == (trials.targets >= 0))[trials.mask])
        for W in (one["W_hh"].values.astype("f8"), Q @ np.where(kept, T, 0) @ Q.T)
    ]
    assert mine["accuracy_share"] == pytest.approx(right[1] / right[0], rel=1e-12)
    assert mine["verified_accuracy"] == (right[1] / right[0] >= 0.99)
    block = form["block"].values
    between = block[:, None] < block[None, :]
    assert kept[~between].all() and mine["removed_share_accuracy"] == np.mean(~kept[between])
    assert mine["removed_share_accuracy"] >= mine["removed_share"].sel(epsilon=0.001)
    assert not kept.all()
    assert mine["numbers_left_accuracy"] == np.sum(kept & (T != 0))
    netcdf.write(found, tmp_path / "c.nc")
    assert np.array_equal(netcdf.read(tmp_path / "c.nc", "circuit")["kept_accuracy"], found["kept_accuracy"])
    normal = networks.copy(deep=True)
    normal["W_hh"][:] = 0.9 * np.eye(10)
    lost = circuit(normal, decompose(normal), COUNTS)
    assert lost["removed_share_accuracy"].isnull().all() and (lost["kept_accuracy"] == 1).all()


def test_one_network_from_python():
    network = elsewhere.trained()
    w = elsewhere.arrays(network)
    own = {name: w[name] for name in ("b_h", "b_y", "h0") if name in w}
    recorded = elsewhere.recorded(network)
    seen = []
    found = schurscope.circuit(
        w["W_hh"], w["W_xh"], w["W_hy"], recorded, epsilon=[0.2, 0.05], bases=["neurons"], **own,
        progress=lambda *p: seen.append(p),
    )  # fmt: skip
    assert found["epsilon"].values.tolist() == [0.05, 0.2] and found["numbers_left_in"].dims == ("basis", "epsilon")
    for basis in ("schur", "neurons"):
        shares = [share for name, share in seen if name == basis]
        assert shares == sorted(shares) and 0 < shares[0] < 0.5 in shares and shares[-1] == 1
    assert found.attrs["trials"] == 20 and (found["discrepancy_guard"] <= found["epsilon"]).all()
    one = schurscope.circuit(w["W_hh"], w["W_xh"], w["W_hy"], recorded, epsilon=0.05, **own)
    assert np.array_equal(one["kept"][0], found["kept"][0])
    assert "numbers_left_in" not in one
    with pytest.raises(SchurscopeError, match="basis 'fourier' does not exist; allowed: schur_shuffled"):
        schurscope.circuit(w["W_hh"], w["W_xh"], w["W_hy"], recorded, bases=["fourier"], **own)
    with pytest.raises(SchurscopeError, match="there is no circuit: the outputs of network do not vary"):
        schurscope.circuit(
            w["W_hh"], w["W_xh"], 0 * w["W_hy"], {k: v for k, v in recorded.items() if k != "outputs"}, **own
        )
