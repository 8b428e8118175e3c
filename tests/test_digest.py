"""The code digest changes exactly when code does."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from schurscope.workflow.digest import digests

ROOT = Path(__file__).resolve().parent.parent
CODE = "from schurscope.workflow.digest import digest; print(digest({!r}, {!r}))"
TRAIN = (
    "train.py",
    [
        "schurscope.tasks.sine",
        "schurscope.cells.tanh",
        "schurscope.constructions.cayley",
        "schurscope.training.engines.fused",
    ],
)
ABLATE = ("ablate.py", ["schurscope.tasks.sine", "schurscope.cells.tanh"])


@pytest.fixture
def tree(tmp_path):
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def digest(tree, of, python=sys.executable, path=""):
    command = [python, "-B", "-c", CODE.format(*of)]
    done = subprocess.run(
        command, cwd=tree / "scripts", capture_output=True, text=True, env={"PYTHONPATH": f"{tree / 'scripts'}:{path}"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def change(tree, file, old, new):
    path = tree / "scripts" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_comments_docstrings_and_layout_change_nothing(tree):
    before = digest(tree, TRAIN)
    change(tree, "schurscope/tasks/sine.py", '"""Frequency-cued', '"""A frequency-cued')
    change(tree, "schurscope/cells/rollout.py", "# autonomous steps", "# in a replay, autonomous steps")
    change(
        tree,
        "schurscope/training/loop.py",
        "networks = _going_on(group, networks)",
        "networks = (\n                _going_on(group, networks))",
    )
    (tree / "scripts/train.py").touch()
    assert digest(tree, TRAIN) == before


def test_a_template_belongs_to_the_module_that_fills_it(tree):
    trust, tables = ("write_trust.py", []), ("write_tables.py", [])
    before = digest(tree, trust), digest(tree, tables)
    change(tree, "schurscope/reports/trust/page.html.jinja", "<h1>", "<h1 >")
    assert digest(tree, trust) != before[0] and digest(tree, tables) == before[1]
    explorer = "write_explorer.py", []
    before = digest(tree, explorer)
    change(tree, "schurscope/reports/explorer/explorer.numbers.js", "Math.tanh(z)", "Math.sin(z)")
    assert digest(tree, explorer) != before


def test_words_for_people_change_nothing(tree):
    before = digest(tree, TRAIN)
    change(tree, "schurscope/training/loop.py", "training horizon is now %d steps", "the horizon is %d steps")
    change(tree, "schurscope/foundations/errors.py", "class SchurscopeError", "class  SchurscopeError")
    change(tree, "schurscope/foundations/registry.py", "does not exist; allowed:", "is unknown; allowed:")
    change(tree, "schurscope/training/groups.py", "; engines that work here:", "; these work here:")
    assert digest(tree, TRAIN) == before
    change(tree, "schurscope/training/loop.py", 'log.info("the horizon', 'self.left.pop("the horizon')
    assert digest(tree, TRAIN) != before


@pytest.mark.parametrize(
    ("file", "old", "new", "trains", "ablates"),
    [
        ("schurscope/tasks/sine.py", "xp.sin(", "xp.cos(", True, True),
        ("schurscope/cells/rollout.py", "drive += weights.b_h", "drive -= weights.b_h", True, True),
        ("schurscope/cells/tanh.py", "np.tanh(", "np.sin(", True, True),
        ("schurscope/cells/relu.py", "z <= 0", "z < 0", False, False),
        ("schurscope/metrics/cross_entropy.py", "unit = 1.0", "unit = 2.0", False, False),
        ("schurscope/training/engines/fused.py", "1 - rule.beta1,", "2 - rule.beta1,", True, False),
        ("schurscope/training/engines/compiled.py", "2.0 if lowers", "3.0 if lowers", True, False),
        ("schurscope/constructions/cayley.py", "U.mT) / 2", "U.mT) / 3", True, False),
        ("schurscope/constructions/normal.py", "1.0 / 6.0", "1.0 / 5.0", False, False),
        ("schurscope/tasks/copy.py", "heard", "known", False, False),
        ("schurscope/schur/ordering.py", "TIE = 10", "TIE = 9", False, True),
        ("schurscope/foundations/streams.py", "2.0**-53", "2.0**-52", True, True),
        (
            "schurscope/foundations/registry.py",
            '"sine": ',
            '"waves": "schurscope.tasks.waves",\n        "sine": ',
            False,
            False,
        ),
        ("job.py", "threadpool_limits(1)", "threadpool_limits(2)", True, True),
        ("train.py", "wildcards.task, tell", "wildcards.init, tell", True, False),
    ],
)
def test_a_change_reaches_who_imports_it(tree, file, old, new, trains, ablates):
    before = digest(tree, TRAIN), digest(tree, ABLATE)
    change(tree, file, old, new)
    assert (digest(tree, TRAIN) != before[0], digest(tree, ABLATE) != before[1]) == (trains, ablates)


def test_an_installed_version_counts_where_it_is_used(tree, monkeypatch):
    """A library that is not in the lock, or of another version than it, counts as it is."""
    parts = {name: digests(*of) for name, of in (("train", TRAIN), ("ablate", ABLATE))}
    assert {"numpy", "numba", "array_api_compat", "xarray"} <= parts["train"].keys()
    assert {"numpy", "scipy", "xarray"} <= parts["ablate"].keys() and "numba" not in parts["ablate"]
    assert not {"torch", "altair", "pandas"} & parts["train"].keys()
    assert parts["train"]["numpy"] == np.__version__
    found = tree / "elsewhere" / "numpy-9.0.dist-info"
    found.mkdir(parents=True)
    (found / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 9.0+cpu\n")
    before = digest(tree, TRAIN)
    assert digest(tree, TRAIN, path=found.parent) != before
    (found / "METADATA").write_text(f"Metadata-Version: 2.1\nName: numpy\nVersion: {np.__version__}+cpu\n")
    assert digest(tree, TRAIN, path=found.parent) == before


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_equal_on_every_python(tree, version):
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"no python{version} on this machine")
    libraries = Path(np.__file__).parents[1]
    assert digest(tree, TRAIN, python, libraries) == digest(tree, TRAIN)
