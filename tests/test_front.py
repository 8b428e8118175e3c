"""The front page: sentences against counts by hand, all that may be missing, and the page as a browser sees it."""

import copy
import json
import math
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from docutils.core import publish_parts
from docutils.writers.html4css1 import Writer

from schurscope.reports.figures.style import SECTOR_COLOURS
from schurscope.reports.front import at_a_glance, dumbbell, front_page, links, made_with
from schurscope.reports.front.drawing import drawing
from schurscope.reports.front.together import together
from schurscope.reports.reading import short
from schurscope.reports.trust import answers, claims
from schurscope.reports.trust.per_network import per_network
from schurscope.workflow import leads
from schurscope.workflow.config.whole import check_config
from test_trust import controlled, ordered, summary

NONE = pd.DataFrame(columns=["diagnostic"])
SETTINGS = {"alpha": 0.9, "near": 0.01, "pages": {"trust": "trust/trust.html"}, "tables": [], "data": []}
SETTINGS |= {"figures": [{"category": "Spectra", "called": "spectra", "task": "made", "href": "figures/s.html"}]}
SETTINGS |= {"config": "seeds: [0, 1]\n"}


def networks_of(*summaries) -> pd.DataFrame:
    """The table of every network, of summaries of one width and construction."""
    rows = []
    for one in summaries:
        for seed in one["seed"].values:
            own = one.sel(seed=seed, alpha=0.9).squeeze()
            known = {name: own[name].item() for name in ("task", "width", "init", "seed", "status", "solved", "n_R")}
            rows.append(known | {"fragile": own["fragile"].item(), "held_out_score": 0.01, "alpha": 0.9})
    return pd.DataFrame(rows)


def said_of(*summaries, circuits=(), found=NONE, table=None, others=None):
    table = per_network(summaries, {}, 0.9) if table is None else table
    metrics = {one["task"].item(): "fvu" for one in summaries}
    return front_page.sentences((others or {}) | {0.9: table}, metrics, list(circuits), found, 0.9, 0.01)


def circuit_summary(shares, discrepancy, solved=1.0, task="made", bases=("schur",)):
    """Of as many networks as there are shares, at three epsilons; what is not at 0.01 is a trap."""
    trap = np.full(len(shares), 0.5)
    at = ("basis", "width", "init", "seed", "epsilon")
    values = {"removed_share": shares, "discrepancy": discrepancy, "verified": np.array(discrepancy) <= 0.01}
    data = {
        f"circuit_{name}": (
            at,
            np.broadcast_to(np.stack([trap, np.asarray(own, float), trap], -1), (1, 1, 1, len(shares), 3)),
        )
        for name, own in values.items()
    }
    seeds = len(shares)
    data |= {"solved": (at[:4], np.broadcast_to(solved, (1, 1, 1, seeds)).astype(float))}
    data |= {"status": (at[:4], np.full((1, 1, 1, seeds), "ok", dtype=object))}
    place = {"basis": list(bases), "width": [8], "init": ["orthogonal"], "seed": range(seeds)}
    return xr.Dataset(data, coords=place | {"epsilon": [0.001, 0.01, 0.1], "task": task})


def test_many_kinds_of_networks_are_told_by_task():
    kinds = [circuit_summary([0.7, 0.8, 0.9], [0.001] * 3).assign_coords(width=[w]) for w in range(6, 13)]
    many = xr.concat(kinds, "width")
    assert "[least to most] of n solved networks): made 80 % [70 to 90] (n = 21);" in together([many]).sentence


def test_what_may_go_is_counted_over_solved_networks_that_have_the_sector():
    """RR: 2 of 3 lose at most 0.01; CR: all 4 lose more; CC: 2 of 4, so that networks differ; two are not solved."""
    effect = [[0.0, 0.5, 0.0], [0.01, 0.2, 0.0], [0.3, 0.4, 1.0], [9.0, 0.1, 2.0], [0.0] * 3, [0.0] * 3]
    mass = [[0.1] * 3] * 3 + [[0.0, 0.1, 0.1]] + [[0.1] * 3] * 2
    one = summary(effect, mass, solved=[1, 1, 1, 1, 0, 0])
    said = said_of(one, summary([0.1] * 3, solved=0.0, task="hard"))[0]
    assert said.sentence == (
        "Cut at α = 0.9 (in brackets, in how many of the solved networks that have the sector): made can lose T_RR"
        " (2 of 3) but needs T_CR (4 of 4), its networks differ on T_CC (2 of 4). No network is solved of hard (6):"
        " not decidable."
    )
    assert said.evidence == ("made: ΔFVU −RR 0.010 [0 to 0.30], −CR 0.30 [0.10 to 0.50], −CC 0.50 [0 to 2.0]",)


def test_a_task_whose_cuts_are_mostly_fragile_is_not_decidable():
    told = said_of(
        summary([0.0] * 3, fragile=[1, 1, 1, 1, 0, 0]), summary([0.0] * 3, fragile=[1, 0, 0, 0, 0, 0], task="b")
    )
    assert "made is not decidable, because its cut is fragile in 4 of 6" in told[0].sentence
    assert "b can lose T_RR (6 of 6), T_CR (6 of 6) and T_CC (6 of 6)" in told[0].sentence
    assert "in 5 of 12 solved networks (made 4 of 6, b 1 of 6)" in told[2].sentence


def test_many_tasks_are_counted():
    """Eight tasks: three can lose RR, all need CR, in one CC is empty; one more has fragile cuts."""
    tasks = [summary([0.0 if i < 3 else 0.5, 0.5, 0.5], [0.1, 0.1, 0.1 if i else 0.0], task=f"t{i}") for i in range(8)]
    text = said_of(*tasks, summary([0.0] * 3, fragile=1.0, task="f"))[0].sentence
    assert "T_RR may go in most networks of 3 of 8 tasks (t0, t1, t2), in 18 of 48 networks in all" in text
    assert "T_CR may go in most networks of 0 of 8 tasks, in 0 of 48" in text and "0 of 7 tasks, in 0 of 42" in text
    assert "not decidable for f, whose cuts are mostly fragile" in text


def test_how_much_can_go_together_at_the_epsilon_that_is_named():
    text = said_of(
        summary([0.1] * 3), circuits=[circuit_summary([0.9, 0.8, 0.95, np.nan], [0.009, 0.0101, 0.008, 0.0])]
    )
    text = text[1].sentence
    assert "by ε = 0.01 of their variance" in text and "made 90 % [80 to 95] (n = 3)" in text
    assert "stays below ε in 2 of 3 networks and is at most 1.01 ε" in text
    assert "normal" not in text, "one that has no coupling is in no count"


def test_how_sure_counts_orders_and_controls_over_tasks():
    effect = [0.4, 0.3, 0.001]
    datasets = {"order": [ordered(effect, [0.2, 0.0, 0.0])], "controls": [controlled(effect, [0, 2, 30])]}
    table = per_network([summary(effect)], datasets, 0.9)
    numbers = answers.numbers(datasets, table, 0.9)
    found = pd.concat([rows.assign(diagnostic=name) for name, rows in numbers.items()])
    text = said_of(summary(effect), found=found, table=table)[2].sentence
    assert "depends on the order of blocks inside a sector for −RR in 6 of 6 and −CC in 0 of 6" in text
    assert "97.5 % of 64 random changes of T of equal size for −RR in 6 of 6, −CR in 0 of 6 and −CC in 0 of 6" in text
    assert f"by chance {short(18 * 2 / 65)} of 18 in all" in text
    assert "the cut is fragile (n_R changes with α ± 0.01) in 0 of 6 solved networks; the cost" in text


def test_verdicts_that_another_cut_turns():
    """At 0.8, RR may go in 5 of 6 where all needed it; CC is empty where it could go; at 0.95 all is as here."""
    now = summary([0.3, 0.3, 0.0])
    moved = summary([[0.0, 0.3, 0.0]] * 5 + [[0.3, 0.3, 0.0]], [0.1, 0.1, 0.0])
    others = {0.8: per_network([moved], {}, 0.9), 0.95: per_network([now], {}, 0.9)}
    lines = said_of(now, others=others)[2].evidence
    assert lines[0] == (
        "Cut at α = 0.8 instead, another verdict on made T_RR (needed → may go, 5 of 6 may), made T_CC (may go →"
        " empty)."
    )
    assert lines[1] == "Cut at α = 0.95 instead, the same verdict on every sector."


def test_what_is_missing_is_said_plainly():
    plain = said_of(summary([0.1] * 3))
    assert plain[1].sentence == "Not asked: this config looks for no circuits, at no ε."
    assert (
        "whether the order of blocks matters was not measured; random changes of equal size were not tried"
        in plain[2].sentence
    )
    unsolved = said_of(summary([0.1] * 3, solved=0.0), circuits=[circuit_summary([0.9], [0.0], solved=0.0)])
    assert (
        unsolved[0].sentence.startswith("None of the 6 networks with a Schur form is solved")
        and "α = 0.9" in unsolved[0].sentence
    )
    assert unsolved[1].sentence == "Not decidable at ε = 0.01: no solved network has couplings to lose."
    assert unsolved[2].sentence == "Not decidable at α = 0.9: no network is solved."
    assert said_of(summary([0.1] * 3, status="diverged"))[0].sentence.startswith(
        "There is no network with a Schur form"
    )
    normal = said_of(summary([0.0] * 3, mass=[0.0] * 3))[0].sentence
    assert "made has nothing to lose, all sectors are empty (6 of 6)" in normal


def compared(**more) -> pd.DataFrame:
    """Two numbers of the paper about one place, and others that cannot be drawn whole."""
    row = {"source": "Fig. 2", "task": "sine", "width": 64, "init": "orthogonal", "alpha": 0.9, "removed": "CR"}
    row |= {"metric": "delta_fvu", "paper": 1.0, "paper_sem": 0.1, "paper_n": 3, "here": 2.0, "here_sem": 0.1, "n": 3}
    row |= {
        "difference": 1.0,
        "difference_low": 0.5,
        "difference_high": 1.5,
        "verdict": "differs",
        "reason": "",
        "note": "",
    }
    absent = dict.fromkeys(("difference", "difference_low", "difference_high"), math.nan)
    wide = {"removed": "CC", "here": 1.5, "difference": 0.5, "difference_low": -2.0, "difference_high": 3.0}
    rows = [row, row | wide | {"verdict": "not decidable", "reason": dumbbell.EXPLAINED[0]}]
    rows += [row | absent | {"removed": "RR", "paper": math.nan, "verdict": "no number in the paper", "note": "little"}]
    rows += [row | absent | {"removed": "RR+CC", "here": math.nan, "n": 0, "verdict": "empty here"}]
    rows += [row | absent | {"task": "other", "here": math.nan, "n": 0, "verdict": dumbbell.ABSENT}]
    return pd.DataFrame([one | more for one in rows])


def test_a_bar_covers_the_papers_mark_where_the_interval_holds_0():
    (group,) = dumbbell.groups(compared())
    rows = {row["name"]: row for row in group["rows"]}
    assert len(rows) == 4 and "sine, N = 64, dense orthogonal: ΔFVU (Fig. 2, α = 0.9)" == group["title"]
    differs, wide = rows["−CR"], rows["−CC"]
    assert differs["paper"] < differs["bar"][0] < differs["here"] < differs["bar"][1]
    assert wide["bar"][0] < wide["paper"] < wide["here"] < wide["bar"][1]
    assert (differs["here"] - differs["paper"]) == pytest.approx(2 * (wide["here"] - wide["paper"]), abs=0.02), (
        "one axis"
    )
    assert rows["−RR"]["paper"] is None and rows["−RR"]["note"] == "little" and rows["−RR −CC"]["here"] is None
    assert dumbbell.counts(compared()) == [
        ("differ", 1),
        ("not decidable", 1),
        ("empty here", 1),
        ("without a number in the paper", 1),
    ]
    assert dumbbell.groups(compared(verdict=dumbbell.ABSENT)) == []
    places = [row[kind] for row in group["rows"] for kind in ("paper", "here") if row[kind] is not None]
    assert all(0 <= place <= 100 for place in [*places, *differs["bar"], *wide["bar"]])


def test_ticks_are_round_and_within():
    for low, high in ((0.0, 1.0), (-2.3, 7.9), (0.0001, 0.0004), (60, 68)):
        found = dumbbell.ticks(low, high)
        steps = np.diff(found)
        assert 2 <= len(found) <= 6 and min(found) >= low - 1e-9 and max(found) <= high + 1e-9
        assert np.allclose(steps, steps[0]) and f"{steps[0]:e}"[0] in "125"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.155, "0.15"),
        (0.155056, "0.16"),
        (0.9999, "1.0"),
        (64.0, "64"),
        (0.0004, "0"),
        (-0.007, "−0.007"),
        (123.4, "123"),
    ],
)
def test_numbers_have_two_digits(value, said):
    assert short(value) == said


def test_the_drawing_is_of_a_quasi_triangular_matrix():
    """Entries between blocks 2, 1, 2 | 2, 1, 1, counted by hand."""
    text = drawing()
    counts = {s: text.count(f'fill="{colour}"') for s, colour in SECTOR_COLOURS.items()}
    assert counts == {"RR": 2 * 1 + 3 * 2, "CR": 5 * 4, "CC": 2 * 1 + 3 * 1}
    assert all(f"T_{sector}</text>" in text for sector in SECTOR_COLOURS) and "<title" in text and "<desc" in text


def test_where_my_network_is():
    effect, status = [[0.0, 0.5, 0.0], [0.3, 0.2, 0.0]], "ok"
    one = summary(effect, [[0.1, 0.1, 0.0]] * 2, seeds=2, init="imported", status=status, solved=[1, 0], fragile=[1, 0])
    table, every = per_network([one], {}, 0.9), networks_of(one)
    first, second = at_a_glance.single(table, every)
    assert (first["init"], first["state"], first["cut"], first["costs"]) == (
        "trained elsewhere",
        "solved",
        "fragile",
        ["0", "0.50", "empty"],
    )
    assert second["state"] == "not solved" and second["costs"] == ["0.30", "0.20", "empty"]
    (kind,) = at_a_glance.kinds(table, every)
    assert (kind["networks"], kind["solved"], kind["fragile"], kind["n_R"]) == (2, 1, 1, "4")
    assert [cell["verdict"] for cell in kind["cells"]] == ["may go", "needed", "empty"]


def test_versions_are_those_that_files_name():
    files = [xr.Dataset(attrs={"versions": f'{{"numpy": "{v}"}}'}) for v in ("2.1", "2.1", "2.0")]
    assert dict(made_with.made_with(files))["numpy"] == "2.0 (1 files), 2.1 (2 files)"
    assert dict(made_with.made_with(files[:2]))["numpy"] == "2.1"
    assert [page["called"] for page in links.pages({"trust": "t"})] == ["Can this profile be trusted?"]


def test_the_page_is_given_what_the_config_says_not_its_words(paper_config):
    given = leads.index_settings(check_config(copy.deepcopy(paper_config)), ["results/tables/networks.html"])
    other = copy.deepcopy(paper_config)
    other["ablation"]["alphas"].reverse()
    other["tasks"]["copy"]["training"]["horizon"] = 16.0
    assert leads.index_settings(check_config(copy.deepcopy(other)), ["results/tables/networks.html"]) == given
    other["training"]["batch"] = 5
    assert leads.index_settings(check_config(other), ["results/tables/networks.html"]) != given
    found = json.loads(given)
    assert found["tables"] == [{"called": "networks", "href": "tables/networks.html"}]
    assert {"called": "schur", "href": "schur/"} in found["data"] and found["pages"]["trust"] == "trust/trust.html"
    paper_config["folders"]["results"], paper_config["diagnostics"] = "results/other", None
    found = json.loads(leads.index_settings(check_config(paper_config), []))
    assert {"called": "schur", "href": "../schur/"} in found["data"] and "trust" not in found["pages"]
    assert "census" not in found["pages"]
    given = json.loads(leads.index_settings(check_config(paper_config) | {"census": True}, []))
    assert (
        given["pages"]["census"] == "census/census.html" and {"called": "dataset", "href": "dataset/"} in given["data"]
    )


def written(*summaries, circuits=(), picture="", numbers=None) -> str:
    table = per_network(summaries, {}, 0.9)
    said = said_of(*summaries, circuits=circuits)
    stated = claims.claims(summaries, table, 0.9)
    numbers = compared(verdict=dumbbell.ABSENT) if numbers is None else numbers
    return front_page.page(said, table, networks_of(*summaries), stated, numbers, picture, [], SETTINGS)


class Page(HTMLParser):
    """Which elements there are, which links within the page, and whether each that opens is closed."""

    VOID = ("meta", "br", "circle", "line", "path", "rect")

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.ids, self.anchors = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        known = dict(attributes)
        assert "src" not in known and (tag == "a" or "href" not in known), "a page of its own"
        self.ids += [known["id"]] if "id" in known else []
        self.anchors += [known["href"][1:]] if known.get("href", "").startswith("#") else []
        self.open += [] if tag in self.VOID else [tag]

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


CASES = {
    "paper": ([summary([[0.0, 1.0, 2.0]] * 3, task="sine", width=64, seeds=3)], {"numbers": compared()}),
    "plain": ([summary([0.1] * 3)], {}),
    "circuits": ([summary([0.1] * 3)], {"circuits": [circuit_summary([0.9], [0.0])]}),
    "unsolved": ([summary([0.1] * 3, solved=0.0)], {}),
    "diverged": ([summary([0.1] * 3, status="diverged", solved=0.0)], {}),
    "imported": ([summary([0.1] * 3, seeds=1, init="imported", task="mine")], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_page_of_each_kind(case):
    summaries, options = CASES[case]
    text = written(*summaries, **options)
    page = Page(text)
    assert set(page.anchors) <= set(page.ids) and len(set(page.ids)) == len(page.ids)
    assert page.seen.count("h1") == 1 and "script" not in page.seen and ">nan" not in text and " nan" not in text
    assert "http" not in text and text == written(*summaries, **options), "equal settings give equal bytes"
    assert ("nothing to compare" in text) == (case != "paper")


def test_names_are_escaped():
    name = "<script>alert(1)</script>"
    text = written(
        summary([0.1] * 3, task=name), summary([0.1] * 3, task=name + "b", solved=0.0), picture="<?xml?><svg/>"
    )
    assert "<script" not in text and "&lt;script&gt;" in text and "<svg/>" in text and "<?xml" not in text


def test_the_reports_first_page_says_the_same_whatever_the_names():
    said = said_of(summary([0.1] * 3, task="a_b{{ config }}*"))
    text = front_page.report(said, 0.01)
    assert "{{" not in text and "{%" not in text
    body = publish_parts(text, writer=Writer(), settings_overrides={"halt_level": 2})["html_body"]
    assert "T_RR" in body and "a_b(( config ))*" in body and "system-message" not in body


WIDTHS = (1400, 768, 400)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium to look at the page with")
def test_a_browser_has_nothing_to_complain_of(tmp_path):
    """At three widths, in frames of one page: nothing wider than its window, no message, no request."""
    wide = '<svg viewBox="0 0 900 90" width="900" height="90"><rect width="900" height="90"/></svg>'
    pages = [written(*summaries, picture=wide, **options) for summaries, options in (CASES["paper"], CASES["unsolved"])]
    frames = []
    for number, text in enumerate(pages):
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")
        frames += [f'<iframe src="{number}.html" style="width:{w}px;height:900px"></iframe>' for w in WIDTHS]
    measure = (
        "onload = () => { const all = Array.from({length: frames.length}, (_, i) => frames[i]);"
        "  document.title = all.map(f => { const d = f.document;"
        "  d.querySelectorAll('details').forEach(e => e.open = true);"
        "  return d.documentElement.scrollWidth - d.documentElement.clientWidth + ':'"
        "    + f.performance.getEntriesByType('resource').length; }).join(' ') }"
    )
    (tmp_path / "all.html").write_text(f"<!doctype html>{''.join(frames)}<script>{measure}</script>", encoding="utf-8")
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    command += [
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=1500,1000",
        "--enable-logging=stderr",
        "--v=0",
    ]
    done = subprocess.run(
        [*command, "--dump-dom", f"file://{tmp_path / 'all.html'}"], capture_output=True, text=True, timeout=120
    )
    assert f"<title>{' '.join(['0:0'] * 6)}</title>" in done.stdout, done.stdout[:300]
    assert "CONSOLE" not in done.stderr
