"""Networks trained in Schur form in the workflow: learning curves beside the paper's, Theta, the answer in words."""

import numpy as np
import pandas as pd
import pytest

from schurscope.analyses.own_schur_form import readings
from schurscope.foundations.errors import SchurscopeError
from schurscope.reports import curves, nonnormality_used
from schurscope.store import netcdf
from schurscope.workflow import plan
from schurscope.workflow.config.unprofiled import note_of_only_trained, only_trained
from schurscope.workflow.config.whole import check_config

TASK = {
    "settings": {"task": "copy_memory", "symbols": 2, "alphabet": 3, "delay": 4},
    "cell": "modrelu", "widths": [8], "solved": 2.0,
}  # fmt: skip
MODELS = {"copy_nnrnn": "nnRNN", "copy_rnn": "RNN", "copy_lstm": "LSTM"}


def of_copy_memory(config):
    """The config with three tasks of copy memory alone."""
    recipe = {"clip": None, "optimiser": "rmsprop", "ends": "glorot", "biases": ["b_y"]}
    nnrnn = TASK | {"inits": ["triangular", "henaff"], "training": recipe | {"groups": {"T": {"weight_decay": 1e-4}}}}
    rnn = TASK | {"inits": ["glorot"], "training": recipe | {"biases": ["b_h", "b_y"]}}
    lstm = rnn | {"cell": "lstm"}
    config["tasks"] = dict.fromkeys(config["tasks"]) | {"copy_nnrnn": nnrnn, "copy_rnn": rnn, "copy_lstm": lstm}
    figures = {"copy_profile": None, "task_profile": None, "learning_curves": {"tasks": MODELS}}
    config |= {"cuts": None, "circuits": None, "diagnostics": None, "figures": config.get("figures", {}) | figures}
    return config


@pytest.mark.slow
def test_curves_theta_and_the_answer(study):
    of_copy_memory(study.config)
    study.config["tasks"] |= dict.fromkeys(("copy", "flipflop", "sine", "integration"))
    study.config["seeds"] = [0, 1]
    study.run()
    folder = study.folder / "results"
    for name in ("learning_curves", "theta/copy_nnrnn"):
        assert (folder / f"figures/{name}.png").is_file()
    assert not (folder / "figures/theta/copy_rnn.png").exists()
    table = pd.read_csv(folder / "tables/learning_curves.csv")
    at = table[(table["model"] == "nnRNN, N = 8, triangular (nnRNN)") & (table["update"] == "50")].iloc[0]
    networks = netcdf.read(folder / "networks/copy_nnrnn/n8/triangular/seeds0-1.nc", "networks")
    here = [np.median(loss[44:55]) for loss in networks["loss"].values]
    assert at["n"] == 2 and [at["here"], at["low"]] == pytest.approx([np.median(here), min(here)])
    assert table[(table["model"] == "RNN") & (table["update"] == "200")]["paper"].item() == 0.87
    lstm = table[table["model"] == "LSTM"]
    assert lstm[lstm["update"] == "200"]["paper"].item() == 0.209 and (lstm["of"] == 2).all()
    assert (folder / "networks/copy_lstm/n8/glorot/seeds0-1.nc").is_file()
    assert (folder / "figures/training_curves/copy_lstm.png").is_file()
    assert not list(folder.glob("*/copy_lstm/n8/**/seeds0-1.tsv")) and not (folder / "schur/copy_lstm").exists()
    used = pd.read_csv(folder / "tables/nonnormality_used.csv")
    own = used[used["removed"] == "T_own"]
    assert own["init"].tolist() == ["triangular"] * 2 and set(used["task"]) == {"copy_nnrnn", "copy_rnn"}
    ablation = netcdf.read(folder / "ablation/copy_nnrnn/n8/triangular/seeds0-1.nc", "ablation")
    assert own["discrepancy"].tolist() == pytest.approx(ablation["discrepancy"].sel(removed="T_own")[:, 0].values)
    text = (folder / "tables/nonnormality_used.md").read_text()
    assert "copy_nnrnn, N = 8, triangular (nnRNN): T of its own parameters is there in 2 of 2 solved networks" in text
    profile = pd.read_csv(folder / "tables/profile_copy_nnrnn.csv")
    assert profile.groupby("removed").size()["T_own"] == 2, "two alphas of one construction"


def test_networks_of_gates_are_trained_and_no_more(paper_config):
    plain = check_config(of_copy_memory(paper_config))
    assert only_trained(plain) == ["copy_lstm"] and "copy_lstm" not in plan.labels(plain)
    assert note_of_only_trained(plain).endswith("no square recurrent matrix to decompose: copy_lstm (lstm)")
    paper_config["circuits"] = {"of": {"copy_lstm": {}}, "epsilons": [0.01], "atlas_trials": 8, "selection": 8}
    with pytest.raises(SchurscopeError, match="circuits.of: the networks of task 'copy_lstm' have no square"):
        check_config(paper_config)
    paper_config["circuits"] = None
    paper_config["tasks"] = {"copy_lstm": paper_config["tasks"]["copy_lstm"]}
    paper_config["figures"] |= {"learning_curves": None}
    with pytest.raises(SchurscopeError, match=r"tasks: their cells \(lstm\) have no square recurrent matrix"):
        check_config(paper_config)


def test_a_running_median_and_the_first_update_below():
    loss = np.concatenate([np.full(20, 0.5), np.full(30, 0.05)])
    loss[3], loss[40] = np.nan, 9.0
    expected = [np.median(np.where(np.isnan(loss), np.inf, loss)[max(0, k - 5) : k + 6]) for k in range(50)]
    assert np.array_equal(curves.running(loss), expected)
    assert curves.below(loss) == next(k for k in range(50) if expected[k] < 0.09)
    assert np.isnan(curves.below(np.full(20, 0.5)))


def test_readings_of_theta_by_hand():
    parameters = {"X": np.zeros((4, 4)), "gamma": np.array([1.0, 2.0]), "theta": np.array([0.0, np.pi / 2 + 2 * np.pi])}
    parameters["T"] = np.array([[9, 9, 9, 9], [0.0, 9, 9, 9], [3, 0, 9, 9], [0, 4, 0, 9]])
    found = readings(parameters)
    whole = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [3, 0, 0, -2], [0, 4, 2, 0]])
    assert found["T_share"] == pytest.approx(5 / np.linalg.norm(whole))
    assert found["T_by_diagonal"].tolist() == pytest.approx([0, 0, 3.5, 0])
    assert found["theta_by_diagonal"].tolist() == pytest.approx([0.5, 2 / 3, 3.5, 0])
    assert found["angles"].tolist() == pytest.approx([0, np.pi / 2])
    assert sorted(found["moduli"].tolist()) == pytest.approx([1, 1, 2, 2])
    assert found["departure"] == pytest.approx(np.sqrt(35 - 10) / np.sqrt(35))


def test_the_answer_counts_solved_networks_and_says_when_it_cannot_be_given():
    known = {"task": "t", "width": 8, "init": "triangular", "metric": "cross_entropy", "removed": "T_own"}
    known |= dict.fromkeys(nonnormality_used.OF_THETA, 0.5)
    nan, numbers = np.nan, [(1, 0.2, 0.4, 0.01, 0.5), (1, 0.1, 0.005, 0.01, 0.02), (0, 0.3, 0.9, 1.0, 2.0)]
    names = ("solved", "removed_mass", "discrepancy", "intact", "without")
    table = pd.DataFrame([known | dict(zip(names, row, strict=True)) for row in numbers])
    said = nonnormality_used.in_words(table)
    assert "is there in 2 of 2 solved networks (0.15 [0.1 to 0.2] of the norm), and used in 1:" in said
    assert "cross entropy 0.01 [0.01 to 0.01] becomes 0.26 [0.02 to 0.5]" in said
    assert "not decidable, none of 1 networks is solved" in nonnormality_used.in_words(table[2:])
    normal = pd.DataFrame([known | {"removed": "RR+CR+CC"} | dict(zip(names, (1, nan, nan, 0.01, nan), strict=True))])
    assert "nothing to remove in any of 1 solved networks (less than 1e-05" in nonnormality_used.in_words(normal)


def test_two_curves_of_one_name_and_biases_in_any_order(paper_config):
    of_copy_memory(paper_config)
    first = check_config(paper_config)
    paper_config["tasks"]["copy_rnn"]["training"]["biases"] = ["b_y", "b_h"]
    assert check_config(paper_config)["tasks"]["copy_rnn"] == first["tasks"]["copy_rnn"]
    paper_config["figures"]["learning_curves"] = {"tasks": dict.fromkeys(MODELS, "RNN")}
    with pytest.raises(SchurscopeError, match="figures.learning_curves.tasks: two tasks are called 'RNN' there"):
        check_config(paper_config)


def test_a_curve_of_no_task_is_a_mistake(paper_config):
    paper_config["figures"]["learning_curves"] = {"tasks": {"lorenz": "RNN"}}
    with pytest.raises(
        SchurscopeError, match="figures.learning_curves: task 'lorenz' is not in the config; allowed: copy"
    ):
        check_config(paper_config)
