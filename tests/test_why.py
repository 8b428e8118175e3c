"""Snakemake's reasons in a researcher's words."""

import sys

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
    assert why.in_words(reason) == "Changed: the code that it rests on, or a pinned library"
    both = f"{SAID}before: '0123456789abcdef', '{OLD}' now: 'fedcba9876543210', '{NEW}' "
    assert "pinned library; training.horizon" in why.in_words(both)


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
