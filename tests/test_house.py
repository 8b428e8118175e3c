"""Promises about the tree: versions said once, layers that stay apart, clean style, files short enough to read."""

import ast
import importlib
import importlib.machinery
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

from schurscope.foundations.registry import REGISTRY, load

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "scripts" / "schurscope"


def imported(file):
    names = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def locked() -> dict[str, str]:
    lines = (ROOT / "envs" / "lock.txt").read_text(encoding="utf-8").lower().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def required() -> list[str]:
    """What the workflow needs of what pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lists = [project["dependencies"], *(extras[name] for name in ("census", "torch", "train", "workflow"))]
    return [line.lower() for lines in lists for line in lines if not line.startswith("schurscope")]


def test_ranges_have_tested_lower_ends_and_no_upper_ones():
    assert all(re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", line) for line in required()), required()


def test_the_lock_has_versions_only():
    """No address, no hash, no build: then a CPU and a CUDA build of torch both satisfy it."""
    assert all(re.fullmatch(r"[0-9.a-z]+", version) for version in locked().values())
    assert {line.split(">=")[0] for line in required()} <= locked().keys()


def test_conda_says_the_same_versions():
    expected = {name: locked()[name] for name in (line.split(">=")[0] for line in required())}
    expected["pytorch"] = expected.pop("torch")
    for file in (ROOT / "envs").glob("*.yaml"):
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))["dependencies"]
        found = dict(entry.split(" =") for entry in listed if not entry.startswith("python "))
        assert found == expected, file


def test_the_library_knows_nothing_of_snakemake():
    for file in LIBRARY.rglob("*.py"):
        assert not any(name.startswith("snakemake") for name in imported(file)), file


def test_names_are_imported_from_where_they_are_defined():
    """The code digest follows import statements: a name that a package fetches when asked would be lost to it."""
    for file in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("schurscope"):
                package = importlib.import_module(node.module)
                for alias in node.names:
                    found = alias.name in vars(package) or importlib.util.find_spec(f"{node.module}.{alias.name}")
                    assert found, f"{file}: {alias.name} is not defined in {node.module}"


def test_the_wheel_has_what_is_no_code():
    """Templates and schemas lie beside the modules that use them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = {
        file for glob in project["tool"]["setuptools"]["package-data"]["schurscope"] for file in LIBRARY.glob(glob)
    }
    files = {file for file in LIBRARY.rglob("*") if file.is_file() and "__pycache__" not in file.parts}
    assert {file for file in files if file.suffix != ".py"} == packed


def test_a_name_belongs_to_one_module():
    """But an analysis and its report share theirs; so do a script and the stage that it runs."""
    files = [
        file for file in LIBRARY.rglob("*.py") if file.name != "__init__.py" and file.stem not in REGISTRY["diagnostic"]
    ]
    stems = sorted(file.stem for file in files)
    assert len(set(stems)) == len(stems), [stem for stem in stems if stems.count(stem) > 1]
    assert len([*LIBRARY.glob("*.py")]) <= 7


def test_imports_go_downward():
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_planning_never_imports_torch():
    code = "import sys; sys.path.insert(0, 'scripts'); "
    code += "import schurscope.workflow.config.whole, schurscope.workflow.plan, schurscope.workflow.digest; "
    code += "sys.exit(bool({'torch', 'scipy', 'xarray', 'pandas', 'altair'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
    for file in [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")]:
        assert not re.search(r"^\s*(import|from)\s+torch", file.read_text(encoding="utf-8"), re.M), file


def test_every_registered_name_can_be_loaded():
    for kind, names in REGISTRY.items():
        for name in names:
            load(kind, name)


def test_no_module_shadows_an_installed_package():
    """scripts/ is on the import path of every job."""
    elsewhere = [path for path in sys.path if Path(path).resolve() != ROOT / "scripts"]
    for file in (ROOT / "scripts").glob("*.py"):
        found = importlib.machinery.PathFinder.find_spec(file.stem, elsewhere)
        assert found is None, f"{file.name} hides the installed package {found.origin}"


def run(*command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_style():
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")
    run("snakefmt", "--check", "Snakefile", "rules")


def test_snakemake_lint():
    run("snakemake", "--lint")
