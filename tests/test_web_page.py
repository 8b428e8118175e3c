"""Figures as pages of their own: the bundle is Vega's, made once, and nothing in a name can end the script."""

import json
import re

import altair as alt
import pytest
import vl_convert

from schurscope.reports.figures import web_page


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_the_bundle_is_made_once(cache, monkeypatch):
    assert web_page.bundle() == vl_convert.javascript_bundle()
    (kept,) = (cache / "schurscope").iterdir()
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda **_: "made again")
    assert len(web_page.bundle()) > 500_000
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-10])
    assert web_page.bundle() == "made again" and kept.read_bytes() != whole, "a file that is not whole is not used"
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nothing")
    assert web_page.bundle() == "made again", "a folder that cannot be written costs time only"


def test_names_are_data(monkeypatch):
    monkeypatch.setattr(web_page, "bundle", lambda: "/* {vega} */")
    name = "a</script><b>{x}"
    chart = alt.Chart(alt.InlineData(values=[{"name": name}])).mark_point().encode(x="name:N")
    page = web_page.web_page(chart.to_dict(), "T_CR < T_CC")
    assert page.count("</script>") == 2 and "<title>T_CR &lt; T_CC</title>" in page and "/* {vega} */" in page
    assert name in str(json.loads(re.search(r'vegaEmbed\("#vis", (.*), {"mode"', page)[1]))
