"""Data files in a config: known by their bytes, left out where they are not there, counted before work starts."""

import os

import numpy as np
import pytest

import idx_files
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks import corpora, make_task
from schurscope.workflow import plan
from schurscope.workflow.charts import charts
from schurscope.workflow.config.whole import check_config


@pytest.fixture
def config(paper_config, tmp_path, monkeypatch):
    """The paper's config with one task more, whose files are in data/small below."""
    monkeypatch.chdir(tmp_path)
    idx_files.write(tmp_path / "data" / "small")
    own = {"engine": "fused", "updates": 20, "validation_trials": 20, "check_every": 10}
    paper_config["tasks"]["images"] = {
        "settings": idx_files.settings("data/small"),
        "widths": [8],
        "inits": ["orthogonal"],
        "solved": 0.9,
        "training": own,
        "ablation": {"trials": 50},
    }
    paper_config |= {"cuts": {"trials": 50}, "circuits": None}
    paper_config["diagnostics"] |= {"trials": 50}
    return paper_config


def remove_data(folder):
    (folder / "data" / "small" / idx_files.FILES[2]).unlink()


def test_settings_hold_what_the_files_hold(config, tmp_path):
    """A changed byte changes them, a time does not; a SHA-256 that the config says is checked."""
    before = check_config(config)
    text = plan.train_settings(before, "images", "0-2")
    assert before["tasks"]["images"]["settings"]["sha256"] == corpora.digests(
        make_task(idx_files.settings("data/small")).files(), {}
    )
    assert plan.data_of(before, "images") == [f"data/small/{name}" for name in idx_files.FILES]
    assert plan.data_of(before, "copy") == [] and before["left_out"] == {}
    file = tmp_path / "data" / "small" / idx_files.FILES[0]
    os.utime(file, (1, 1))
    assert plan.train_settings(check_config(config), "images", "0-2") == text
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    assert plan.train_settings(check_config(config), "images", "0-2") != text
    config["tasks"]["images"]["settings"]["sha256"] = before["tasks"]["images"]["settings"]["sha256"]
    with pytest.raises(SchurscopeError, match="config: tasks.images.settings: data/small/train.*is asked for"):
        check_config(config)


def test_a_task_without_its_files_is_left_out(config, tmp_path):
    """With one sentence; figures and circuits that name it show the others, or nothing."""
    remove_data(tmp_path)
    config["figures"]["task_profile"] |= {"tasks": ["images", *config["figures"]["task_profile"]["tasks"]]}
    config["figures"]["learning_curves"] = {"tasks": {"images": "permuted"}}
    config["circuits"] = {"of": {"images": {}, "flipflop": {}}}
    found = check_config(config)
    (sentence,) = found["left_out"].values()
    assert sentence == (
        "tasks.images is left out: data/small/t10k-images-idx3-ubyte is not there;"
        " python scripts/fetch_data.py mnist data/small gets it"
    )
    assert "images" not in plan.labels(found) and found["figures"]["learning_curves"] is None
    assert "images" not in found["figures"]["task_profile"]["tasks"] and "images" not in found["circuits"]["of"]
    assert len(charts(found, None)) > 2
    config["figures"] |= {"copy_profile": {"task": "images", "width": 8, "inits": ["orthogonal"]}}
    assert check_config(config)["figures"]["copy_profile"] is None
    config["tasks"] = {label: config["tasks"][label] for label in ("images",)}
    with pytest.raises(SchurscopeError, match="nothing is left to do: tasks.images is left out: data/small/t10k-im"):
        check_config(config)


def test_a_network_from_elsewhere_may_be_measured_on_it(config, tmp_path):
    """Its settings hold the SHA-256 of the files; without them it is left out."""
    np.savez(tmp_path / "other.npz", W_hh=np.eye(3))
    config["networks"] = {
        "other": {"weights": "other.npz", "task": idx_files.settings("data/small"), "ablation": {"trials": 9}}
    }
    found = check_config(config)
    assert found["networks"]["other"]["task"]["sha256"].keys() == set(idx_files.FILES)
    assert plan.data_of(found, "other") == plan.data_of(found, "images")
    assert "data/small" in plan.import_settings(found, "other") and '"data":' not in plan.import_settings(
        found, "other"
    )
    remove_data(tmp_path)
    assert list(check_config(config)["left_out"]) == ["images", "other"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("ablation", {"trials": 101}, ["tasks.images.ablation.trials: held_out: 101 images", "there are 100"]),
        ("training", {"validation_trials": 41}, ["tasks.images.training.validation_trials: validation: 41 images"]),
        ("circuits", {"of": {"images": {}}, "guard": 21}, ["circuits.", "images are asked for"]),
        ("cuts", {"trials": 101}, ["config: cuts.trials: held_out: 101 images"]),
    ],
)
def test_more_trials_than_there_are_get_a_sentence(config, key, value, words):
    if key in ("cuts", "circuits"):
        config[key] = value
    else:
        config["tasks"]["images"][key] |= value
    with pytest.raises(SchurscopeError) as caught:
        check_config(config)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_folder_and_a_batch_that_the_text_is_too_short_for_get_a_sentence(config, tmp_path):
    (tmp_path / "data" / "text.txt").write_text("the cat sat on the mat. " * 40)
    text = config["tasks"]["images"] | {"settings": {"task": "characters", "text": "data"}, "ablation": {"trials": 4}}
    config["tasks"], config["cuts"], config["diagnostics"] = {"text": text}, None, None
    config["figures"] |= {"copy_profile": None, "task_profile": None}
    with pytest.raises(SchurscopeError, match="config: tasks.text.settings: data is a folder; a file is needed"):
        check_config(config)
    text["settings"] |= {"text": "data/text.txt", "steps": 20}
    text |= {"solved": 2.0, "training": text["training"] | {"validation_trials": 4, "batch": 50}}
    with pytest.raises(SchurscopeError, match="tasks.text.training.batch: batch 50: the training text has 854 char"):
        check_config(config)
    text["training"]["batch"] = 5
    assert check_config(config)["tasks"]["text"]["settings"]["sha256"].keys() == {"text"}


@pytest.mark.slow
def test_bytes_decide_what_runs(study, tmp_path):
    """Snakemake: the whole chain; nothing after a touch, all of the task after another byte; then without data."""
    idx_files.write(tmp_path / "data" / "small", side=4)
    own = {"settings": idx_files.settings("data/small", side=4), "widths": [6], "inits": ["orthogonal"], "solved": 0.5}
    own |= {"training": {"engine": "fused", "updates": 60}}
    study.config["tasks"] = {"images": own, **dict.fromkeys(("copy", "flipflop", "sine", "integration"))}
    study.config["seeds"], study.config["diagnostics"] = [0], {"trials": 16, "controls": None, "dose": None}
    study.config["figures"] = {"copy_profile": None, "task_profile": None, "alpha": 0.9}
    study.config["circuits"] = {"of": {"images": {}}, "selection": 20, "guard": 20, "trials": 50, "atlas_trials": 50}
    study.config["cuts"] = {"trials": 16}
    study.run()
    assert study.pending() == set()
    file = tmp_path / "data" / "small" / idx_files.FILES[0]
    os.utime(file)
    assert study.pending() == set()
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    rest = {"networks", "schur", "ablation", "cuts", "atlas", "circuit"}
    assert {f"{stage}/images/n6/orthogonal/seeds0-1.nc" for stage in rest} <= study.pending()
    study.run()
    assert study.pending() == set()
    study.config["tasks"]["flipflop"] = {"widths": [6]}
    file.unlink()
    said = study.snakemake("--dry-run")
    assert (
        "Note: tasks.images is left out: data/small/train-images-idx3-ubyte is not there" in said.stdout + said.stderr
    )
