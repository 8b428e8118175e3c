"""The census: statistics against plain versions, and the questions on made-up populations whose answers are known."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import norm, rankdata, spearmanr

from schurscope.foundations.errors import SchurscopeError
from schurscope.reports.census import costs, in_short, likeness, properties, resampling, rows, sizes, starts, variance
from schurscope.reports.census.measures import within
from schurscope.reports.trust.claims import CLAIMS
from schurscope.stages.along_networks import along_networks
from schurscope.workflow.config.for_census import check_census

PLACE = ["task", "width", "init"]


@pytest.fixture(autouse=True)
def few_resamples(request, monkeypatch):
    """Where an interval's place is not what is tested."""
    if "intervals" not in request.node.name:
        monkeypatch.setattr(resampling, "RESAMPLES", 200)


def population(seeds=range(6, 26), tasks=("flipflop", "sine"), widths=(32, 64), inits=("default", "orthogonal")):
    """One row a network: what names it."""
    return pd.DataFrame(
        [(t, w, i, s) for t in tasks for w in widths for i in inits for s in seeds], columns=[*PLACE, "seed"]
    )


def test_intervals_of_independent_seeds_are_those_of_the_normal_law():
    seeds = np.repeat(np.arange(400), 2)
    values = np.random.default_rng(0).normal(3, 1, 400)[seeds]  # the two networks of a seed are one another's copy
    found = resampling.over_seeds(seeds, lambda chosen: values[chosen].mean())
    half = norm.ppf(0.975) * values[::2].std() / np.sqrt(400)  # of 400 seeds, not of 800 networks
    assert found["value"][0] == pytest.approx(values.mean())
    assert [found["low"][0], found["high"][0]] == pytest.approx([values.mean() - half, values.mean() + half], abs=0.01)
    assert found["error"][0] == pytest.approx(half / norm.ppf(0.975), rel=0.05)
    z = np.array([0, 1.96, -1.96, np.nan])
    assert resampling.p_of(z, np.ones(4)) == pytest.approx([1, 0.05, 0.05, np.nan], abs=1e-4, nan_ok=True)
    assert resampling.p_of(np.array([0.0, 2.0]), np.zeros(2)).tolist() == [1, 0]


def test_false_discoveries_as_benjamini_and_hochberg_say():
    p = [0.001, 0.02, np.nan, 0.03, 0.5]
    q = resampling.controlled(pd.DataFrame({"p": p}))["q"]
    assert q.dropna().tolist() == pytest.approx([4 * 0.001 / 1, 4 * 0.03 / 3, 4 * 0.03 / 3, 0.5])


def test_means_over_groups_by_a_plain_loop():
    rng = np.random.default_rng(1)
    values, groups = rng.normal(size=(30, 2)), rng.integers(0, 4, 30)
    values[3, 0] = np.nan
    chosen = rng.integers(0, 30, 30)
    parts = [values[[c for c in chosen if groups[c] == g]] for g in range(4)]
    plain = np.mean([np.nanmean(part, axis=0) for part in parts if len(part)], axis=0)
    assert rows.mean_over_groups(values, groups)(chosen) == pytest.approx(plain)


def test_partial_correlations_are_those_of_residuals_of_ranks():
    rng = np.random.default_rng(2)
    share, activity, overlap = rng.uniform(size=(3, 300))
    effect = share * activity + 0.1 * rng.uniform(size=300)
    effect[:20] = np.nan
    found = within(effect, share, activity, overlap)
    e, *of = (rankdata(values[20:]) for values in (effect, share, activity, overlap))
    assert found[:3] == pytest.approx([spearmanr(effect[20:], x[20:])[0] for x in (share, activity, overlap)])
    for k in range(3):
        others = np.stack([np.ones(280), *(x for j, x in enumerate(of) if j != k)], axis=1)
        left = [y - others @ np.linalg.lstsq(others, y, rcond=None)[0] for y in (e, of[k])]
        assert found[3 + k] == pytest.approx(np.corrcoef(left)[0, 1])


def test_shares_of_the_sum_of_squares_of_a_design_that_adds_up():
    rng = np.random.default_rng(3)
    parts = [rng.normal(size=shape) for shape in ((3, 1, 1, 1), (1, 2, 1, 1), (1, 1, 3, 1), (1, 1, 1, 12))]
    y = sum(part - part.mean() for part in parts)
    found = variance.shares(y)
    assert found == pytest.approx([p.var() / y.var() for p in parts[:3]] + [0, parts[3].var() / y.var(), 0], abs=1e-12)
    noise = rng.normal(size=(3, 2, 3, 12))
    assert variance.shares(noise).sum() == pytest.approx(1) and variance.shares(noise)[-1] > 0.5


def test_the_seeds_variance_of_a_mixed_model():
    table = population(seeds=range(200), tasks=("flipflop",))
    rng = np.random.default_rng(4)
    own = rng.normal(0, 0.3, 200)[table["seed"]]
    table["d"] = 10 ** (-2 + 0.2 * (table["width"] == 64) + own + rng.normal(0, 0.1, len(table)))
    found = variance.of_the_seed(table, "d")
    assert found["seed"] == pytest.approx(0.09, rel=0.2) and found["rest"] == pytest.approx(0.01, rel=0.2)
    assert found["n"] == 800 and found["share"] == pytest.approx(0.9, abs=0.03)


def test_growth_with_the_width():
    for exponent, said in sizes.GROWTH.items():
        table = population(tasks=("flipflop",))
        table["kept"] = table["numbers_left"] = 50 * (table["width"] / 32.0) ** exponent * (1 + 0.01 * table["seed"])
        table["removed_share"], table["verified"] = 0.9, 1
        found = [row for row in sizes.found(table) if row["question"] == "c growth"]
        assert len(found) == 4 and all(row["value"] == pytest.approx(exponent) for row in found)
        assert {sizes.grows(row) for row in found} == {said}
    assert sizes.grows({"low": 0.1, "high": 0.9}) == "between"


def test_marks_of_the_start_are_paired_by_seed():
    table = population()
    noise = np.random.default_rng(5).normal(size=26)[table["seed"]]  # of the seed: both starts have it
    larger = (table["init"] == "default") & (table["task"] == "sine")
    for name in starts.MEASURED:
        table[name] = 10 + 100 * noise + 0.1 * (table["init"] == "default") * (-1.0) ** table["seed"]  # 0 in the mean
    table["kept"] += larger
    answers = resampling.controlled(pd.DataFrame(starts.found(table)))
    assert set(starts.marks(answers)) == {("sine", "default", "kept", 1)}
    row = answers[(answers["task"] == "sine") & (answers["quantity"] == "kept")].iloc[0]
    assert row["n"] == 20 and row["in_spreads"] == pytest.approx(1 / (0.1 * np.sqrt(20 / 19)))


def test_the_best_predictor_beats_both_others():
    table = population()
    rng = np.random.default_rng(7)
    for name, level in zip(costs.PREDICTORS, (0.5, 0.8, 0.2), strict=True):
        table[f"rho_{name}"] = level + 0.05 * rng.normal(size=len(table))
        table[f"partial_{name}"] = 0.0
    for sector in ("RR", "CR", "CC"):
        effect = rng.uniform(size=len(table))
        table[f"effect_{sector}"], table[f"empty_{sector}"] = effect, 0.0
        table[f"share_{sector}"], table[f"activity_mass_{sector}"] = effect**2, rng.uniform(size=len(table))
        table[f"overlap_{sector}"] = rng.uniform(size=len(table))
    table.loc[:3, "empty_CC"] = 1.0
    answers = resampling.controlled(pd.DataFrame(costs.found(table)))
    assert costs.best(answers, "sine", "within") == "activity_mass"
    assert costs.best(answers, "sine", "between") == "share"
    exact = answers[(answers["question"] == "a between") & (answers["quantity"] == "rho_share")]
    assert exact["value"].tolist() == pytest.approx([1, 1])  # ranks do not see the square
    table["rho_share"] = table["rho_activity_mass"]
    assert costs.best(resampling.controlled(pd.DataFrame(costs.found(table))), "sine", "within") is None


def test_properties_within_groups_only():
    """What differs between groups alone predicts nothing."""
    table = population(tasks=("flipflop", "sine"))
    rng = np.random.default_rng(8)
    group = table.groupby(PLACE).ngroup()
    table["removed_share"] = group + 0.1 * rng.uniform(size=len(table))
    table["gap"], table["henrici"] = group + rng.uniform(size=len(table)), -(table["removed_share"] - group)
    table["intact"] = rng.uniform(size=len(table))
    answers = resampling.controlled(pd.DataFrame(properties.found(table)))
    assert properties.predicting(answers, ("flipflop", "sine")) == ["henrici"]
    table.loc[table["task"] == "sine", "henrici"] *= -1
    answers = resampling.controlled(pd.DataFrame(properties.found(table)))
    assert properties.predicting(answers, ("flipflop", "sine")) == []


def test_answers_in_one_sentence():
    assert in_short.listed(["a"]) == "a" and in_short.listed(["a", "b", "c"]) == "a, b and c"
    assert in_short.by_answer({"a": "yes", "b": "no", "c": "yes"}) == "yes in a and c; no in b"
    claims = [claim for claim in CLAIMS if claim.task == "sine"]
    intervals = [(0.6, 0.9), (0.1, 0.4), (0.4, 0.6)]
    names = ("task", "width", "init")
    rows = [
        {name: getattr(c, name) for name in names} | {"question": "b", "quantity": c.text, "low": low, "high": high}
        for c, (low, high) in zip(claims, intervals, strict=True)
    ]
    rows.append(rows[0] | {"width": 32})  # not the paper's own group
    rows += [
        {"question": "h", "task": task, "quantity": "share within 1", "value": value}
        for task, value in (("sine", 0.95), ("flipflop", 0.2), ("copy", 0.91))
    ]
    solved = pd.DataFrame(rows)
    every = solved.assign(value=solved["value"].where(solved["task"] != "copy", 0.5))
    assert in_short._statements(solved).startswith(
        "Of 3 statements that these networks can test, 1 hold in more than half of the networks, 1 do not, 1"
    )
    assert in_short._slow(solved, every) == "It is in sine; it is not in flipflop; not decidable in copy."


def test_likeness_draws_pairs_of_two_seeds():
    table = population(seeds=range(5), tasks=("flipflop",), widths=(32,), inits=("default",))
    table["place"], table["removed_share"] = table.groupby(PLACE).cumcount(), 0.9
    values = np.random.default_rng(9).uniform(size=(5, 5, 2))
    values += values.transpose(1, 0, 2)
    values[range(5), range(5)] = np.nan
    parts = [(("flipflop", 32, "default"), table)]
    statistic = likeness.mean_of_pairs(table, parts, {("flipflop", 32, "default"): values})
    chosen = np.array([0, 0, 2, 3, 3])
    plain = np.array([values[a, b] for x, a in enumerate(chosen) for b in chosen[x + 1 :] if a != b]).mean(axis=0)
    assert statistic(chosen) == pytest.approx([plain[0], plain[0] - plain[1]])


def test_all_networks_along_one_dimension_keep_their_numbers():
    one = xr.Dataset(
        {"W": (("seed", "unit", "unit_from"), np.ones((2, 3, 3), dtype=np.float32), {"long_name": "weights"})},
        {"seed": [4, 5], "task": "a", "width": 3, "init": "normal"},
        {"kind": "networks", "metric": "fvu", "leak": 1.0, "epsilons": np.array([0.01, 0.1])},
    )
    two = xr.Dataset(
        {
            "W": (("seed", "unit", "unit_from"), np.full((1, 2, 2), 2, dtype=np.float32)),
            "score": (("seed", "alpha"), [[7, 8]]),
            "status": (("seed",), ["ok"]),
        },
        {"seed": [4], "task": "b", "width": 2, "init": "normal", "alpha": [0.9, 0.8]},
        {"kind": "networks", "metric": "accuracy", "leak": 1.0, "epsilons": np.array([0.01, 0.1])},
    )
    found = along_networks([one, two])
    assert found["network"].values.tolist() == ["a/n3/normal/4", "a/n3/normal/5", "b/n2/normal/4"]
    assert found["W"].dtype == np.float32 and found["W"].sel(network="b/n2/normal/4").isnull().sum() == 5
    assert found["score"].sel(alpha=0.8).values.tolist() == [-1, -1, 8] and found["status"].values[0] == ""
    assert json.loads(found.attrs["metric"]) == {"a": "fvu", "b": "accuracy"} and found.attrs["leak"] == 1.0
    assert found.attrs["epsilons"] == [0.01, 0.1]
    with pytest.raises(SchurscopeError, match="of one kind"):
        along_networks([one, two.assign_attrs(kind="schur")])


def test_a_census_without_what_it_reads_is_one_sentence():
    circuits = {"epsilons": [0.1]}
    config = {
        "census": True,
        "diagnostics": {"subspace": {}, "nonnormality": {}, "lyapunov": None},
        "circuits": circuits,
    }
    with pytest.raises(SchurscopeError, match=r"census: it needs diagnostics.lyapunov, circuits with the epsilon 0.01"):
        check_census(config)
    check_census(config | {"census": False})
