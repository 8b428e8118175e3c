"""docs/findings.md is what `make findings` prints from its numbers, and holds no number that was typed by hand."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

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
    "95": "% intervals",
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
