"""Exactly what a change touches is made again, by Snakemake's own summary; for blocks of two seeds and of one."""

import itertools
import shutil

import pytest

from conftest import Study, checkout

pytestmark = pytest.mark.slow
NETWORKS = ("copy/n6/orthogonal", "copy/n6/cayley", "flipflop/n6/orthogonal")
CHAIN = ("networks", "schur", "ablation", "cuts")
FRONT = {"index.html", "report.rst", "settings.yaml"}  # which says how all was made
SUMMARIES = {"summary/copy.nc", "summary/flipflop.nc"}


@pytest.fixture(params=["finished_alone", "finished"])
def done(request):
    """A finished study whose config may be changed."""
    study = request.getfixturevalue(request.param)
    changed = Study(study.folder)
    changed.config["seeds_per_job"] = study.config["seeds_per_job"]
    return changed


def blocks(study, seeds=(0, 1, 2)):
    size = study.config["seeds_per_job"]
    return sorted({f"{s // size * size}-{s // size * size + size - 1}" for s in seeds})


def chain(study, networks=NETWORKS, seeds=(0, 1, 2), stages=CHAIN) -> set[str]:
    """The files of these stages and networks, for the blocks of these seeds."""
    return {f"{s}/{n}/seeds{b}.nc" for s, n, b in itertools.product(stages, networks, blocks(study, seeds))}


def seed_3(study):
    study.config["seeds"].append(3)
    return chain(study, seeds=[3]) | SUMMARIES


def seed_4(study):
    study.config["seeds"].append(4)
    return chain(study, seeds=[4]) | SUMMARIES


def without_seed_2(study):
    study.config["seeds"].remove(2)
    return SUMMARIES


def alpha(study):
    study.config["ablation"]["alphas"].append(0.7)
    return chain(study, stages=["ablation"]) | SUMMARIES


def width(study):
    study.config["tasks"]["flipflop"]["widths"].append(8)
    return chain(study, ["flipflop/n8/orthogonal"]) | {"summary/flipflop.nc"}


def init(study):
    study.config["tasks"]["copy"]["inits"].append("normal")
    return chain(study, ["copy/n6/normal"]) | {"summary/copy.nc"}


def learning_rate(study):
    study.config["tasks"]["flipflop"]["training"] = {"learning_rate": 0.01}
    return chain(study, ["flipflop/n6/orthogonal"]) | {"summary/flipflop.nc"}


def two_swapped(study):
    """check_every and validation_trials, 20 and 16."""
    study.config["training"] |= {"check_every": 16, "validation_trials": 20}
    return chain(study) | SUMMARIES


def trials_of_one_task(study):
    study.config["tasks"]["flipflop"]["ablation"] = {"trials": 17}
    return chain(study, ["flipflop/n6/orthogonal"], stages=["ablation"]) | {"summary/flipflop.nc"}


def a_figure(study):
    study.config["figures"]["alpha"] = 0.5
    return set()


@pytest.mark.parametrize(
    "change",
    [
        seed_3, seed_4, without_seed_2, alpha, width, init, learning_rate, two_swapped, trials_of_one_task, a_figure,
    ],
)  # fmt: skip
def test_a_changed_config(done, change):
    expected = change(done)
    pending = done.pending()
    assert {path for path in pending if path.endswith(".nc")} == expected
    figures = {path for path in pending if path.startswith("figures/")}
    tables = {path for path in pending if path.startswith("tables/")}
    assert figures and bool(tables) == (change is not a_figure)
    assert pending - {"explorer.html"} == expected | figures | tables | FRONT


def test_the_same_config_in_other_words(done):
    config = done.config
    config["training"] = dict(reversed(config["training"].items()))
    config["tasks"]["copy"]["training"]["horizon"] = 4.0
    config["ablation"]["alphas"].reverse()
    assert done.pending() == set()


@pytest.fixture
def elsewhere(done, tmp_path):
    """A fresh checkout, and the finished study copied to another folder."""
    checkout(tmp_path / "checkout")
    shutil.copytree(done.folder, tmp_path / "study")
    moved = Study(tmp_path / "study", tmp_path / "checkout")
    moved.config = done.config
    return moved


def edit(study, file, old, new):
    path = study.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_fresh_checkout(elsewhere):
    """With Snakemake's memory and without; comments, docstrings and time stamps do not count, nor do new names."""
    edit(elsewhere, "scripts/train.py", '"""Rule train:', '"""The rule train:')
    edit(elsewhere, "scripts/schurscope/cells/rollout.py", "# autonomous steps", "# in a replay, autonomous steps")
    edit(
        elsewhere,
        "scripts/schurscope/foundations/registry.py",
        '"sine": ',
        '"waves": "schurscope.tasks.waves",\n        "sine": ',
    )
    edit(elsewhere, "config.yaml", "# The paper's experiment", "# An experiment")
    (elsewhere.root / "scripts/schurscope/tasks/waves.py").write_text("from schurscope.tasks.sine import TASK\n")
    for file in elsewhere.root.rglob("*"):
        file.touch()
    assert elsewhere.pending() == set()
    assert "Snakemake's memory" not in elsewhere.snakemake("--dry-run").stderr
    shutil.rmtree(elsewhere.folder / ".snakemake")
    assert elsewhere.pending() == set()
    said = elsewhere.snakemake("--dry-run")
    assert "Snakemake's memory of the settings that they were made with" in said.stdout + said.stderr


CODE = {  # file, what stands there, what comes instead -> stages of the networks that are made again
    "an engine": ("scripts/schurscope/training/engines/compiled.py", "2.0 if lowers", "1.5 if lowers", CHAIN),
    "the Schur form": ("scripts/schurscope/schur/ordering.py", "TIE = 10", "TIE = 9", CHAIN[1:]),
    "the grid": ("scripts/schurscope/stages/ablate.py", "np.full(", "np.full_like(", ["ablation"]),
    "the scores at every cut": ("scripts/schurscope/stages/score_cuts.py", "np.arange(1,", "np.arange(0,", ["cuts"]),
}


@pytest.mark.parametrize("change", CODE)
def test_changed_code(elsewhere, change):
    file, old, new, stages = CODE[change]
    edit(elsewhere, file, old, new)
    pending = elsewhere.pending()
    assert {path for path in pending if path.startswith(CHAIN)} == chain(elsewhere, stages=stages)
    assert (SUMMARIES <= pending) == ("ablation" in stages), "nothing is made of the scores at every cut"


@pytest.mark.parametrize(("library", "stages"), [("numpy", CHAIN), ("scipy", CHAIN[1:]), ("torch", ())])
def test_another_version_of_a_library(elsewhere, tmp_path, monkeypatch, library, stages):
    found = tmp_path / "installed" / f"{library}-9.0.dist-info"
    found.mkdir(parents=True)
    (found / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {library}\nVersion: 9.0\n")
    monkeypatch.setenv("PYTHONPATH", str(found.parent))
    assert {path for path in elsewhere.pending() if path.startswith(CHAIN)} == chain(elsewhere, stages=stages)


@pytest.mark.parametrize(
    ("name", "old", "new"), [("copy", "< symbols", "<= symbols"), ("flipflop", "signs(1", "signs(2")]
)
def test_a_changed_task_is_its_own(elsewhere, name, old, new):
    edit(elsewhere, f"scripts/schurscope/tasks/{name}.py", old, new)
    networks = [network for network in NETWORKS if network.startswith(name)]
    assert {path for path in elsewhere.pending() if path.startswith(CHAIN)} == chain(elsewhere, networks, stages=CHAIN)


def test_a_changed_figure_draws_those_beside_it(elsewhere):
    edit(
        elsewhere,
        "scripts/schurscope/reports/figures/spectra.py",
        "import altair as alt",
        "import altair as alt\n\nNEW = 1",
    )
    assert elsewhere.pending() == {
        f"figures/{figure}/{task}{ending}"
        for task in ("copy", "flipflop")
        for figure in (
            "alpha_sweep",
            "outputs",
            "spectra",
            "schur_matrix",
            "training_curves",
            "trajectories",
            *["accuracy_by_lag"] * (task == "copy"),
        )
        for ending in (".html", ".svg", "_8.5cm.svg", "_17.5cm.svg", ".png", ".rst")
    }
