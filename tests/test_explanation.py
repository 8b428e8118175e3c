"""Which of two masses predicts an effect, from subspace diagnostics whose content is known; rank correlations."""

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from schurscope.reports.analyses import explanation
from test_trust import dataset, said_of


def explained(seeds, make, **options):
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
    made = dataset(variables, seeds=seeds, resamples=200, **options)
    return made.assign_coords(subspace=["principal components", "readout", "condition means"], side=["input", "output"])


def said_of_subspace(*made):
    return said_of({"subspace": list(made)}, None)["subspace"]


def by_activity(rng):
    """The discrepancy is the activity-weighted mass; the Frobenius mass is noise."""
    activity = rng.random(3)
    return activity, 0.1 + rng.random(3), activity


def test_the_predictor_that_is_right_by_construction():
    two = [explained(20, by_activity), explained(20, by_activity, task="other")]
    table = explanation.predictors(two)
    found = explanation.correlations(table, 200)
    found = found[found["task"] == explanation.POOLED].set_index(["quantity", "predictor"])
    assert len(table) == 120 and found.loc[("rho", explanation.ACTIVITY), "n"] == 40
    assert found.loc[("rho", explanation.ACTIVITY), "rho"] == pytest.approx(1)
    difference = found.loc[("difference", explanation.ACTIVITY)]
    assert difference["low"] > 0.5
    said = said_of_subspace(*two)
    assert (
        "activity ranks effects better" in said
        and "Not decidable for a task alone, which takes 5 cells: made 1, other 1" in said
    )


def test_equal_predictors_are_not_told_apart():
    """Both are the truth with as much noise: the paired difference's interval holds 0, and the sentence says so."""

    def alike(rng):
        truth = rng.random(3)
        return truth, 0.1 + truth + 0.3 * rng.random(3), truth + 0.3 * rng.random(3)

    said = said_of_subspace(explained(20, alike), explained(20, alike, task="other"))
    assert "not decidable which ranks effects better" in said and "variance" not in said and "about as well" not in said

    def same(rng):
        mass = 0.1 + rng.random(3)
        return rng.random(3), mass, mass

    said = said_of_subspace(explained(20, same), explained(20, same, task="other"))
    assert "cannot tell them apart: made (ρ = 1.00), other (ρ = 1.00)" in said


def test_too_few_to_say():
    assert "not decidable, too few networks for an interval" in said_of_subspace(explained(2, by_activity))
    nothing = explained(3, lambda rng: (rng.random(3), np.zeros(3), rng.random(3)))
    assert said_of_subspace(nothing) == "Not decidable at α = 0.9: no solved network has something to remove."
    assert said_of_subspace(explained(3, by_activity, solved=0.0)).startswith("Not decidable")


def test_rank_correlations_against_scipy_and_partials_against_residuals():
    made = explained(15, lambda rng: (lambda x: (x + rng.random(3), 0.1 + x + rng.random(3), x))(rng.random(3)))
    table = explanation.predictors([made])
    found = explanation.correlations(table, 200).set_index(["quantity", "predictor"])["rho"]
    y, size, activity = (table[name] for name in ("discrepancy", explanation.SIZE, explanation.ACTIVITY))
    assert found["rho", explanation.SIZE] == pytest.approx(spearmanr(size, y).statistic, abs=1e-12)
    assert found["alike", explanation.ACTIVITY] == pytest.approx(spearmanr(size, activity).statistic, abs=1e-12)

    def residual(of, given):
        of, given = rankdata(of), rankdata(given)
        return of - np.polyval(np.polyfit(given, of, 1), given)

    partial = np.corrcoef(residual(activity, size), residual(y, size))[0, 1]
    assert found["partial", explanation.ACTIVITY] == pytest.approx(partial, abs=1e-10)


def test_intervals_draw_networks_within_their_cell():
    """Where each cell's networks are copies of one, drawing within cells changes nothing: the interval is a point."""
    rng = np.random.default_rng(1)
    cells = [rng.random((3, 3)) for _ in range(6)]
    parts = [explained(4, lambda _, c=c: tuple(c), init=f"init{i}") for i, c in enumerate(cells)]
    table = explanation.predictors(parts)
    table["task"] = "one task"
    found = explanation.correlations(table, 100).set_index(["quantity", "predictor"])
    row = found.loc[("difference", explanation.ACTIVITY)]
    assert row["cells"] == 6 and row["n"] == 24 and row["low"] == row["high"] == pytest.approx(row["rho"])


def test_empty_sectors_predict_nothing():
    made = explained(5, lambda rng: (rng.random(3), np.array([0.2, 1e-9, 0.3]), rng.random(3)))
    assert set(explanation.predictors([made])["sector"]) == {"RR", "CC"}
