"""docs/findings.md is what `make findings` prints from its numbers, and holds no number that was typed by hand."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from schurscope.reports import findings
from test_summaries import made

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "report" / "findings.md.jinja"
NO_RESULTS = {  # numbers in the template's own words that are names, definitions or settings
    "1e-5": "the limit of an empty removal",
    "8": "copy: channels and steps",
    "64": "their product",
    "56": "the narrowest network",
    "72": "of studies/copy_recipes.yaml",
    "3": "section of the paper",
    "4": "section of the paper",
    "1": "Fig. 1, Table 1; the paper's accuracy",
    "2": "Fig. 2",
    "95": "% intervals",
    "5": "% of false discoveries",
}


def test_the_text_is_what_the_numbers_say():
    numbers = json.loads((ROOT / "docs" / "findings.json").read_text(encoding="utf-8"))
    assert findings.text(numbers, TEMPLATE) == (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


def test_no_number_is_typed_by_hand():
    words = re.sub(r"{%.*?%}|{{.*?}}", "", TEMPLATE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"\d[\d.,e-]*(?<![.,])", words)) <= set(NO_RESULTS)


def test_a_cell_is_mean_and_spread_of_its_solved_networks():
    effects = np.array([0.2, 0.5, 0.0, 9.0])
    (cell,) = findings.cells([made(effects, mass=[0.1, 0.1, 0.0, 0.1], solved=[1, 1, 1, 0])], 0.9)
    assert (cell["networks"], cell["solved"], cell["fragile"]) == (4, 3, 3)
    assert cell["RR"] == {"mean": pytest.approx(0.35), "sem": pytest.approx(0.15), "n": 2, "empty": 1}
    assert cell["CR"]["n"] == 0 and cell["CR"]["empty"] == 3 and cell["none"]["n"] == 3
    assert findings.spread(cell["RR"]) == "0.35 ± 0.15 (2)" and findings.spread(cell["CR"]) == "empty"


def test_circuits_are_means_over_solved_networks_that_have_couplings():
    names = ("removed_share", "numbers_left", "discrepancy", "verified", "fvu", "fvu_intact")
    values = np.arange(8.0).reshape(1, 1, 1, 4, 2)  # basis, width, init, seed, epsilon
    dims = ("basis", "width", "init", "seed", "epsilon")
    summary = xr.Dataset(
        {f"circuit_{name}": (dims, values.copy()) for name in names},
        {
            "basis": ["schur"],
            "width": [8],
            "init": ["normal"],
            "seed": range(4),
            "epsilon": [0.01, 0.1],
            "task": "sine",
        },
        {"metric": "fvu"},
    )
    summary["circuit_verified"] = summary["circuit_verified"] == 2
    summary["circuit_removed_share"][0, 0, 0, 0] = np.nan
    summary["status"] = (dims[:4], np.array(["ok", "ok", "ok", "diverged"]).reshape(1, 1, 1, 4))
    summary["solved"] = (dims[:4], np.array([1, 1, 1, 0]).reshape(1, 1, 1, 4))
    first, second = findings.circuits_of(summary)
    assert first["removed_share"] == {"mean": 3, "sem": 1, "n": 2} and first["verified"] == 1
    assert (second["epsilon"], second["intact"]["mean"], second["verified"]) == (0.1, 4, 0)


def test_what_matters_most_is_never_an_empty_sector():
    cell = {s: {"mean": m, "n": n} for s, m, n in (("RR", None, 0), ("CR", 0.2, 3), ("CC", 0.1, 3))}
    assert findings.most(cell) == "T_CR"
    assert findings.most({s: {"mean": None, "n": 0} for s in ("RR", "CR", "CC")}) == "nothing"
