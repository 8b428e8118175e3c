"""The wheel in an environment of its own: wheel.py newest | oldest. Exits with 1 and a sentence where a promise breaks.

newest: what pip chooses in an empty environment. oldest: the lower ends of the ranges in pyproject.toml, which are
there already, as in somebody's own environment, and which pip must leave alone. Without the extras
torch, train and memory, then with.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 500e6  # bytes of an environment without torch
MAKE = """
import numpy as np
rng = np.random.default_rng(0)
w = {"W_hh": rng.normal(0, 0.35, (8, 8)), "W_xh": rng.normal(size=(8, 2)), "W_hy": rng.normal(size=(3, 8))}
np.savez("good.npz", **w)
np.savez("t.npz", inputs=rng.normal(size=(16, 12, 2)), targets=rng.normal(size=(16, 12, 3)))
"""
USE = """
import sys, numpy as np, schurscope
assert "site-packages" in schurscope.__file__, schurscope.__file__
assert "profile" in dir(schurscope)
from schurscope.schur import ordered_schur
from schurscope.metrics import fvu, replay_accuracy
from schurscope.tasks import make_task
from schurscope.store import open_results
w = np.load("good.npz")
one = schurscope.profile(w["W_hh"], w["W_xh"], w["W_hy"], "t.npz")
assert np.isfinite(one.fvu).all()
task = make_task({"task": "flipflop", "channels": 3})
three = np.random.default_rng(1).normal(size=(8, 3))
assert np.isfinite(schurscope.profile(w["W_hh"], three, w["W_hy"], task.held_out(8)).fvu).all()
assert not {"torch", "numba", "snakemake"} & set(sys.modules), "too much is imported"
"""
TRAIN = """
import numpy as np
from schurscope.tasks import make_task
from schurscope.training.loop import train
recipe = {"updates": 4, "batch": 4, "learning_rate": 1e-3, "clip": 1.0, "check_every": 4, "validation_trials": 4}
recipe |= {"solved": 0.05, "stop_when_solved": False}
engines = {"torch": {"device": "cpu"}, "fused": {}, "batched": {"device": "cpu"}}
task = make_task({"task": "sine"})
for init in ("normal", "cayley"):
    found = [train(task, 6, init, [0], recipe | {"engine": e} | own)[0].weights for e, own in engines.items()]
    assert all(np.allclose(one.W_hh, found[0].W_hh, atol=1e-5) for one in found)
"""
MEMORY = """
import schurscope
found = schurscope.fisher_memory([[0.5, 0.0], [1.0, 0.5]], [1.0, 0.0])
assert 1 < found.total_low <= found.total <= found.total_high
"""
SAVE = """
import numpy as np, torch
torch.save({name: torch.tensor(value) for name, value in np.load("good.npz").items()}, "good.pt")
"""


def run(command, folder, fails=False) -> str:
    """What a command prints; ends this program if it does not end as it should."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"COLUMNS": "200"}
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, env=environment)
    if (done.returncode != 0) != fails:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def lowest(*extras: str) -> list[str]:
    """numpy==2.0 for numpy>=2.0, of what is required or of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["optional-dependencies"][extra] for extra in extras] or [project["dependencies"]]
    return [requirement.replace(">=", "==") for listed in lists for requirement in listed]


def installed(python: Path, folder: Path) -> list[dict]:
    listed = run([python, "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"], folder)
    return json.loads(listed[listed.index("[") : listed.rindex("]") + 1])


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def must(holds, sentence) -> None:
    if not holds:
        sys.exit(sentence)


def main(which: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source"  # a copy: building leaves files behind, which the next wheel would take up
        shutil.copytree(
            ROOT / "scripts", source / "scripts", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
        for file in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / file, source)
        run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source], folder)
        (wheel,) = folder.glob("schurscope-*.whl")
        run([sys.executable, "-m", "venv", folder / "env"], folder)
        python, command = folder / "env" / "bin" / "python", folder / "env" / "bin" / "schurscope"
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        if which == "oldest":
            run([*pip, "install", *lowest()], folder)
        before = installed(python, folder)
        run([*pip, "install", wheel], folder)
        versions = installed(python, folder)
        must([v for v in before if v not in versions] == [], "the wheel has replaced a library that was there")
        size = size_of(folder / "env")
        must(size < LARGEST or which == "oldest", f"the environment has {size / 1e6:.0f} MB")

        run([python, "-c", MAKE], folder)
        said = run([command, "profile", "good.npz", "--trials", "t.npz"], folder)
        must("Error" not in said and "Traceback" not in said, said)
        must((folder / "good_profile.png").stat().st_size > 10_000, "there is no figure")
        run([python, "-c", USE], folder)
        (folder / "good.pt").write_bytes(b"PK")
        said = run([command, "profile", "good.pt", "--trials", "t.npz"], folder, fails=True)
        must(re.search(r"needs torch.*pip install .schurscope\[torch\]", said), f"no sentence names the extra: {said}")
        said = run([python, "-c", MEMORY], folder, fails=True)
        must("pip install 'schurscope[memory]'" in said, f"no sentence names the extra: {said}")
        names = {entry["name"].lower() for entry in versions}
        must(not {"torch", "numba", "snakemake"} & names, "the wheel brings too much")
        extras = ["torch", "numba", "python-flint"] if which == "newest" else lowest("torch", "train", "memory")
        run([*pip, "install", *extras], folder)
        run([python, "-c", SAVE], folder)
        run([command, "profile", "good.pt", "--trials", "t.npz"], folder)
        run([python, "-c", TRAIN], folder)
        run([python, "-c", MEMORY], folder)
        told = ", ".join(f"{entry['name']} {entry['version']}" for entry in versions)
        print(f"the wheel works with the {which} versions ({size / 1e6:.0f} MB): {told}")
        print("1 passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
