"""The stages from Python, without Snakemake: datasets in, datasets out, whatever the blocks."""

import numpy as np
import pytest
import scipy.linalg
import xarray as xr

from schurscope.analyses.ablation import REMOVED
from schurscope.cells.relu import ReLU
from schurscope.external.network import read_network
from schurscope.foundations.errors import SchurscopeError
from schurscope.schur.form import ordered_schur
from schurscope.stages.ablate import ablate
from schurscope.stages.analyse import analyse
from schurscope.stages.decompose import decompose
from schurscope.stages.gather import gather
from schurscope.stages.score_cuts import score_cuts
from schurscope.stages.summarise import OF_NETWORKS, OF_SCHUR, summarise
from schurscope.stages.train import train
from schurscope.store import netcdf
from schurscope.store.contract import problem_of
from schurscope.tasks import make_task
from schurscope.training.optimisers.rmsprop import RMSprop

TRAINING = {
    "engine": "fused", "updates": 20, "batch": 4, "learning_rate": 1e-2, "clip": 1.0, "stop_when_solved": False,
    "check_every": 20, "validation_trials": 8, "solved": 0.5,
}  # fmt: skip
TASK = {"task": "flipflop", "length": 8}
GRID = {"alphas": [0.5, 0.8, 1.0], "trials": 8, "target_mean": "channel"}
ORDER = {"alphas": [0.5, 0.8], "own": {"draws": 2}, "alpha": 0.8, "target_mean": "channel", "trials": 6}
LINES = {"alphas": [0.5], "own": {"powers": 3, "grid": 2}, "alpha": 0.5, "target_mean": "channel", "first": 0}


def block(seeds, init="orthogonal", width=6):
    networks = train(TASK, width, init, list(seeds), TRAINING)
    return networks, decompose(networks)


@pytest.fixture(scope="module")
def three():
    return block([0, 1, 2])


def test_from_training_to_a_summary(three):
    networks, schur = three
    parts = [block([0, 1]), block([2])]
    grids = [ablate(*part, GRID) for part in parts]
    summary = summarise([n[list(OF_NETWORKS)] for n, _ in parts], [s[list(OF_SCHUR)] for _, s in parts], grids)
    whole = summarise([networks], [schur], [ablate(networks, schur, GRID)])
    xr.testing.assert_identical(summary, whole)
    assert summary.sizes["seed"] == 3 and summary["fvu_n"].max() == 3 and summary.attrs["metric"] == "fvu"
    with pytest.raises(SchurscopeError, match="networks of flipflop have the seeds 0, 1, 2, not those of the config"):
        summarise([networks], [schur], [ablate(networks, schur, GRID)], seeds=[0, 1])


def test_a_network_trained_in_schur_form_keeps_its_parameters_and_loses_its_own_T(tmp_path):
    """By scipy's exponential, plain block-diagonal D and a plain loop in time."""
    rates = {"X": {"learning_rate": 1e-3}, "T": {"weight_decay": 1e-4}, "gamma": {"penalty": 0.1, "towards": 1.0}}
    said = TRAINING | {"cell": "modrelu", "groups": rates, "biases": ["b_y"], "ends": "glorot", "updates": 60}
    networks = train(TASK, 6, "triangular", [0, 1], said)
    schur = decompose(networks)
    found = ablate(networks, schur, GRID)
    netcdf.write(networks, tmp_path / "networks.nc")
    read, _ = read_network(tmp_path / "networks.nc", seed=1)
    assert np.array_equal(read.W_hh, networks["W_hh"].sel(seed=1)) and not read.made_of
    assert found["removed"].values.tolist() == [*REMOVED, "T_own"]
    trials = make_task(TASK).held_out(8)
    for seed in (0, 1):
        one = networks.sel(seed=seed)
        X, T, gamma, theta = (one[f"construction_{name}"].values.astype(float) for name in ("X", "T", "gamma", "theta"))
        P = scipy.linalg.expm(np.triu(X, 1) - np.triu(X, 1).T)
        turns = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in theta]
        D = scipy.linalg.block_diag(*turns) * np.repeat(gamma, 2)
        assert np.max(np.abs(P.T @ P - np.eye(6))) < 1e-12 and np.abs(np.tril(T, -1)).max() > 0.01
        assert np.max(np.abs(one["W_hh"].values - P @ (D + np.tril(T, -1)) @ P.T)) < 1e-6
        outputs = []
        for W in (one["W_hh"].values.astype(float), one["W_hh"].values - P @ np.tril(T, -1) @ P.T):
            h, rows = np.zeros((8, 6)), []
            for x in np.swapaxes(trials.inputs, 0, 1):
                z = h @ W.T + x @ one["W_xh"].values.T
                size = np.abs(z) + one["b_modulus"].values
                h = np.sign(z) * np.where(size > 0, size, 0)
                rows.append(h @ one["W_hy"].values.T + one["b_y"].values)
            outputs.append(np.array(rows))
        d = np.sum((outputs[1] - outputs[0]) ** 2) / np.sum((outputs[0] - outputs[0].mean(axis=(0, 1))) ** 2)
        at = found.sel(seed=seed, removed="T_own")
        assert at["discrepancy"].values == pytest.approx([d] * 3, rel=1e-6)
        mass = np.linalg.norm(np.tril(T, -1)) / np.linalg.norm(D + np.tril(T, -1))
        assert at["removed_mass"].values == pytest.approx([mass] * 3, rel=1e-5)


@pytest.mark.parametrize(("name", "settings"), [("order", ORDER), ("nonnormality", LINES), ("cut", LINES)])
def test_blocks_gathered_are_the_whole(three, name, settings):
    own = {"near": 0.01} if name == "cut" else settings["own"]
    parts = [analyse(name, *block(seeds), settings | {"own": own}) for seeds in ([0, 1], [2])]
    whole = gather([analyse(name, *three, settings | {"own": own})])
    xr.testing.assert_identical(gather(parts), whole)
    assert parts[0].attrs["kind"] == "analysis" and problem_of(parts[0], "analysis", {"task": "flipflop"}) is None
    if name == "nonnormality":
        drawn = np.isfinite(whole["resolvent"]).all(["im", "re"]).squeeze()
        assert drawn.values.tolist() == [True, False, False], "the first seed is drawn, not the first of each block"


def test_gathering_leaves_room_for_what_is_not_there():
    parts = [analyse("cut", *block(*key), LINES | {"own": {"near": 0.01}}) for key in (([0, 2],), ([1], "cayley", 4))]
    found = gather(parts)
    assert found["status"].squeeze().values.tolist() == [[["ok", "", "ok"], [""] * 3], [[""] * 3, ["", "ok", ""]]]
    assert found["width"].values.tolist() == [6, 4] and found["init"].values.tolist() == ["orthogonal", "cayley"]
    there = np.isfinite(found["n_R"]).all("alpha")
    assert np.array_equal(there, found["status"] == "ok") and np.array_equal(found["solved"].notnull(), there)


def test_scores_at_every_cut_are_the_grid_s(three):
    """At any alpha, n_R of the intervals is the form's, and the scores are those of the grid on these trials."""
    networks, schur = three
    cuts = score_cuts(networks, schur, {"trials": 8, "target_mean": "channel"})
    assert problem_of(cuts, "cuts", {"task": "flipflop", "width": 6}) is None and cuts.attrs["trials"] == 8
    alphas = sorted([0.05, 0.33, 0.5, 0.77, 0.9, 1.0])
    grid = ablate(networks, schur, GRID | {"alphas": alphas})
    for seed in (0, 1, 2):
        form, own = ordered_schur(networks["W_hh"].sel(seed=seed).values), cuts.sel(seed=seed)
        for alpha in alphas:
            inside = (own["alpha_low"] < alpha) & (alpha <= own["alpha_high"])
            assert own["n_R"].values[inside].tolist() == [form.leading(alpha)]
            for name in ("discrepancy", "fvu", "removed_mass"):
                expected = grid[name].sel(seed=seed, alpha=alpha).values
                assert np.array_equal(own[name].sel(n_R=form.leading(alpha)).values, expected), name
    assert np.array_equal(np.isfinite(cuts["alpha_low"]), np.isfinite(cuts["fvu"]).all("removed"))
    assert cuts["removed"].values.tolist() == list(REMOVED)


def test_ties_are_not_cut():
    """A rotation by blocks of two: one modulus, one cut behind all; a zero matrix: all in R."""
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert ordered_schur(np.kron(np.eye(2), turn)).cuts() == [(4, 0.0, 1.0)]
    assert ordered_schur(np.zeros((3, 3))).cuts() == [(3, 0.0, 1.0)]
    found = ordered_schur(np.diag([2.0, 1.0, 0.5])).cuts()
    assert [n_R for n_R, _, _ in found] == [1, 2, 3]
    assert np.allclose([ends for _, *ends in found], [[0.5, 1], [0.25, 0.5], [0, 0.25]], rtol=1e-8)


def test_a_diverged_network_flows_through(three):
    networks, schur = (dataset.copy(deep=True) for dataset in three)
    for dataset in (networks, schur):
        dataset["status"] = ("seed", np.array(["ok", "diverged", "ok"]))
    made = {
        "ablation": ablate(networks, schur, GRID),
        "cuts": score_cuts(networks, schur, {"trials": 4, "target_mean": "channel"}),
        "analysis": analyse("order", networks, schur, ORDER),
    }
    for kind, dataset in made.items():
        assert problem_of(dataset, kind, {}) is None
        for variable in (v for name, v in dataset.data_vars.items() if name not in ("status", "solved")):
            assert np.isnan(variable.isel(seed=1)).all() and not np.isnan(variable.isel(seed=0)).all(), variable.name


def test_files_of_other_networks_are_refused(three):
    networks, schur = three
    with pytest.raises(SchurscopeError, match="files of one block hold different seeds"):
        ablate(networks, schur.isel(seed=[0, 1]), GRID)


def test_a_part_of_a_file_is_enough_to_read(three, tmp_path):
    netcdf.write(three[1].assign_attrs(settings="{}"), tmp_path / "schur.nc")
    read = netcdf.read(tmp_path / "schur.nc", "schur", OF_SCHUR, task="flipflop")
    assert set(read.data_vars) == set(OF_SCHUR) and np.array_equal(read["modulus"], three[1]["modulus"])
    with pytest.raises(SchurscopeError, match="the variable modulus is missing"):
        netcdf.write(three[1].drop_vars("modulus"), tmp_path / "less.nc")
        netcdf.read(tmp_path / "less.nc", "schur", OF_SCHUR)


def wrong(sentence, stage, *arguments, **named):
    with pytest.raises(SchurscopeError, match=sentence):
        stage(*arguments, **named)


def test_what_is_not_said_is_as_in_the_config(three):
    networks, schur = three
    said = {"alphas": [0.85, 0.9, 0.95], "trials": 512, "target_mean": "channel"}
    xr.testing.assert_identical(ablate(networks, schur, {}), ablate(networks, schur, said))
    cut = analyse("cut", networks, schur, {})
    assert cut.attrs["near"] == 0.01 and cut["alpha"].values.tolist() == said["alphas"]
    twice = ablate(networks, schur, GRID | {"alphas": [1.0, 0.5, 0.8, 0.5]})
    xr.testing.assert_identical(twice, ablate(networks, schur, GRID))


def test_mistakes_in_python_are_named(three):
    networks, schur = three
    wrong("networks: a dataset of kind networks is needed, not one of kind schur", ablate, schur, networks, GRID)
    wrong("settings: target_mean: 'mean' is not known; allowed: channel, trajectory", ablate, networks, schur,
          GRID | {"target_mean": "mean"})  # fmt: skip
    wrong("settings: alphas.0: 1.5 is too large; at most 1", ablate, networks, schur, {"alphas": [1.5]})
    wrong("settings: unknown key 'trial' .did you mean 'trials'", score_cuts, networks, schur, {"trial": 3})
    wrong("settings: own: unknown key 'draw' .did you mean 'draws'", analyse, "order", networks, schur,
          {"own": {"draw": 3}})  # fmt: skip
    wrong("ablation: a dataset of kind ablation is needed, not NoneType", analyse, "stabilizers", networks, schur, {})
    wrong("networks: a dataset of kind networks is needed", decompose, schur)
    wrong("analysis: a dataset of kind analysis is needed, not one of kind schur", gather, [schur])
    wrong("blocks of one analysis are needed; these are of none", gather, [])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"clip": ...}, "training: the key 'clip' is missing"),
        ({"updates": 0}, "training: updates: 0 is too small; at least 1 is allowed"),
        ({"groups": {"W": {}}}, "training.groups: 'W' is no parameter of these networks; allowed: W_xh, W_hy, W_hh"),
        ({"loss": "cross_entropy"}, "training.loss: "),
        ({"horizon": 3}, "training.horizon: task 'flipflop' has trials of one length only"),
        ({"device": "cuda"}, "training.engine: 'fused' runs on the CPU, and a GPU is wanted"),
    ],
)
def test_a_section_that_does_not_fit_trains_nothing(change, sentence):
    training = {key: value for key, value in (TRAINING | change).items() if value is not ...}
    wrong(sentence, train, TASK, 6, "orthogonal", [0], training)


def test_an_engine_never_trains_what_it_does_not_know(monkeypatch):
    monkeypatch.setattr(ReLU, "engines", ("batched", "torch"))
    monkeypatch.setattr(RMSprop, "engines", ("torch",))
    known = "training.engine: 'fused' does not know"
    for change, sentence in (
        ({"cell": "relu"}, f"{known} cell relu; choose batched, torch, auto"),
        ({"optimiser": "rmsprop"}, f"{known} optimiser rmsprop; choose torch, auto"),
    ):
        wrong(sentence, train, TASK, 6, "orthogonal", [0], TRAINING | change)


def test_what_the_caller_said_stays_as_it_was():
    said = TRAINING | {"cell": "tanh", "optimiser": "adam", "loss": "mse", "engine": "auto"}
    kept = dict(said)
    xr.testing.assert_identical(train(TASK, 6, "orthogonal", [0], said), block([0])[0])
    assert said == kept
