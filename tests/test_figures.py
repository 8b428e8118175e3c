"""Figures: the same panels on paper as on the screen, axes that say what they show, numbers that are the datasets'."""

import json
import math

import altair as alt
import numpy as np
import pytest

import drawn_figures
from schurscope.reports.figures import paper_size, published, schur_matrix, spectra, style
from schurscope.reports.figures.effect_axis import effect_axis
from schurscope.reports.figures.interactive import alive

ROWS = ["copy, N = 72, dense orthogonal (accuracy 0.9999, 3 of 3 solved)", "sine, N = 64, rotation (expRNN)"]


def panels(count: int, labels: bool):
    """Charts of two rows with names that are long; only the first has them where ``labels`` is False."""
    records = [{"row": row, "value": i} for i, row in enumerate(ROWS)]
    return [
        alt.Chart(style.inline(records))
        .mark_point()
        .encode(x="value:Q", y=alt.Y("row:N", title=None, axis=alt.Axis(labels=labels or not i, labelLimit=400)))
        .properties(width=230, height=50, title=f"panel {i}")
        for i in range(count)
    ]


@pytest.mark.parametrize(("count", "size", "labels"), [(1, "17.5cm", True), (3, "8.5cm", False), (7, "8.5cm", True)])
def test_no_panel_and_no_name_is_lost_on_paper(count, size, labels, tmp_path):
    chart = style.styled(alt.hconcat(*panels(count, labels)), "A title of several words " * 4, ["What it says. " * 9])
    file = tmp_path / f"one_{size}.svg"
    file.write_text(paper_size.drawn(chart.to_dict(), size), encoding="utf-8")
    assert f'width="{size}"' in file.read_text(encoding="utf-8")
    drawn_figures.check(tmp_path)
    words = [words for words, _, _ in drawn_figures.texts(file)]
    assert [word for word in words if word.startswith("panel")] == [f"panel {i}" for i in range(count)]
    said = " ".join(words)
    assert all(part in said for part in ("copy, N = 72", "3 solved)", "A title of several", "What it says."))
    assert "…" not in said, "nothing is cut off"


def test_a_plane_stays_a_plane():
    axis = alt.X("re:Q", scale=alt.Scale(domain=[-2, 2])), alt.Y("im:Q", scale=alt.Scale(domain=[0, 1]))
    chart = alt.Chart(style.inline([{"re": 0, "im": 0}])).mark_point().encode(*axis).properties(width=800, height=200)
    laid = paper_size.fitted(style.styled(chart, "x").to_dict(), "8.5cm")
    assert laid["width"] < 400 and laid["height"] / laid["width"] == 0.25


def test_the_axis_of_an_effect_begins_at_0_where_nothing_is_negative():
    for metric in ("fvu", "accuracy"):
        assert effect_axis([0.2, -1e-6, math.nan], metric)("effect").to_dict()["scale"]["domain"] == [0.0, 0.2]
        assert effect_axis([0.2, -0.1], metric)("effect").to_dict()["scale"]["domain"] == [-0.1, 0.2]
    assert "logarithmic above 0.01" in effect_axis([1], "fvu")("effect").to_dict()["title"]
    assert effect_axis([1], "accuracy")("effect").to_dict()["title"] == "lost accuracy"


def test_eigenvalues_that_lie_together_are_counted_by_network():
    roots = [np.exp(2j * np.pi * k / 5) for k in range(5)]
    values = {"0": [*roots, *roots, *roots, 0.1], "1": [*roots, *roots, *roots, roots[0]]}
    records = [{"re": z.real, "im": z.imag, "seed": seed} for seed, own in values.items() for z in map(complex, own)]
    found = spectra._several(records)
    assert sorted(one["count"] for one in found) == ["3", "3", "3", "3", "3–4"]
    assert all(math.hypot(one["re"], one["im"]) > 1.1 for one in found), "outside of the circle"


def test_stretches_are_what_is_there():
    there = np.random.default_rng(0).random((9, 13)) < 0.5
    again = np.zeros_like(there)
    for row, first, behind in schur_matrix.runs(there):
        assert not again[row, first:behind].any()
        again[row, first:behind] = True
    assert np.array_equal(again, there)


def test_the_papers_numbers_are_those_of_the_same_network_and_cut():
    row = {"source": "Fig. 1", "task": "copy", "width": 72, "alpha": 0.9, "value": 0.639, "sem": math.nan}
    values = [row, row | {"width": 64}, row | {"alpha": 0.85}, row | {"value": math.nan}]
    assert published.published(values, alpha=0.9, width=72, task="copy") == [row | {"by": "Draeger 2026"}]


def test_pages_zoom_and_tooltips_speak():
    axis = alt.X("n_R:Q", title="rows"), alt.Y("low:Q")
    chart = alt.Chart(style.inline([{"n_R": 1, "low": 2, "p_low": 3}])).mark_point().encode(*axis)
    page = alive((chart.encode(tooltip=["n_R:Q", "low:Q", "p_low:N"]) | chart).to_dict())
    assert [one["title"] for one in page["hconcat"][0]["encoding"]["tooltip"]] == ["rows", "lowest", "p low"]
    zooms = [param for panel in page["hconcat"] for param in panel["params"]]
    assert len({zoom["name"] for zoom in zooms}) == 2 and all(zoom["bind"] == "scales" for zoom in zooms)
    assert json.dumps(chart.to_dict()) == json.dumps(chart.to_dict()) and "params" not in chart.to_dict()


def test_colours_that_are_no_sectors_look_like_none():
    others = {*style.CATEGORIES, style.INK, style.GREY, style.DARK, style.LIGHT}
    assert not others & set(style.SECTOR_COLOURS.values())
    for family in (style.SECTOR_COLOURS.values(), (style.DARK, style.LIGHT), style.CATEGORIES[:3]):
        light = sorted(_lightness(colour) for colour in family)
        assert min(np.diff(light)) > 12, "told apart in grey"


def _lightness(colour: str) -> float:
    """L* of CIELAB, 0 to 100."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    y = float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y
