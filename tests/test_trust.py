"""The answers in words and the rank correlations, from diagnostics whose content is known."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import spearmanr

from schurscope.foundations.errors import SchurscopeError
from schurscope.reports.trust import answers, claims, explanation, page, verdicts
from schurscope.reports.trust.per_network import per_network
from schurscope.schur.form import SECTORS
from schurscope.workflow.config.whole import check_config

PLACE = ("width", "init", "seed")


def dataset(variables, task="made", seeds=6, status="ok", **attrs):
    """A diagnostic of ``seeds`` networks from name -> (dimensions, values of one network or of each)."""
    data = {}
    for name, (dims, values) in variables.items():
        values = np.asarray(values, dtype=float)
        if values.ndim == len(dims):
            values = np.broadcast_to(values, (seeds, *values.shape))
        data[name] = ((*PLACE, *dims), values[None, None])
    data["solved"] = (PLACE, np.ones((1, 1, seeds)))
    data["status"] = (PLACE, np.full((1, 1, seeds), status))
    coords = {"task": task, "width": [8], "init": ["orthogonal"], "seed": np.arange(seeds)}
    return xr.Dataset(data, coords=coords | {"sector": list(SECTORS), "alpha": [0.9]}, attrs=attrs)


def ordered(effect, spread, change=1e-16, **options):
    draws = np.stack([np.asarray(effect) - np.asarray(spread) / 2, np.asarray(effect) + np.asarray(spread) / 2], -1)
    variables = {
        "effect": (("alpha", "sector"), [effect]),
        "removed_mass": (("alpha", "sector"), [[0.1, 0.1, 0.1]]),
        "reordered_effect": (("alpha", "sector", "draw"), [draws]),
        "cr_change": (("alpha", "draw"), [[change, change / 2]]),
    }
    return dataset(variables, **options)


def controlled(effect, mass, percentile, **options):
    variables = {
        "effect": (("sector",), effect),
        "removed_mass": (("sector",), mass),
        "percentile": (("sector", "control"), percentile),
    }
    made = dataset(variables, **options)
    made = made.assign_coords(control=["entries of N", "direction in T", "direction in the sector"])
    return made.assign_coords(draw=np.arange(16)).assign(control_effect=(("draw",), np.zeros(16)))


def test_verdicts_in_words():
    effect, mass = [0.4, 0.3, 0.001], [0.2, 0.1, 0.3]
    datasets = {
        "order": [ordered(effect, [0.2, 0.0, 0.0])],
        "controls": [controlled(effect, mass, [[99] * 3, [10] * 3, [0] * 3])],
    }
    table = per_network(datasets, 0.9)
    assert len(table) == 18 and set(table["sector"]) == set(SECTORS)
    found = verdicts.verdicts(table).set_index("sector")
    assert found.loc["RR", "verdict"] == "needed; depends on the order"
    assert found.loc["CR", "verdict"] == "needed; but less than most random changes of its size"
    assert found.loc["CC", "verdict"].startswith("may go") and found.loc["RR", "depends on order"] == "6 of 6"
    said = answers.answers(datasets, table, found.reset_index())
    assert (
        "at most 1e-16 of its norm" in said["order"]
        and "more than a quarter of itself (and by more than 0.01) in 6 of 6" in said["order"]
    )
    assert "−RR 6, 6, 6 of 6; −CR 0, 0, 0 of 6; −CC 0, 0, 0 of 6" in said["controls"]
    text = page.page(said, ["a <claim>"], found.reset_index(), {name: "<?xml?><svg/>" for name in said}, 0.9, table)
    assert "a &lt;claim&gt;" in text and "<?xml?>" not in text and text.count("<svg/>") == 2


def test_empty_sectors_and_small_ranges():
    table = per_network(
        {
            "order": [ordered([0.02, 0.0, -0.3], [0.009, 0.0, 0.0])],
            "controls": [controlled([0.02, 0.0, -0.3], [0.1, 1e-9, 0.1], np.full((3, 3), 60.0))],
        },
        0.9,
    )
    found = verdicts.verdicts(table).set_index("sector")
    assert found.loc["RR", "verdict"] == "needed", "a range below 0.01 is no dependence, however small the effect"
    assert found.loc["CR", "verdict"] == "empty: nothing is removed" and found.loc["CC", "verdict"] == "better without"


def test_networks_without_a_schur_form_are_left_out():
    gone = ordered([0.1, 0.1, 0.1], [0, 0, 0], status="diverged", task="gone")
    assert set(per_network({"order": [ordered([0.1, 0.1, 0.1], [0, 0, 0]), gone]}, 0.9)["task"]) == {"made"}


def test_claims_of_the_paper():
    row = {"task": "copy", "width": 72, "init": "orthogonal", "n": 3, "solved": "3 of 3"}
    effects = {"RR": 0.3, "CR": 0.4, "CC": 0.0}
    rows = [row | {"sector": s, "effect": e, "verdict": "needed" if e else "may go"} for s, e in effects.items()]
    rows[0]["verdict"] = "needed; depends on the order; the cut is fragile"
    (said,) = claims.claims(pd.DataFrame(rows))
    assert "neither T_RR nor T_CR”: supported" in said and "effect of −RR depends on the order" in said
    assert "the cut is fragile" in said
    rows[2]["effect"] = 0.5
    assert "not supported" in claims.claims(pd.DataFrame(rows))[0]
    assert claims.claims(pd.DataFrame(rows[:2])) == []


def test_what_was_not_measured_is_empty():
    found = verdicts.verdicts(per_network({"order": [ordered([0.3, 0.0, 0.0], [0, 0, 0])]}, 0.9)).set_index("sector")
    assert (found["cut moves"] == "").all() and (found["candidate"] == "").all() and found["percentile"].isna().all()
    assert found.loc["CR", "verdict"] == "may go"


def test_no_network_with_a_schur_form():
    datasets = {"order": [ordered([0.1] * 3, [0] * 3, status="diverged")]}
    table = per_network(datasets, 0.9)
    said = answers.answers(datasets, table, verdicts.verdicts(table))
    assert said == {"order": "No network has a Schur form, so there is nothing to say."}


def test_most_networks_decide():
    """Means can hide that networks differ."""
    effects = np.array([[3.0, 0, 0]] * 2 + [[-7.0, 0, 0]] + [[3.0, 0, 0]] * 3)
    datasets = {"controls": [controlled(effects, [0.1, 0.1, 0.1], np.full((3, 3), 99.0))]}
    table = per_network(datasets, 0.9)
    assert verdicts.verdicts(table).set_index("sector").loc["RR", "verdict"] == "needed in 5 of 6"
    assert "−RR 5, 5, 5 of 6" in answers.answers(datasets, table, None)["controls"]


def test_a_sentence_is_not_more_certain_than_its_numbers():
    alike = explained(6, lambda rng: (rng.random(3), 0.1 + rng.random(3), rng.random(3)))
    assert "about as well as" in answers.answers({"subspace": [alike]}, None, None)["subspace"]
    few = explained(2, lambda rng: (rng.random(3), 0.1 + rng.random(3), rng.random(3)))
    assert "too few networks for intervals" in answers.answers({"subspace": [few]}, None, None)["subspace"]
    nothing = explained(3, lambda rng: (rng.random(3), np.zeros(3), rng.random(3)))
    assert (
        "too few networks with something to remove" in answers.answers({"subspace": [nothing]}, None, None)["subspace"]
    )
    failed = {"order": [ordered([0.1] * 3, [0] * 3, change=1e-3)]}
    assert answers.answers(failed, per_network(failed, 0.9), None)["order"].startswith("The numerics have failed")


def explained(seeds, make):
    """A subspace diagnostic; ``make(rng)`` gives (discrepancy, mass, activity mass) of a network's three sectors."""
    rng = np.random.default_rng(0)
    values = np.array([make(rng) for _ in range(seeds)])
    variables = {
        "discrepancy": (("sector",), values[:, 0]),
        "effect": (("sector",), values[:, 0]),
        "mass": (("sector",), values[:, 1]),
        "activity_mass": (("sector",), values[:, 2]),
        "overlap": (("sector", "subspace", "side"), rng.random((seeds, 3, 3, 2))),
    }
    made = dataset(variables, seeds=seeds, resamples=200)
    return made.assign_coords(subspace=["principal components", "readout", "condition means"], side=["input", "output"])


def test_the_predictor_that_is_right_by_construction():
    """The discrepancy is the activity-weighted mass; the Frobenius mass is noise."""

    def make(rng):
        activity = rng.random(3)
        return activity, 0.1 + rng.random(3), activity

    made = explained(20, make)
    table = explanation.predictors([made])
    found = explanation.correlations(table, 200).set_index("predictor")
    assert len(table) == 60 and found.loc["activity-weighted mass", "n"] == 20
    assert found.loc["activity-weighted mass", "rho"] == pytest.approx(1)
    assert found.loc["Frobenius mass", "low"] < 0.1 < 0.6 < found.loc["activity-weighted mass", "low"]
    said = answers.answers({"subspace": [made]}, None, None)["subspace"]
    assert "better than its Frobenius mass (ρ = 1.00" in said and "activity accounts for 100%" in said


def test_rank_correlation_is_scipys_and_intervals_cover():
    rng = np.random.default_rng(3)
    x = rng.random(40)
    y = x + 0.5 * rng.random(40)
    whole, low, high = explanation.correlation(x, y, np.arange(40), 500)
    assert whole == pytest.approx(spearmanr(x, y).statistic, abs=1e-12) and low < whole < high
    again = explanation.correlation(x, y, np.arange(40), 500)
    assert (whole, low, high) == again
    assert np.isnan(explanation.correlation(x[:3], y[:3], np.arange(3), 50)[1]), "no interval for three networks"
    assert np.isnan(explanation.correlation(np.ones(9), x[:9], np.arange(9), 50)[0])


def test_empty_sectors_predict_nothing():
    made = explained(5, lambda rng: (rng.random(3), np.array([0.2, 1e-9, 0.3]), rng.random(3)))
    assert set(explanation.predictors([made])["sector"]) == {"RR", "CC"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"order": {"draws": 0}}, "diagnostics: order.draws: 0 is too small; at least 1"),
        ({"controls": {"draws": 0}}, "diagnostics: controls.draws: 0 is too small"),
        ({"stabilizers": {"epsilon": -1}}, "diagnostics: stabilizers.epsilon: -1 is too small; at least 0"),
        ({"stabilizers": {"epsilons": [0.1, -0.1]}}, "diagnostics: stabilizers.epsilons.1: -0.1 is too small"),
        ({"stabilizers": {"mass": 1.5}}, "diagnostics: stabilizers.mass: 1.5 is too large; at most 1"),
        ({"ordr": {}}, "diagnostics: unknown key 'ordr' (did you mean 'order'?); allowed: trials, order, cut"),
        ({"order": {"draw": 3}}, "diagnostics: order: unknown key 'draw' (did you mean 'draws'?)"),
        ({"trials": 1}, "diagnostics: trials: 1 is too small; at least 2"),
        ({"dose": {"steps": "many"}}, "diagnostics: dose.steps: 'many' is text, but a whole number is needed"),
        ({"decoder": True}, "diagnostics: decoder: True is true or false"),
    ],
)
def test_mistakes_in_the_config(change, words, paper_config, monkeypatch):
    paper_config["diagnostics"] = change
    with pytest.raises(SchurscopeError) as caught:
        check_config(paper_config)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_defaults_are_those_of_the_config(paper_config):
    """What config.yaml shows is what a config without the section gets; null leaves out one, or all."""
    shown = check_config(paper_config)["diagnostics"]
    del paper_config["diagnostics"]
    assert check_config(paper_config)["diagnostics"] == shown
    paper_config["diagnostics"] = {"dose": None}
    assert check_config(paper_config)["diagnostics"] == shown | {"dose": None}
    paper_config["diagnostics"] = None
    assert set(check_config(paper_config)["diagnostics"].values()) == {None, 128}
