"""Analytic systems and a broken circle: datasets, their table beside the paper, their figures."""

import json
import time

import numpy as np
import pytest
import scipy.integrate
import vl_convert

from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.streams import stream
from schurscope.neutral.breaking import Broken, traceless
from schurscope.neutral.systems import TURN, Circle, Product
from schurscope.reports import neutral_tables, reading
from schurscope.reports.figures import neutral_angles, neutral_counts, neutral_lifetimes
from schurscope.reports.neutral_tables import MISSING, NO, UNFAIR, YES, against_the_paper, for_reading
from schurscope.stages import neutral_systems
from schurscope.stages.neutral_systems import WINDOWS, analytic, breaking
from schurscope.store import netcdf

SMALL = {"tori": 2, "spheres": 4, "complex_spheres": 2, "product_tori": 1, "product_spheres": [3]}
SMALL |= {"settle": 20, "time": 20, "starts": 2}
PUBLISHED = {  # Fig. 4A/B, read from the vector PDF
    "weak_axis": [1629.75, 543.25, 162.98, 54.33, 27.17, 16.30],
    "unit_axis": [814.88, 271.63, 81.49, 27.17, 13.59, 8.15],
    "rotated_strong": [543.25, 181.09, 54.33, 18.11, 9.06, 5.44],
}


@pytest.fixture(scope="module")
def systems():
    return analytic(SMALL)


@pytest.fixture(scope="module")
def broken():
    return breaking({"matrices": 5})


@pytest.fixture
def table(systems, broken):
    return against_the_paper(systems, broken)


def agreement(systems, broken, what, at):
    """The one row's ``agrees``."""
    found = against_the_paper(systems, broken)
    [agrees] = found[(found["what"] == what) & (found["at"] == at)]["agrees"]
    return agrees


def test_the_systems_that_are_asked_for_and_their_zeros(systems):
    names = ["T^1", "T^2", "sphere in R^2", "sphere in R^3", "sphere in R^4", "sphere in C^1", "sphere in C^2"]
    names += ["T^1 x sphere in R^3", "T^2, given", "phase integrator"]
    assert systems["system"].values.tolist() == names
    assert systems["neutral"].values.tolist() == [1, 2, 1, 2, 3, 1, 3, 3, 2, 1]
    assert np.array_equal(systems["near_zero"], systems["neutral"])
    assert np.array_equal(systems["near_zero_strict"], systems["neutral"])
    sizes = [2, 4, 2, 3, 4, 2, 4, 5, 4, 2]
    assert systems["exponent"].shape == (10, 5)
    assert np.isfinite(systems["exponent"]).sum("rank").values.tolist() == sizes
    assert (systems.attrs["time"], systems.attrs["settle"]) == (20, 20)
    assert systems.attrs["tolerance"] == pytest.approx(3 / 20)


def test_exponents_are_those_of_closed_forms(systems):
    """By hand of the given ones and from the stated stream of T^2; RK4 with steps of 0.05 errs by less than 2e-4."""
    assert np.allclose(systems["exponent"], systems["closed"], rtol=0, atol=2e-4, equal_nan=True)
    assert np.allclose(systems["exponent"].sel(system="T^2, given")[:4], [0, 0, -1.936, -2], atol=1e-5)
    assert np.allclose(systems["exponent"].sel(system="phase integrator")[:2], [0, -2], atol=1e-5)
    source = stream("neutral systems", "T^2")
    rates, radii = source.uniform(0, (2,), 0.5, 1.5), source.uniform(1, (2,), 0.7, 1.3)
    expected = sorted([0, 0, *(-2 * rates * radii**2)], reverse=True)
    assert np.allclose(systems["closed"].sel(system="T^2")[:4], expected, rtol=1e-12)


def test_angles_are_rounding_where_there_is_symmetry(systems):
    assert systems["angle"].shape == (4, 2, 6) and systems["window"].values.tolist() == [4, 8, 16, 32, 64, 96]
    exact = systems.sel(aligned=["S1", "T2", "SO(3)/SO(2)"])
    assert exact["angle"].max() < 1e-11
    assert systems["aligned_neutral"].values.tolist() == [1, 2, 2, 1]
    of_rounding = np.degrees(np.arccos(1 - np.array([1, 8]) * 2.0**-53))
    arccos = exact["angle_arccos"].values
    assert arccos.max() < of_rounding[1] and np.all((arccos == 0) | (arccos > 0.99 * of_rounding[0])), "or nothing"


@pytest.mark.parametrize("start", [0, 1])
def test_the_angle_of_a_broken_circle_by_scipy(systems, start):
    """Differences of SciPy's flow, their longest direction, and the one at right angles to the state."""
    circle = Broken(traceless(1.0), 0.1)
    begun = circle.start(stream("neutral systems", "angle", "S1, broken", start))
    for window in (WINDOWS[0], WINDOWS[-1]):

        def flow(x, end=0.05 * window):
            tight = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-12}
            return scipy.integrate.solve_ivp(lambda t, x: circle.field(x), (0, end), x, **tight).y[:, -1]

        moved = np.array([flow(begun + e) - flow(begun - e) for e in 1e-5 * np.eye(2)]).T
        longest, state = np.linalg.svd(moved)[0][:, 0], flow(begun)
        expected = np.degrees(np.arcsin(abs(longest @ state) / np.linalg.norm(state)))
        found = systems.sel(aligned="S1, broken", start=start, window=window)
        assert float(found["angle"]) == pytest.approx(expected, abs=1e-3)
        assert float(found["angle_arccos"]) == pytest.approx(float(found["angle"]), abs=1e-5)
    assert systems["angle"].sel(aligned="S1, broken").max() > 1


class Half(Product):
    """A broken circle beside a whole one, as if both were whole."""

    neutral = 2

    def generators(self):
        return np.array([np.kron(np.diag(part), TURN) for part in np.eye(2)])


def test_of_several_angles_the_largest_counts(monkeypatch):
    system = Half((Broken(traceless(1.0), 0.1), Circle()))
    monkeypatch.setattr(neutral_systems, "ALIGNED", {"half": (system, 2)})
    found = analytic(SMALL | {"tori": 1, "spheres": 2, "complex_spheres": 1})
    assert found["angle"].max() > 1 and np.allclose(found["angle"], found["angle_arccos"], rtol=0, atol=1e-5)


def test_is_the_flow_one_of_the_group_s_directions(systems):
    expected = {  # rank of E^G, of f and E^G, directions beside f, angle
        "S1": (1, 1, 1, np.nan),
        "T2": (2, 2, 2, np.nan),
        "SO(3)": (2, 2, 2, np.nan),
        "SO(5)": (4, 4, 4, np.nan),
        "U(3)": (5, 5, 5, np.nan),
        "phase integrator": (1, 1, 0, 0.0),
        "collapse": (1, 2, 1, 90.0),
        "van der Pol": (0, 1, 0, 90.0),
    }
    names = ["rank_tangent", "rank_with_flow", "independent", "angle_flow"]
    assert systems["flow"].values.tolist() == list(expected)
    for name, values in expected.items():
        found = [systems[variable].sel(flow=name).item() for variable in names]
        assert found == pytest.approx(values, abs=1e-9, nan_ok=True), name
    norms = systems["flow_norm"].values
    assert np.max(norms[:5]) < 1e-14 and norms[5:] == pytest.approx([0.7, 1.0, 2.0])


def test_all_18_lifetimes(broken):
    assert broken["lifetime"].shape == (3, 6) and broken["matrix"].values.tolist() == list(PUBLISHED)
    assert np.allclose(broken["lifetime"], list(PUBLISHED.values()), rtol=0, atol=0.01)
    late = broken["lifetime"] - broken["lifetime_closed"]
    assert late.min() > -1e-9 and late.max() < broken.attrs["dt"]
    gaps = 2 * np.outer([0.5, 1.0, 1.5], broken["strength"])
    assert np.allclose(broken["gap"], gaps) and np.allclose(broken["lifetime_predicted"], np.log(5) / gaps)
    assert broken["measured"].shape == (5, 7) and np.allclose(broken["measured"], broken["expected"], rtol=1e-6)
    assert broken["expected"].max() < 0


def test_files_keep_them(systems, broken, tmp_path):
    for kind, dataset in (("neutral_systems", systems), ("neutral_breaking", broken)):
        netcdf.write(dataset, tmp_path / "one.nc")
        again = netcdf.read(tmp_path / "one.nc", kind)
        assert again.drop_attrs().identical(dataset.drop_attrs()) and dataset.attrs.items() <= again.attrs.items()


def test_equal_settings_give_equal_numbers(systems):
    assert analytic(SMALL).identical(systems)


def test_what_cannot_be_is_said():
    with pytest.raises(SchurscopeError, match="settings"):
        analytic({"torus": 3})
    for settings in ({"dt": 0}, {"starts": 0}, {"product_spheres": []}, {"spheres": 1}):
        with pytest.raises(SchurscopeError, match=next(iter(settings))):
            analytic(SMALL | settings)
    with pytest.raises(SchurscopeError, match="at least 2 must be left"):
        analytic(SMALL | {"time": 0.01})
    with pytest.raises(SchurscopeError, match="matrices"):
        breaking({"matrices": 0})


def test_what_agrees_with_the_paper(table):
    """Counted by hand: what SMALL has of the 35 counts is 2 + 3 + 2 + 1."""
    counts = table[table["what"].str.startswith("zeros")]
    assert len(counts) == 8 + 9 + 7 + 11
    assert (counts["agrees"] == YES).sum() == 8 and (counts["agrees"] == MISSING).sum() == 27
    assert np.array_equal(counts["here"].isna(), counts["agrees"] == MISSING)
    rest = table[~table["what"].str.startswith("zeros")]
    fair = rest[rest["agrees"] != UNFAIR]
    assert len(fair) == 4 + 4 * 7 + 18 + 3 + 1 + 1 + 1 and (fair["agrees"] == YES).all()
    lifetimes = table[table["figure"] == "Fig. 4A"]
    assert np.allclose(lifetimes["paper"], np.ravel(list(PUBLISHED.values())), rtol=0, atol=0)
    assert set(lifetimes["compared"]) == {"within 0.01"}


def test_what_is_not_comparable_says_why(table):
    unfair = table[table["agrees"] == UNFAIR]
    assert len(unfair) == 2 + 1 + 2 + 5 + 4
    assert (unfair["note"] != "").all() and (unfair["compared"] == "").all()
    assert unfair[unfair["what"].str.startswith("irrep")]["here"].isna().all()
    assert unfair[unfair["figure"] == "Fig. 2A"]["note"].str.contains("neither the subspace").all()
    assert unfair[unfair["figure"] == "Fig. 4C"]["here"].notna().all()


def changed(dataset, variable, value, **where):
    other = dataset.copy(deep=True)
    other[variable].loc[where] = value
    return other


def test_what_differs_is_said(systems, broken):
    here = {"matrix": "unit_axis", "strength": 0.01}
    for value, agrees in ((81.499, YES), (81.481, YES), (81.505, NO), (81.475, NO), (np.inf, NO)):
        other = changed(broken, "lifetime", value, **here)
        assert agreement(systems, other, "lifetime, unit axis", "eps = 0.01") == agrees, value
    assert agreement(systems, other, "share of lifetimes that end", "18 lifetimes") == NO, "17 of them"
    assert agreement(changed(systems, "near_zero", 3, system="T^2"), broken, "zeros of T^q", "q = 2") == NO
    here = {"system": "T^2, given", "rank": 3}
    what = "spectrum of T^2, rates 1, 0.8, radii 1, 1.1"
    for value, agrees in ((-1.93649, YES), (-1.93551, YES), (-1.93651, NO), (-1.93549, NO)):
        assert agreement(changed(systems, "exponent", value, **here), broken, what, "rank = 3") == agrees, value
    for value, agrees in ((0.04, YES), (0.06, NO), (np.nan, NO)):
        other = changed(systems, "angle_flow", value, flow="phase integrator")
        assert agreement(other, broken, "angle of f to E^G (degrees)", "phase integrator") == agrees, value
    other = changed(systems, "angle_flow", 1.0, flow="S1")
    assert agreement(other, broken, "angle of f to E^G (degrees)", "S1") == NO, "the paper has none there"
    one = {"drawn": 2, "ensemble_strength": 0.01}
    for off, agrees in ((7e-10, YES), (9e-10, NO)):
        other = changed(broken, "measured", broken["expected"].sel(one) + off, **one)
        row = agreement(systems, other, "exponents measured and expected differ by", "5 matrices x 7 strengths")
        assert row == agrees, off


def test_of_two_products_of_equal_dimension_the_worse_counts(systems, broken):
    system = {"system": "T^1 x sphere in R^3"}
    other = changed(changed(systems, "neutral", 3, system="T^2"), "near_zero", 3, **system)
    other["family"] = other["family"].copy(deep=True)
    other["family"].loc[{"system": "T^2"}] = "product"
    assert agreement(other, broken, "zeros of T^q x sphere", "q + n - 1 = 3") == NO


def test_no_lifetime_ends(systems):
    found = against_the_paper(systems, breaking({"matrices": 1, "longest": 1.0}))
    assert (found[found["figure"] == "Fig. 4A"]["agrees"] == NO).all()
    assert found[found["figure"] == "Fig. 4B"]["agrees"].tolist() == [MISSING] * 4 + [NO]


def test_tables_for_reading(table, systems, broken):
    readable = for_reading(table)
    row = readable.set_index("what").loc["lifetime, rotated strong"]
    assert row["at"] == "eps = 0.001, 0.003, 0.01, 0.03, 0.06, 0.1" and row["n"] == 6
    assert row["paper"] == row["here"] == "543.25, 181.09, 54.33, 18.11, 9.06, 5.44" and row["agrees"] == "6 of 6"
    row = readable.set_index("what").loc["zeros of T^q"]
    assert row["here"] == "1, 2, –, –, –, –, –, –" and row["agrees"] == "2 of 2 (6 not in this run)"
    row = readable.set_index("what").loc["spectrum of T^2, rates 1, 0.8, radii 1, 1.1"]
    assert row["here"] == row["paper"] == "0.000, 0.000, -1.936, -2.000", "without a -0"
    assert readable["n"].sum() == len(table)
    lines = reading.markdown(readable, "title", neutral_tables.said(systems, broken)).splitlines()
    assert {line.count("|") for line in lines if line.startswith("|")} == {len(readable.columns) + 1}


def test_what_is_said_names_n_and_settings(systems, broken):
    said = neutral_tables.said(systems, broken)
    for words in (
        "10 systems",
        "20 units of time after 20",
        "steps of 0.05",
        "within 0.15",
        "10 of 10",
        "18 lifetimes",
    ):
        assert words in said
    assert "from 0.25 rad until 0.2 rad" in said and "5 matrices x 7 strengths" in said


@pytest.mark.parametrize(
    "figure, words",
    [
        (neutral_counts, ("10 systems: tori 2,", "10 of 10", "20 units of time after 20", "steps of 0.05")),
        (neutral_angles, ("Mean over 2 random starts", "ε = 0.1")),
        (neutral_lifetimes, ("18 lifetimes, 3 matrices × 6 strengths", "steps of 0.01", "5 random matrices × 7")),
    ],
)
def test_figures_say_their_n_and_settings(figure, words, systems, broken, capfd):
    chart = figure.draw({"neutral_systems": [systems], "neutral_breaking": [broken]}, {})
    said = " ".join(chart.title.subtitle)
    assert all(word in said for word in words), said
    assert max(len(line) for line in chart.title.subtitle) < 80, "a column of 8.5 cm"
    drawn = vl_convert.vegalite_to_svg(chart.to_dict())
    assert chart.title.text in drawn.replace("&#x27;", "'").replace("&apos;", "'") and "NaN" not in drawn
    assert capfd.readouterr().err == ""
    assert figure.CATEGORY == "Neutral modes" and figure.CALLED and figure.CAPTION.endswith(".")


def test_lifetimes_that_do_not_end_are_not_drawn():
    broken = breaking({"matrices": 2, "longest": 300.0})
    chart = neutral_lifetimes.draw({"neutral_breaking": [broken]}, {})
    assert "4 over 300 not shown" in " ".join(chart.title.subtitle)
    points = chart.vconcat[0].layer[1].data.values
    assert len(points) == 14 and "null" not in json.dumps(points)


@pytest.mark.slow
def test_the_whole_within_a_minute():
    begun = time.process_time()
    systems, broken = analytic(), breaking()
    assert time.process_time() - begun < 60
    agrees = against_the_paper(systems, broken)["agrees"].value_counts()
    assert agrees.to_dict() == {YES: 91, UNFAIR: 14}
    assert np.array_equal(systems["near_zero_strict"], systems["neutral"])
