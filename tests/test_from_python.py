"""docs/from_python.md: its code runs as it stands there, and says what the workflow's own files would."""

import re

import numpy as np

from conftest import ROOT
from schurscope.schur.form import ordered_schur


def test_the_page_runs(capsys):
    text = (ROOT / "docs" / "from_python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict = {}
    for block in blocks:
        exec(compile(block, "from_python.md", "exec"), names)  # this repository's own text
    assert len(blocks) == 3 and capsys.readouterr().out.count("\n") > 10
    networks, summary = names["networks"], names["summary"]
    assert networks.solved.values.all(), "the page trains networks that do their task"
    assert np.allclose(names["schur"].modulus.sel(seed=1), np.abs(form_of(networks, 1).eigenvalues))
    assert summary.sizes["seed"] == 3 and names["order"].sizes["draw"] == 8


def form_of(networks, seed):
    return ordered_schur(networks.W_hh.sel(seed=seed).values)
