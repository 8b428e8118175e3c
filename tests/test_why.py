"""Snakemake's reasons in a researcher's words."""

import json
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import why

OLD = '{"seeds":[0,1],"training":{"clip":null,"learning_rate":0.001}}'
NEW = '{"seeds":[0,1],"training":{"clip":null,"horizon":4,"learning_rate":0.002}}'
SAID = "Params have changed since last execution: Union of exclusive params before and now across all output: "


def test_changed_settings_are_shown_and_no_others():
    reason = f"{SAID}before: '{OLD}' now: '{NEW}' "
    assert why.in_words(reason) == "Changed: training.horizon: nothing -> 4; training.learning_rate: 0.001 -> 0.002"


def test_changed_code_is_not_a_setting():
    reason = f"{SAID}before: '0123456789abcdef' now: 'fedcba9876543210' "
    assert why.in_words(reason) == "Changed: the code that it rests on, or a library"
    both = f"{SAID}before: '0123456789abcdef', '{OLD}' now: 'fedcba9876543210', '{NEW}' "
    assert "or a library; training.horizon" in why.in_words(both)


def test_changed_code_is_named_where_it_is_known(monkeypatch, tmp_path):
    monkeypatch.setattr("schurscope.workflow.digest.MEMORY", tmp_path)
    parts = {"a.py": "1", "b.py": "2", "numpy": "2.4.6"}
    for name, change in (("0123456789abcdef", {}), ("fedcba9876543210", {"b.py": "3", "numpy": "2.5.0"})):
        (tmp_path / f"{name}.json").write_text(json.dumps(parts | change))
    reason = f"{SAID}before: '0123456789abcdef' now: 'fedcba9876543210' "
    assert why.in_words(reason) == "Changed: the code (b.py, numpy 2.4.6 -> 2.5.0)"
    several = ["cut:1111111111111111 order:0123456789abcdef", "cut:1111111111111111 order:fedcba9876543210"]
    reason = f"{SAID}before: {several[0]!r} now: {several[1]!r} "
    assert why.in_words(reason) == "Changed: the code (b.py, numpy 2.4.6 -> 2.5.0)"


@pytest.mark.parametrize("old", ["it's", 'say "so"', "", "a now: b", "both ' and \\"])
def test_settings_may_hold_quotes(old):
    """Snakemake writes them as Python's repr does."""
    before, now = (json.dumps({"keys": {"W_hh": text}}) for text in (old, "other"))
    reason = f"{SAID}before: {before!r} now: {now!r} "
    assert why.in_words(reason) == f'Changed: keys.W_hh: {json.dumps(old)} -> "other"'


def test_what_left_the_config_is_no_raw_text():
    seeds = [json.dumps({"seeds": some}) for some in ([0, 1, 2], [0, 1])]
    reason = f"Set of input files has changed since last execution; {SAID}before: {seeds[0]!r} now: {seeds[1]!r} "
    assert why.in_words(reason) == "Changed: seeds: 0, 1, 2 -> 0, 1"
    order = [json.dumps({"diagnostics": some}) for some in (["order", "cut"], ["cut"])]
    reason = f"Updated input files: a; {SAID}before: {order[0]!r} now: {order[1]!r} "
    assert why.in_words(reason) == 'Changed: diagnostics: "order", "cut" -> "cut"'
    assert why.in_words(f"{SAID}before: <nothing exclusive> now: {seeds[1]!r} ") == "Changed: the settings"


def test_other_reasons():
    assert why.in_words("Missing output files: a, b") == "Not there yet"
    assert why.in_words("Input files updated by another job: a") == "Made from what is new or changed"
    assert why.in_words("Forced execution") == "Forced execution"


def test_of_a_study(copied):
    """Nothing; then one learning rate, which is named with its task, and what follows from it."""
    assert copied.snakemake(program=[ROOT / "scripts" / "why.py"]).stdout.startswith("Nothing would run")
    copied.config["tasks"]["flipflop"]["training"] = {"learning_rate": 0.01}
    said = copied.snakemake(program=[ROOT / "scripts" / "why.py"]).stdout
    changed, follows = said.split("Made from what is new or changed:\n")
    assert changed.splitlines() == [
        "Changed: training.learning_rate: 0.001 -> 0.01:",
        "    train flipflop n6 orthogonal, seeds 0-1",
        "    train flipflop n6 orthogonal, seeds 2-3",
    ]
    assert "    aggregate flipflop\n" in follows and "copy n6" not in follows
