"""The answers in words and the rank correlations, from summaries and diagnostics whose content is known."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from jinja2 import UndefinedError

from schurscope.analyses.ablation import REMOVED
from schurscope.reports import reading
from schurscope.reports.analyses import order
from schurscope.reports.trust import answers, circuits, claims, page, sectors
from schurscope.reports.trust.per_network import per_network
from schurscope.schur.form import SECTORS

PLACE = ("width", "init", "seed")
CONTROLS = ["entries of N", "direction in T", "direction in the sector"]


def dataset(variables, task="made", seeds=6, status="ok", solved=1.0, width=8, init="orthogonal", **attrs):
    """A diagnostic of ``seeds`` networks from name -> (dimensions, values of one network or of each)."""
    data = {}
    for name, (dims, values) in variables.items():
        values = np.asarray(values, dtype=float)
        if values.ndim == len(dims):
            values = np.broadcast_to(values, (seeds, *values.shape))
        data[name] = ((*PLACE, *dims), values[None, None])
    data["solved"] = (PLACE, np.broadcast_to(solved, seeds)[None, None].astype(float))
    data["status"] = (PLACE, np.full((1, 1, seeds), status))
    coords = {"task": task, "width": [width], "init": [init], "seed": np.arange(seeds)}
    return xr.Dataset(data, coords=coords | {"sector": list(SECTORS), "alpha": [0.9]}, attrs=attrs)


def summary(effect, mass=(0.1, 0.1, 0.1), fragile=0.0, seeds=6, **options):
    """A summary from the effects of RR, CR, CC (of one network, or of each); larger sets cost what their parts do."""
    effect = np.broadcast_to(np.asarray(effect, dtype=float), (seeds, 3))
    mass = np.broadcast_to(np.asarray(mass, dtype=float), (seeds, 3))
    parts = np.array([[sector in removed.split("+") for sector in SECTORS] for removed in REMOVED])
    whole = np.sqrt((mass[:, None] ** 2 * parts).sum(-1))
    empty = (whole < 1e-5) & parts.any(-1)
    cost = np.where(empty, np.nan, (np.nan_to_num(effect)[:, None] * parts).sum(-1))
    variables = {
        "delta_fvu": (("alpha", "removed"), cost[:, None]),
        "fvu": (("alpha", "removed"), 0.01 + cost[:, None]),
        "discrepancy": (("alpha", "removed"), np.abs(cost)[:, None]),
        "removed_mass": (("alpha", "removed"), np.where(empty, np.nan, whole)[:, None]),
        "sensitivity": (("alpha", "removed"), (cost / np.maximum(whole, 1e-12))[:, None]),
        "n_R": (("alpha",), np.full((seeds, 1), 4.0)),
        "fragile": (("alpha",), np.broadcast_to(fragile, seeds)[:, None]),
        "empty": (("alpha", "removed"), empty[:, None]),
    }
    return dataset(variables, seeds=seeds, **options).assign_coords(removed=list(REMOVED))


def ordered(effect, spread, change=1e-16, **options):
    draws = np.stack([np.asarray(effect) - np.asarray(spread) / 2, np.asarray(effect) + np.asarray(spread) / 2], -1)
    variables = {
        "reordered_effect": (("alpha", "sector", "draw"), [draws]),
        "cr_change": (("alpha", "draw"), [[change, change / 2]]),
    }
    return dataset(variables, **options)


def controlled(effect, larger, draws=64, **options):
    """Controls of which, for each sector, ``larger`` draws cost more than its effect and the others less."""
    drawn = [
        np.repeat([[e + np.where(np.arange(draws) < k, 1.0, -1.0)]], 3, axis=1)[0]
        for e, k in zip(effect, larger, strict=True)
    ]
    variables = {
        "effect": (("sector",), effect),
        "control_effect": (("sector", "control", "draw"), np.array(drawn)),
    }
    made = dataset(variables, **options)
    return made.assign_coords(control=CONTROLS)


def said_of(datasets, table):
    return answers.answers(answers.numbers(datasets, table, 0.9), 0.9)


def test_verdicts_and_their_words():
    effect = [0.4, 0.3, 0.001]
    datasets = {"order": [ordered(effect, [0.2, 0.0, 0.0])], "controls": [controlled(effect, [0, 2, 30])]}
    table = per_network([summary(effect)], datasets, 0.9)
    assert len(table) == 18 and set(table["sector"]) == set(SECTORS)
    found = sectors.sectors(table).set_index("sector")
    assert sectors.in_words(found.loc["RR"]) == "needed in 6 of 6; depends on the order in 6 of 6"
    assert (
        sectors.in_words(found.loc["CR"]) == "needed in 6 of 6"
        and sectors.in_words(found.loc["CC"]) == "may go in 6 of 6"
    )
    assert found["above_random"].tolist() == [6, 0, 0] and np.isnan(found["candidate"]).all()
    said = said_of(datasets, table)
    assert "in 6 networks and all orders W without it changes by at most 1e-16" in said["order"]
    assert "made: −RR 6 of 6, −CC 0 of 6" in said["order"]
    text = page.page(
        said,
        claims.claims([summary(effect)], table, 0.9),
        found.reset_index(),
        dict.fromkeys(said, "<?xml?><svg/>"),
        0.9,
        table,
    )
    assert "<?xml?>" not in text and text.count("<svg/>") == 2 and "nan" not in text


def test_pages_escape_what_is_no_markup():
    """But a picture stands there as it is; a value that a template does not get is an error."""
    found = sectors.sectors(per_network([summary([0.2, 0.3, 0.3], task="a<b")], {}, 0.9))
    text = page.page({"cut": "1 < 2 & 3"}, pd.DataFrame(), found, {"cut": "<?xml?><svg/>"}, 0.9, found)
    assert "1 &lt; 2 &amp; 3" in text and "<td>a&lt;b</td>" in text and "\n<svg/>\n" in text
    text = reading.page(pd.DataFrame({"a & b": [0.123456, np.nan], "c": ["<i>", "d"]}), "<Title>", "Notes")
    assert (
        "<th>a &amp; b</th>" in text and "<td>0.1235</td><td>&lt;i&gt;</td>" in text and "<td></td><td>d</td>" in text
    )
    with pytest.raises(UndefinedError, match="'notes' is undefined"):
        reading.render(reading.TABLE, title="", columns=[], rows=[])


def test_an_effect_is_averaged_over_the_networks_that_have_it():
    """Two of three networks hold something in RR; n is 2, as the mean's is, and the third counts as empty."""
    effect = [[0.2, 0.3, 0.3], [0.4, 0.3, 0.3], [0.0, 0.3, 0.3]]
    mass = [[0.1, 0.1, 0.1], [0.3, 0.1, 0.1], [1e-9, 0.1, 0.1]]
    found = sectors.sectors(per_network([summary(effect, mass, seeds=3)], {}, 0.9)).set_index("sector")
    row = found.loc["RR"]
    assert (row["n"], row["empty"], row["solved"]) == (2, 1, 3)
    assert row["effect_mean"] == pytest.approx(0.3) and row["removed_mass_mean"] == pytest.approx(0.2)
    assert row["effect_sem"] == pytest.approx(0.1) and sectors.in_words(row) == "needed in 2 of 2"
    nothing = sectors.sectors(per_network([summary([0.0, 0.3, 0.3], [0.0, 0.1, 0.1])], {}, 0.9)).set_index("sector")
    assert sectors.in_words(nothing.loc["RR"]) == "empty in 6 of 6: nothing is removed"


def test_what_is_not_solved_is_in_no_statement():
    solved = [1, 1, 0, 0, 0, 0]
    effect = [[0.2, 0.0, 0.0]] * 2 + [[9.0, 9.0, 9.0]] * 4
    table = per_network(
        [summary(effect, solved=solved)], {"order": [ordered([0.2, 0, 0], [0, 0, 0], solved=solved)]}, 0.9
    )
    found = sectors.sectors(table).set_index("sector")
    assert found.loc["RR", "effect_mean"] == pytest.approx(0.2) and (found["n"] == 2).all()
    none = per_network([summary(effect, solved=0.0)], {}, 0.9)
    found = sectors.sectors(none)
    assert set(found.apply(sectors.in_words, axis=1)) == {"not decidable: no network is solved"}
    text = page.page({}, pd.DataFrame(), found, {}, 0.9, none)
    assert "no network is solved: made, N = 8 (dense orthogonal).</p>" in text and "<td>" not in text
    gone = per_network([summary([0.1] * 3), summary([0.1] * 3, status="diverged", task="gone")], {}, 0.9)
    assert set(gone["task"]) == {"made"}


def test_most_networks_decide():
    """Means can hide that networks differ."""
    effects = [[3.0, 0, 0]] * 2 + [[-7.0, 0, 0]] + [[3.0, 0, 0]] * 3
    found = sectors.sectors(per_network([summary(effects)], {}, 0.9)).set_index("sector")
    assert sectors.in_words(found.loc["RR"]) == "needed in 5 of 6"
    halves = sectors.sectors(per_network([summary([[3.0, 0, 0]] * 3 + [[-7.0, 0, 0]] * 3)], {}, 0.9))
    assert halves.set_index("sector").loc["RR", "verdict"] == "networks differ"


def test_p_values_and_what_chance_alone_would_do():
    """p = (1 + draws at least as large) / (draws + 1); at 64 draws a test crosses 97.5 % by chance in 2 of 65."""
    datasets = {"controls": [controlled([0.3, 0.3, 0.3], [0, 1, 2])]}
    table = per_network([summary([0.3, 0.3, 0.3])], datasets, 0.9)
    p = table.set_index("sector")["p_random_direction"]
    assert p["RR"].tolist() == [1 / 65] * 6 and p["CR"].tolist() == [2 / 65] * 6 and p["CC"].tolist() == [3 / 65] * 6
    said = said_of(datasets, table)["controls"]
    assert "−RR 6, 6, 6 of 6 (by chance 0.2), −CR 6, 6, 6 of 6 (by chance 0.2), −CC 0, 0, 0 of 6" in said
    assert "with probability 0.0308" in said and "No correction for these 54 tests is possible with 64 draws" in said
    many = {"controls": [controlled([0.3, 0.3, 0.3], [0, 1, 900], draws=1999)]}
    said = said_of(many, per_network([summary([0.3, 0.3, 0.3])], many, 0.9))["controls"]
    assert "After Bonferroni's correction for 54 tests, 6, 6, 6 are left in all." in said


def test_under_the_null_p_crosses_as_often_as_is_said():
    """The sector's effect is one more draw: the share of networks within the limit is the stated probability."""
    rng = np.random.default_rng(0)
    seeds = 300
    drawn = rng.normal(size=(seeds, 3, 3, 64))
    variables = {
        "effect": (("sector",), rng.normal(size=(seeds, 3))),
        "control_effect": (("sector", "control", "draw"), drawn),
    }
    made = dataset(variables, seeds=seeds).assign_coords(
        control=["entries of N", "direction in T", "direction in the sector"]
    )
    share = np.mean(1 + (drawn[:, :, 1] >= variables["effect"][1][..., None]).sum(-1) <= 2)
    table = per_network([summary([0.3, 0.3, 0.3], seeds=seeds)], {"controls": [made]}, 0.9)
    found = answers.numbers({"controls": [made]}, table, 0.9)["controls"]
    assert found["p_random_direction_within_limit"].sum() / found["n"].sum() == pytest.approx(share)
    assert (
        found["expected_by_chance"].sum() / found["n"].sum() == pytest.approx(2 / 65) == pytest.approx(share, abs=0.005)
    )


PAPERS = {"task": "sine", "width": 64, "init": "orthogonal", "seeds": 3}


def stated(*summaries, datasets=None):
    table = per_network(summaries, datasets or {}, 0.9)
    return claims.claims(summaries, table, 0.9).set_index("statement")


def test_statements_of_the_paper():
    one = summary([[0.0, 1.0, 2.0]] * 3, **PAPERS)
    found = stated(one, datasets={"order": [ordered([0.0, 1.0, 2.0], [0.0, 0.0, 3.0], **PAPERS)]})
    least = found.loc["sine generation loses little without T_RR"]
    assert (least["verdict"], least["holds"], least["testable"], least["order_dependent"]) == ("holds", 3, 3, "")
    most = found.loc["sine generation loses most without what is linked to the complement, T_CC and T_CR"]
    assert most["verdict"] == "holds" and most["order_dependent"] == "−CC"
    words = claims.in_words(most.to_dict() | {"statement": most.name})
    assert words.endswith(
        "at α = 0.9: holds; true of 3 of 3 solved networks; the effect of −CC depends on the order of blocks."
    )
    safe = found.loc[claims.SAFE]
    assert (
        safe["verdict"] == "does not hold" and "−RR costs 0 of 3, −CR costs 3 of 3, −CC costs 3 of 3" in safe["reason"]
    )


def test_when_a_statement_is_not_decidable():
    text = "sine generation loses most without what is linked to the complement, T_CC and T_CR"

    def reason(**options):
        row = stated(summary(**{"effect": [[0.0, 1.0, 2.0]] * 3} | options | PAPERS)).loc[text]
        assert row["verdict"] == "not decidable"
        return row["reason"]

    assert reason(effect=[[0.0, 1.0, 2.0]] * 2 + [[3.0, 1.0, 2.0]]) == "the networks differ"
    assert reason(fragile=[1, 1, 0]) == "the cut is fragile in 2 of 3"
    assert reason(mass=[[0.1] * 3] + [[0.0, 0.1, 0.1]] * 2) == "in fewer than two is there something to remove"
    assert reason(solved=0.0) == "no network is solved"
    assert text not in stated(summary([0.0, 1.0, 2.0], task="sine", width=32)).index, "not the paper's networks"


def test_a_network_with_an_empty_sector_cannot_test_a_statement_about_it():
    """Sine, as it came out: RR is empty in one network; of the two others one agrees."""
    one = summary(
        [[1.1, 1.0, 2.0], [0.2, 1.0, 2.0], [0.0, 1.0, 2.0]], [[0.1] * 3, [0.1] * 3, [0.0, 0.1, 0.1]], **PAPERS
    )
    row = stated(one).loc["sine generation loses most without what is linked to the complement, T_CC and T_CR"]
    assert (row["testable"], row["holds"], row["verdict"]) == (2, 1, "not decidable")
    words = claims.in_words(row.to_dict() | {"statement": row.name})
    assert "(the networks differ); of 3 solved networks, true of 1 of the 2 that can test it" in words


def test_no_network_with_a_schur_form():
    datasets = {"order": [ordered([0.1] * 3, [0] * 3, status="diverged")]}
    summaries = [summary([0.1] * 3, status="diverged")]
    table = per_network(summaries, datasets, 0.9)
    assert len(table) == 0 and len(claims.claims(summaries, table, 0.9)) == 0
    assert said_of(datasets, table)["order"].startswith("Not decidable at α = 0.9")


def test_candidates_at_every_alpha():
    """A candidate at an alpha that is not shown is not passed over."""
    shape = (("alpha", "removed"), np.zeros((6, 2, 8)))
    candidate = np.zeros((6, 2, 8))
    candidate[:2, 0, 1] = 1
    variables = {
        "discrepancy": shape,
        "removed_mass": (shape[0], np.full((6, 2, 8), 0.2)),
        "candidate": (shape[0], candidate),
    }
    made = dataset({k: (("a", "removed"), v[1]) for k, v in variables.items()}, epsilon=0.01, mass=0.05)
    made = made.drop_vars("alpha").rename(a="alpha").assign_coords(alpha=[0.85, 0.9], removed=list(REMOVED))
    said = said_of({"stabilizers": [made]}, None)["stabilizers"]
    assert "at α = 0.85 −RR in made, N = 8, dense orthogonal (2 of 6); at α = 0.9 none." in said


def test_a_failure_of_the_numerics_is_said():
    failed = {"order": [ordered([0.1] * 3, [0] * 3, change=1e-3)]}
    table = per_network([summary([0.1] * 3)], failed, 0.9)
    assert said_of(failed, table)["order"].startswith("The numerics have failed")


def test_rows_stand_level_where_a_sector_is_empty():
    """A panel without points of a row keeps the row, and says that it is empty."""
    mass = {"removed_mass": (("alpha", "sector"), [[0.1, 0.0, 0.1]]), "effect": (("alpha", "sector"), [[0.1] * 3])}
    full = {"removed_mass": (("alpha", "sector"), [[0.1, 0.1, 0.1]]), "effect": (("alpha", "sector"), [[0.1] * 3])}
    made = [
        ordered([0.1] * 3, [0.0] * 3, task=task).assign(dataset(more, task=task).data_vars).assign_attrs(metric="fvu")
        for task, more in (("a", mass), ("b", full))
    ]
    chart = order.draw({"diagnostic": made}, {"alpha": 0.9}).to_dict()
    domains, words = [], []
    for panel in chart["vconcat"][0]["hconcat"]:
        domains += [layer["encoding"]["y"]["scale"]["domain"] for layer in panel["layer"]]
        words.append([record["row"] for record in chart["datasets"][panel["layer"][-1]["data"]["name"]]])
    row = "a, N = 8, dense orthogonal"
    assert all(domain == [row, row.replace("a", "b", 1)] for domain in domains) and words == [[], [row], []]


def circuit_dataset(shares, left, basis=None, solved=1, epsilons=(0.001, 0.01, 0.1)):
    """Circuits of as many networks as there are shares, the same at each epsilon."""
    n, e = len(shares), len(epsilons)
    at = ("seed", "epsilon")
    same = {"removed_share": shares, "numbers_left": left, "discrepancy": [0.009, 0.0101, 0.008][:n]}
    same |= dict.fromkeys(("discrepancy_guard", "discrepancy_selection", "fvu"), np.zeros(n))
    data = {name: (at, np.repeat(np.array(values, dtype=float)[:, None], e, axis=1)) for name, values in same.items()}
    data["verified"] = (at, (data["discrepancy"][1] <= np.array(epsilons)).astype(int))
    data |= {
        name: ("seed", np.full(n, value)) for name, value in (("solved", solved), ("status", "ok"), ("fvu_intact", 0.0))
    }
    place = {"task": "made", "width": 8, "init": "orthogonal", "seed": np.arange(n), "epsilon": list(epsilons)}
    return xr.Dataset(data, coords=place | ({"basis": basis} if basis else {}), attrs={"metric": "fvu"})


def atlas_dataset(share, activity):
    known = {"rank_correlation": (("seed", "predictor"), np.stack([share, activity, np.ones(len(share))], axis=1))}
    known["partial_correlation"] = known["rank_correlation"]
    known |= {name: ("seed", np.full(len(share), value)) for name, value in (("solved", 1), ("status", "ok"))}
    predictors = ["share", "activity_mass", "estimate"]
    place = {"task": "made", "width": 8, "init": "orthogonal", "seed": np.arange(len(share)), "predictor": predictors}
    return xr.Dataset(known, coords=place)


def test_the_answer_of_circuits_says_its_epsilon_n_and_what_is_not_decidable():
    schur = circuit_dataset([0.9, 0.92, 0.94], [50, 55, 60])
    apart = circuit_dataset([0.9, 0.92, 0.94], [20, 22, 24], "principal_components")
    near = circuit_dataset([0.1, 0.2, 0.3], [45, 58, 70], "neurons")
    atlas = atlas_dataset([0.5, 0.6, 0.7], [0.6, 0.5, 0.9])

    def said(*found):
        return circuits.answer(circuits.numbers(found, [atlas]))

    assert (
        "at most ε = 0.01 (median and range over solved networks): made, N = 8, dense orthogonal: 92 % [90 to"
        in said(schur)
    )
    assert "at or below ε in 2 of 3 networks, and at most 1.01 ε" in said(schur)
    assert "Fewest" not in said(schur), "one basis is no comparison"
    assert "orthogonal: principal components (principal components 22 [20 to 24], Schur, ordered 55" in said(
        schur, apart
    )
    assert "dense orthogonal: not decidable (Schur, ordered 55 [50 to 60], neurons 58" in said(schur, near)
    assert "better than its size in 2 of 3 solved networks" in said(schur)
    unsolved = circuit_dataset([0.9], [50], solved=0)
    assert circuits.answer(circuits.numbers([unsolved], [atlas])).endswith("no solved network has couplings to lose.")
