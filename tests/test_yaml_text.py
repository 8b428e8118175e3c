"""A config file that YAML takes without a word, or refuses: which file, which lines, what is probably meant."""

import pytest

from conftest import ROOT
from schurscope.foundations.errors import SchurscopeError
from schurscope.workflow.config.yaml_text import check_yaml

MISTAKES = {
    "seeds: [0]\nseeds: [1]\n": "the key 'seeds' stands there twice, in lines 1 and 2; keep one",
    "tasks:\n  sine: {solved: 1, solved: 2}\n": "the key 'solved' of tasks.sine stands there twice, in lines 2 and 2",
    "seeds: [0, 1\ntasks: 1\n": "line 2, column 6: 'tasks: 1': .* is a ] missing?",
    "a: {b: 1\n": "is a } missing?",
    "seeds:\n\t- 1\n": "line 2, column 1: .*indent with spaces, not with a tab",
    "training:\n  batch:64\n  clip: 1\n": "line 3, .*is a space missing after the colon, as in 'batch: 64'?",
    "training:\n  batch: 64\n   clip: 1\n": "line 3, column 8: 'clip: 1': .*keys of one section begin in one column",
    "name: a: b\n": "a text with ': ' in it needs quotes",
    'seeds: "0\ntasks: 1\n': "is a quote missing?",
    "seeds: [0]\ntasks\nfigures: 1\n": "is a colon missing, as in 'tasks:'?",
    "a: @b\n": "line 1, column 4",
    "a: \x07\n": "is not YAML",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_one_sentence(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(SchurscopeError, match=MISTAKES[text].replace("?", r"\?").replace("{", r"\{")) as mistake:
        check_yaml(file)
    assert str(mistake.value).startswith(str(file)) and "\n" not in str(mistake.value)


def test_ours_are_right(tmp_path):
    for file in [ROOT / "config.yaml", *(ROOT / "studies").glob("*.yaml")]:
        check_yaml(file)
    (tmp_path / "twice.yaml").write_text("a: {x: 1}\nb: {x: 1}\nc: [{x: 1}, {x: 1}]\n")
    check_yaml(tmp_path / "twice.yaml")


def test_also_under_plain_snakemake(study):
    file = study.folder / "twice.yaml"
    file.write_text("seeds: [0]\nseeds: [1]\n")
    done = study.snakemake("--dry-run", check=False, configs=[file])
    assert done.returncode and "the key 'seeds' stands there twice, in lines 1 and 2" in done.stdout + done.stderr
