"""What the front page is given besides results: where it leads, seen from its own folder."""

import os
from pathlib import Path

from schurscope.foundations.canonical_json import canonical
from schurscope.workflow import plan
from schurscope.workflow.charts import charts
from schurscope.workflow.config.unprofiled import only_trained

COMMON = ("training", "ablation")  # what each task's own section has in it


def index_settings(plain: dict, tables: list[str]) -> str:
    """For rule index. ``plain``: the checked config, all of which the page shows; ``tables``: their files."""
    names = list(dict.fromkeys(Path(path).stem for path in tables))
    pages = {"trust": "trust/trust.html"} if plan.diagnostics(plain) else {}
    pages |= {"explorer": "explorer.html"} if plain["cuts"] and plan.labels(plain) else {}
    pages |= {"census": "census/census.html"} if plain["census"] else {}
    settings = {
        "alpha": plain["figures"]["alpha"],
        "near": plan.near(plain),
        "pages": pages | {name: f"tables/{name}.html" for name in ("paper_vs_here", "networks")},
        "tables": [{"called": name.replace("_", " "), "href": f"tables/{name}.html"} for name in names],
        "figures": [
            {"category": chart.category, "called": chart.called, "task": label, "href": f"figures/{chart.file}.html"}
            for label in (None, *plan.labels(plain), *only_trained(plain))
            for chart in charts(plain, label)
        ],
        "data": [{"called": name, "href": f"{folder}/"} for name, folder in _data(plain).items()],
        "checked": {key: part for key, part in plain.items() if key not in COMMON},
    }
    return canonical(settings)


def _data(plain: dict) -> dict[str, str]:
    """Stage -> its folder."""
    trained = os.path.relpath(plain["folders"]["trained"], plain["folders"]["results"])
    stages = ["ablation", "summary", *(["cuts"] if plain["cuts"] else []), *plan.diagnostics(plain)]
    stages += ["atlas", "circuit", "circuit_summary"] if plan.circuit_blocks(plain) else []
    stages += ["dataset"] if plain["census"] else []
    of_training = {stage: os.path.normpath(f"{trained}/{stage}") for stage in ("networks", "schur")}
    return of_training | {stage: stage for stage in stages}
