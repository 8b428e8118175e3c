"""`make findings`: docs/findings.json and docs/findings.md from results: the paper's experiment, studies, the census.

Where a study's results are not there, its numbers stay as they are in docs/findings.json, and that is said.
"""

import json
import sys
from pathlib import Path

import pandas as pd
import yaml
from snakemake.utils import update_config

from schurscope.foundations.errors import SchurscopeError
from schurscope.reports import findings
from schurscope.store import files, netcdf
from schurscope.workflow import plan
from schurscope.workflow.config.whole import check_config

ROOT = Path(__file__).resolve().parent.parent
STUDIES = ("copy_recipes", "definitions")


def config_of(study: str | None) -> dict:
    """The checked config of the paper's experiment, or of a study."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    if study:
        update_config(config, yaml.safe_load((ROOT / "studies" / f"{study}.yaml").read_text(encoding="utf-8")))
    return check_config(config)


def results(config: dict, stage: str, kind: str, labels=None) -> list:
    """The files of a stage, one a task (of all tasks, or of some)."""
    folder = ROOT / config["folders"]["results"] / stage
    return [netcdf.read(folder / f"{label}.nc", kind) for label in labels or plan.labels(config)]


def cells_of(study: str, alpha: float, known: dict) -> list:
    """What came out of a study, or what is known of it."""
    try:
        return findings.cells(results(config_of(study), "summary", "summary"), alpha)
    except SchurscopeError:
        if study not in known:
            raise
        print(f"the results of studies/{study}.yaml are not there: its numbers in docs/findings.json stay")
        return known[study]


def census(known: dict | None) -> dict:
    """What the census says, or what is known of it."""
    path = ROOT / config_of("census")["folders"]["results"] / "census" / "said.json"
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    if known is None:
        raise SchurscopeError(f"{path} is not there (make census)")
    print("the results of studies/census.yaml are not there: what docs/findings.json says of it stays")
    return known


def main() -> None:
    paper = config_of(None)
    alpha = paper["figures"]["alpha"]
    known = json.loads((ROOT / "docs" / "findings.json").read_text(encoding="utf-8"))
    numbers = findings.collected(
        pd.read_csv(ROOT / "report" / "paper_values.csv"),
        results(paper, "summary", "summary"),
        results(paper, "circuit_summary", "circuit_summary", paper["circuits"]["of"]),
        {name: results(paper, f"diagnostics/{name}", "diagnostic") for name in plan.diagnostics(paper)},
        {study: cells_of(study, alpha, known["studies"]) for study in STUDIES},
        census(known.get("census")),
        alpha,
    )
    files.write_text(ROOT / "docs" / "findings.json", findings.as_json(numbers))
    files.write_text(ROOT / "docs" / "findings.md", findings.text(numbers, ROOT / "report" / "findings.md.jinja"))
    print("docs/findings.md and docs/findings.json are written")


if __name__ == "__main__":
    try:
        main()
    except SchurscopeError as mistake:
        sys.exit(f"{mistake} (make paper, make definitions and make copy-recipes make what this reads)")
