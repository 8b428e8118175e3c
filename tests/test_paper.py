"""The paper's numbers beside ours: intervals against SciPy's tests and against what they promise."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from schurscope.reports.paper import compared, half_width, paper_vs_here
from test_summaries import made


def test_the_interval_of_a_difference_is_welchs():
    """0 lies within the interval where Welch's test from the raw numbers has p above 0.05, and only there."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        ours, theirs = rng.normal(1.0, 0.3, 3), rng.normal(1.2, 0.1, 4)
        half, kind = half_width(float(np.std(theirs, ddof=1) / 2), 4, ours)
        tested = ttest_ind(ours, theirs, equal_var=False)
        assert kind == "difference of means" and half == pytest.approx(np.diff(tested.confidence_interval(0.95))[0] / 2)
        found = compared(float(theirs.mean()), float(np.std(theirs, ddof=1) / 2), 4, ours, 0.0)
        assert (found["verdict"] == "differs") == (tested.pvalue < 0.05)


@pytest.mark.parametrize("networks", [1, 3])
def test_equal_networks_differ_in_one_of_twenty(networks):
    """A prediction interval holds the mean of further networks of the same kind in 95 %."""
    rng = np.random.default_rng(1)
    differs = 0
    for _ in range(4000):
        ours, further = rng.normal(5.0, 1.0, 3), rng.normal(5.0, 1.0, networks).mean()
        differs += compared(float(further), math.nan, networks, ours, 0.0)["verdict"] == "differs"
    assert differs / 4000 == pytest.approx(0.05, abs=0.012)


def test_numbers_that_are_nearly_equal_get_one_verdict():
    """Fig. 1 says 0.639 and Table 1 0.634 of the same network."""
    ours = np.array([0.565, 0.609, 0.628])
    verdicts = {compared(value, math.nan, 1, ours, 0.0005)["verdict"] for value in (0.639, 0.634)}
    assert verdicts == {"agrees"}


def test_what_cannot_be_decided():
    assert compared(0.5, math.nan, 1, np.array([0.4]), 0.0)["reason"] == "one network has no spread"
    assert compared(0.5, 0.1, 3, np.array([]), 0.0)["reason"] == "no network is solved"
    spread = compared(0.5, 0.1, 3, np.array([0.1, 0.5, 0.9]), 0.0)
    assert spread["verdict"] == "not decidable" and "wider than the paper's number" in spread["reason"]
    assert compared(1.0, math.nan, 1, np.array([0.9996, 0.9996]), 0.0005)["verdict"] == "agrees", "the paper rounds"
    assert compared(1.0, math.nan, 1, np.array([0.9994, 0.9994]), 0.0005)["verdict"] == "differs"


def test_only_solved_networks_that_have_an_effect_count():
    """Of three solved networks one has nothing in RR; a fourth is not solved."""
    summary = made([0.2, 0.4, 0.0, 9.0], mass=[0.1, 0.1, 0.0, 0.1], solved=[1, 1, 1, 0])
    row = {"source": "Fig. 2", "task": "made", "width": 4, "init": "orthogonal", "alpha": 0.9, "metric": "delta_fvu"}
    row |= {"value": 0.3, "sem": 0.01, "networks": 3, "note": ""}
    paper = pd.DataFrame([row | {"removed": "RR"}, row | {"removed": "RR", "width": 5}, row | {"removed": "CR"}])
    table = paper_vs_here(paper, [summary])
    here = table.iloc[0]
    assert here["here"] == pytest.approx(0.3) and here["here_sem"] == pytest.approx(0.1)
    assert (here["n"], here["networks_solved"], here["networks_empty"], here["paper_n"]) == (2, 3, 1, 3)
    assert table["verdict"].tolist()[1:] == ["not in this config", "empty here"]
