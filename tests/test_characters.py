"""Characters: texts, rows, states that are carried over, what is withheld, and a small text that is learnt."""

from dataclasses import replace

import numpy as np
import pytest

from schurscope.cells.rollout import rollout
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks import make_task
from schurscope.training import loop, section
from schurscope.training.groups import Alone, make_engine

TEXT = "the cat sat on the mat and the rat sat on the cat. " * 60
RECIPE = {"learning_rate": 5e-3, "clip": 1.0, "loss": "cross_entropy", "cell": "modrelu", "biases": ["b_y"]}


@pytest.fixture
def task(tmp_path):
    (tmp_path / "text.txt").write_text(TEXT)
    return make_task({"task": "characters", "text": str(tmp_path / "text.txt"), "steps": 20, "evaluated": 25})


def letters(task, one_hot):
    return ["".join(chr(task._texts()["symbols"][k]) for k in row.argmax(-1)) for row in one_hot]


def test_rows_of_the_text_one_after_the_other(task):
    trained = TEXT[: round(len(TEXT) * 0.89)]
    row = (len(trained) - 1) // 4
    assert task.inputs == task.outputs == len(set(TEXT))
    for update in (0, 1, row // 20 - 1, row // 20):
        trials = task.trials(7, update, 4)
        first = update % (row // 20) * 20
        assert letters(task, trials.inputs) == [trained[r * row + first :][:20] for r in range(4)]
        assert letters(task, trials.targets) == [trained[r * row + first + 1 :][:20] for r in range(4)]
        assert trials.mask.all() and task.begins(update, 4) == (update in (0, row // 20))


def test_what_is_withheld_is_never_trained_on(task):
    ends = np.cumsum([round(len(TEXT) * share) for share in (0.89, 0.06)])
    withheld = [TEXT[ends[0] : ends[1]], TEXT[ends[1] :]]
    third = -(-len(withheld[0]) // 3)
    parts = {"validation": withheld[0][:third], "selection": withheld[0][third : 2 * third], "held_out": withheld[1]}
    for name, part in parts.items():
        trials, row = getattr(task, name)(2), (len(part) - 1) // 2
        assert letters(task, trials.inputs) == [part[r * row :][: min(row, 25)] for r in range(2)], name


def test_states_go_from_update_to_update_and_begin_again_at_the_end_of_the_rows(task):
    engine = make_engine(task, 8, "orthogonal", 0, RECIPE | {"engine": "fused"}, dtype="float64")
    given, real = [], engine.update
    engine.update = lambda trials: given.append((trials, engine.last.copy() if given else None)) or real(trials)
    chunks = ((round(len(TEXT) * 0.89) - 1) // 4) // 20
    Alone(engine, task, 0, 4).run(0, chunks + 2, [None])
    for update, (trials, last) in enumerate(given):
        if task.begins(update, 4):
            assert trials.h0 is None
        else:
            assert np.array_equal(trials.h0, last)
    weights, before = engine.weights(), given[1][0]
    one, other = (replace(weights, W_hy=np.eye(8), b_y=None) for _ in range(2))
    joined = np.concatenate([given[0][0].inputs, before.inputs], axis=1)
    half = rollout(one, given[0][0].inputs)[:, -1]
    assert np.max(np.abs(rollout(other, joined)[:, 20:] - rollout(one, before.inputs, half))) < 1e-12


def test_a_small_text_is_learnt_in_seconds(task):
    """Better by more than a bit a character than the frequencies of its characters allow."""
    said = RECIPE | {"engine": "fused", "updates": 240, "batch": 4, "check_every": 60, "validation_trials": 4}
    said |= {"stop_when_solved": False, "solved": 1.5, "embedding": 6, "halve_when_worse": True}
    network = loop.train(task, 32, "triangular", [0], said)[0]
    counts = np.unique(list(TEXT), return_counts=True)[1] / len(TEXT)
    assert network.score < -(counts * np.log2(counts)).sum() - 1
    assert network.score == pytest.approx(task.score(network.weights, task.validation(4)))


def test_engines_that_carry_states(task):
    said = RECIPE | {"engine": "batched", "updates": 2, "batch": 2, "check_every": 1, "validation_trials": 2}
    said |= {"stop_when_solved": False, "solved": 1.0}
    with pytest.raises(SchurscopeError, match="'batched' does not know task characters; choose fused, torch, auto"):
        section.whole(said, task, "orthogonal")


def test_what_is_missing_is_said(tmp_path):
    for folder, command in (("king_james", f"king_james {tmp_path}"), ("ptb", "")):
        task = make_task({"task": "characters", "text": str(tmp_path / folder / "text.txt")})
        assert command in task.command() and bool(task.command()) == bool(command)


def test_three_texts_and_blanks_between_characters(tmp_path):
    for name, text in (("a", "t h e _ c a t\ns a t\n"), ("b", "c a t _ h a t\n" * 9), ("c", "t h e _ t e a\n")):
        (tmp_path / f"{name}.txt").write_text(text)
    paths = {"text": "a", "validation": "b", "held_out": "c"}
    settings = {name: str(tmp_path / f"{file}.txt") for name, file in paths.items()}
    task = make_task({"task": "characters", "separated": True, "steps": 3} | settings)
    assert letters(task, task.trials(0, 0, 2).inputs) == ["the", "at\n"] and task.inputs == 8
    assert letters(task, task.held_out(1).inputs) == ["the te"]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"text": "ab" * 60, "validation": "abç" * 30, "held_out": "ab"}, "b.txt: it holds 'ç', and the training text"),
        ({"text": "aaaa"}, "a text needs at least two different characters"),
        ({"text": "ab" * 40, "validation": "ab"}, "validation and held_out are two texts; give both, or neither"),
        ({"text": b"ab\xff"}, "is no text in UTF-8"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, texts, sentence):
    settings = {"task": "characters", "steps": 2}
    for name, text in texts.items():
        path = tmp_path / f"{'abc'[len(settings) - 2]}.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        settings[name] = str(path)
    with pytest.raises(SchurscopeError, match=sentence):
        make_task(settings).trials(0, 0, 2)


def test_a_batch_larger_than_the_text_and_a_text_that_is_too_short(task):
    with pytest.raises(SchurscopeError, match="batch 500: the training text has 2723 characters, fewer than so many"):
        task.trials(0, 0, 500)
    with pytest.raises(SchurscopeError, match=r"100 trials are asked for of a text \(held out\) of 153 characters"):
        task.held_out(100)
    with pytest.raises(SchurscopeError, match="not there"):
        make_task({"task": "characters", "text": "nowhere.txt"}).trials(0, 0, 2)
