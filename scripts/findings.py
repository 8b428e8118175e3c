"""`make findings`: docs/findings.json and docs/findings.md from results: the paper's experiment and two studies."""

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


def results(config: dict, stage: str, kind: str) -> list:
    """The files of a stage, one a task."""
    folder = ROOT / config["folders"]["results"] / stage
    return [netcdf.read(folder / f"{label}.nc", kind) for label in plan.labels(config)]


def main() -> None:
    paper = config_of(None)
    numbers = findings.collected(
        pd.read_csv(ROOT / "report" / "paper_values.csv"),
        results(paper, "summary", "summary"),
        {name: results(paper, f"diagnostics/{name}", "diagnostic") for name in plan.diagnostics(paper)},
        {study: results(config_of(study), "summary", "summary") for study in STUDIES},
        paper["figures"]["alpha"],
    )
    files.write_text(ROOT / "docs" / "findings.json", findings.as_json(numbers))
    files.write_text(ROOT / "docs" / "findings.md", findings.text(numbers, ROOT / "report" / "findings.md.jinja"))
    print("docs/findings.md and docs/findings.json are written")


if __name__ == "__main__":
    try:
        main()
    except SchurscopeError as mistake:
        sys.exit(f"{mistake} (make paper, make definitions and make copy-recipes make what this reads)")
