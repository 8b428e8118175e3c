"""Files that are not what they should be: a sentence each, no traceback, nothing executed, little memory."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

import elsewhere
from conftest import ROOT
from malformed_files import EXECUTED, FILES, Malicious, hashed_for_ever
from schurscope.external import aside
from schurscope.external.network import assembled, read_network
from schurscope.external.recorded import read_trials
from schurscope.foundations.errors import SchurscopeError
from schurscope.stages.read import datasets


@pytest.fixture(params=FILES)
def malformed(request, tmp_path):
    name, make, words = FILES[request.param]
    path = tmp_path / name
    path.write_bytes(make())
    return path, words


def test_one_sentence(malformed, request):
    path, words = malformed
    if words != ["cannot be read"]:  # that one may take its process along
        request.getfixturevalue("in_this_process")
    with pytest.raises(SchurscopeError) as caught:
        read_network(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path)) and "\n" not in sentence and len(sentence) < 900
    assert all(word in sentence for word in words), sentence
    assert not EXECUTED


def test_a_file_that_takes_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(aside, "SECONDS", 6)
    (tmp_path / "a.pt").write_bytes(hashed_for_ever())
    with pytest.raises(SchurscopeError, match="takes more than 6 s to read"):
        read_network(tmp_path / "a.pt")


def test_the_malicious_files_would_have_executed():
    """The test above can fail: pickle itself runs what these files name."""
    pickle.loads(pickle.dumps(Malicious()))
    assert EXECUTED.pop()


def test_a_file_that_is_not_there_a_folder_and_a_pipe(tmp_path):
    with pytest.raises(SchurscopeError, match="does not exist"):
        read_network(tmp_path / "nothing.npz")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(SchurscopeError, match="is a folder or something else"):
        read_network(tmp_path / "folder.npz")
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(SchurscopeError, match="is a folder or something else"):
        read_network(tmp_path / "pipe.npz")


LOOP = """
import resource, sys
from pathlib import Path
from schurscope.cli import main
for path in sorted(Path(sys.argv[1]).glob("*/*")):
    try:
        main(["profile", str(path), "--trials", sys.argv[2]])
        print("went through", path)
    except SystemExit as stopped:
        print(stopped.code)
own = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(own.split()[1])  # getrusage would count what the process that started this one had
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
DANGEROUS = (
    "malicious pt",
    "two pickles",
    "huge nc",
    "expanded tensor",
    "zip bomb as npz",
    "crash",
    "short pt",
)


@pytest.mark.parametrize("names", [DANGEROUS, pytest.param(tuple(FILES), marks=pytest.mark.slow)], ids=["some", "all"])
def test_on_the_command_line_within_little_memory(names, tmp_path):
    for number, name in enumerate(names):
        file, make, _ = FILES[name]
        folder = tmp_path / "files" / str(number)
        folder.mkdir(parents=True)
        (folder / file).write_bytes(make())
    np.savez(tmp_path / "t.npz", **elsewhere.recorded(elsewhere.Plain()))
    command = [sys.executable, "-c", LOOP, str(tmp_path / "files"), str(tmp_path / "t.npz")]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts"), "PYTHONWARNINGS": "error"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500)
    *sentences, own, other = done.stdout.splitlines()
    assert done.returncode == 0 and len(sentences) == len(names), done.stderr
    assert all(sentence.startswith("schurscope: ") for sentence in sentences), done.stdout
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr
    assert max(int(own), int(other)) < 2**20


TRIALS = {  # what is wrong: (what to change in good trials, words of the sentence)
    "no targets": (lambda t: t.pop("targets"), "no targets; name the array for each by trial_keys"),
    "nothing": (lambda t: t.clear(), "no inputs and no targets"),
    "text": (lambda t: t.update(inputs=np.array(["a"])), "inputs holds <U1, not real numbers"),
    "inputs of another network": (
        lambda t: t.update(inputs=np.ones((40, 12, 5))),
        r"inputs \(40, 12, 5\) must be \(40, 12, 2\)",
    ),
    "time first": (lambda t: t.update(inputs=t["inputs"].swapaxes(0, 1)), "have their axes in different order"),
    "fewer targets": (lambda t: t.update(targets=t["targets"][:3]), r"targets \(3, 12, 3\) must be \(40, 12, 3\)"),
    "four axes": (
        lambda t: t.update(inputs=t["inputs"][None]),
        "inputs has 4 dimensions; the three of batch, time, channel",
    ),
    "no trials": (lambda t: t.update({name: array[:0] for name, array in t.items()}), "there are no trials"),
    "NaN": (lambda t: t["inputs"].__setitem__((0, 0, 0), np.nan), "1 of 960 inputs are not finite"),
    "half a mask": (lambda t: t.update(mask=np.full((40, 12), 0.5)), "mask has other numbers than 0 and 1"),
    "nothing scored": (lambda t: t.update(mask=np.zeros((40, 12))), "mask scores nothing"),
    "constant": (lambda t: t.update(targets=np.ones((40, 12, 3))), "scored targets do not vary"),
    "h0": (lambda t: t.update(h0=np.ones((40, 9))), r"h0 \(40, 9\) must be \(16,\) or \(40, 16\)"),
    "outputs": (lambda t: t.update(outputs=t["outputs"][..., :2]), r"outputs \(40, 12, 2\) must be \(40, 12, 3\)"),
    "other outputs": (lambda t: t.update(outputs=-t["outputs"]), "the recorded outputs are not reproduced"),
}


@pytest.mark.parametrize("wrong", TRIALS)
def test_trials_that_do_not_fit(wrong, tmp_path):
    network = elsewhere.Plain()
    trials = elsewhere.recorded(network)
    change, words = TRIALS[wrong]
    change(trials)
    np.savez(tmp_path / "t.npz", **trials)
    with pytest.raises(SchurscopeError, match=words) as caught:
        datasets("net", assembled(**elsewhere.arrays(network)), read_trials(tmp_path / "t.npz"))
    assert "\n" not in str(caught.value)


def test_accuracy_needs_signs():
    network = elsewhere.Plain()
    with pytest.raises(SchurscopeError, match="accuracy compares signs"):
        datasets("net", assembled(**elsewhere.arrays(network)), elsewhere.recorded(network), metric="accuracy")
