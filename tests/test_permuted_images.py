"""Permuted images: files, splits, orders against plain loops; a mistake is a sentence; it is learnt."""

import gzip
import hashlib

import numpy as np
import pytest

import idx_files
from schurscope.foundations.errors import SchurscopeError
from schurscope.stages.ablate import ablate
from schurscope.stages.circuit import circuit
from schurscope.stages.decompose import decompose
from schurscope.stages.question import question
from schurscope.stages.train import train
from schurscope.tasks import corpora, make_task
from schurscope.training import section
from schurscope.training.engines import batched
from schurscope.training.groups import Alone, make_engine
from schurscope.training.recipe import recipe
from schurscope.training.start import start

TRAINING = {"updates": 8, "batch": 5, "learning_rate": 1e-2, "clip": None, "stop_when_solved": False}
TRAINING |= {"check_every": 8, "validation_trials": 20, "solved": 0.9, "engine": "torch"}
SETS = "validation", "selection", "guard", "held_out"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return idx_files.write(tmp_path_factory.mktemp("images"))


@pytest.fixture
def images(folder):
    """The task: 600 images of 8 x 8, of which 80 are set apart, and 100 to be held out."""
    return make_task(idx_files.settings(folder))


def plainly(folder, part):
    """Images and labels, read byte by byte."""
    data = (folder / f"{part}-images-idx3-ubyte").read_bytes()
    labels = list((folder / f"{part}-labels-idx1-ubyte").read_bytes()[8:])
    size = data[11] * data[15]
    return [data[16 + place : 16 + place + size] for place in range(0, len(data) - 16, size)], labels


def test_order_split_and_batches_are_those_of_an_independent_computation(folder, images):
    """RandomState: the order of pixels first, then that of images; batches in turn, for every seed, round and round."""
    source = np.random.RandomState(1234)
    pixels, order = source.permutation(64), source.permutation(600)
    shown, labels = plainly(folder, "train")
    for update in (0, 1, 73, 74, 600):
        trials = images.trials(0, update, 7)
        assert trials.inputs.shape == (7, 64, 1) and trials.targets.shape == trials.mask.shape == (7, 64, 10)
        assert trials.inputs.dtype == trials.targets.dtype == np.float64 and trials.mask.dtype == bool
        assert not trials.mask[:, :-1].any() and trials.mask[:, -1].all() and not trials.targets[:, :-1].any()
        for i in range(7):
            place = order[(7 * update + i) % 520]
            assert [shown[place][pixel] / 255 for pixel in pixels] == pytest.approx(trials.inputs[i, :, 0], abs=1e-15)
            assert trials.targets[i, -1].tolist() == [float(k == labels[place]) for k in range(10)]
        assert np.array_equal(trials.inputs, images.trials(5, update, 7).inputs)
    held_out, (test, _) = images.held_out(100), plainly(folder, "t10k")
    assert np.array_equal(held_out.inputs[41, :, 0] * 255, [test[41][pixel] for pixel in pixels])
    assert not np.array_equal(
        make_task(idx_files.settings(folder, permutation_seed=1)).held_out(1).inputs, held_out.inputs[:1]
    )


def test_the_sets_share_nothing(images):
    counts = {"validation": 40, "selection": 20, "guard": 20, "held_out": 100}
    sets = {of: getattr(images, of)(count) for of, count in counts.items()}
    sets["training"] = images.trials(0, 0, 520)
    every = [trial.tobytes() for trials in sets.values() for trial in trials.inputs]
    assert len(set(every)) == len(every) == 700
    for of in SETS:
        few = getattr(images, of)(5)
        assert np.array_equal(few.inputs, sets[of].inputs[:5]), "the first of them"


def test_smaller_images_are_means_of_blocks(folder):
    """By loops, in the order of their own pixels."""
    trials, (test, _) = make_task(idx_files.settings(folder, side=4)).held_out(3), plainly(folder, "t10k")
    pixels = np.random.RandomState(1234).permutation(16)
    for i in range(3):
        small = []
        for row in range(4):
            for column in range(4):
                block = [test[i][8 * (2 * row + r) + 2 * column + c] for r in (0, 1) for c in (0, 1)]
                small.append(sum(block) / 4 / 255)
        assert trials.inputs[i, :, 0] == pytest.approx([small[pixel] for pixel in pixels], abs=1e-15)


def test_packed_files_are_the_same_data(folder, images, tmp_path):
    packed = make_task(idx_files.settings(idx_files.write(tmp_path, gz=True)))
    assert [path.suffix for path in packed.files().values()] == [".gz"] * 4
    assert np.array_equal(packed.trials(0, 3, 9).inputs, images.trials(0, 3, 9).inputs)
    digests = corpora.digests(images.files(), {})
    assert digests == corpora.digests(packed.files(), digests)
    name = idx_files.FILES[0]
    assert digests[name] == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def cut(data):
    return data[:-1]


def other_kind(data):
    return bytes((0, 0, 13)) + data[3:]


def one_image_more(data):
    return idx_files.packed(np.zeros((601, 8, 8)))


def oblong(data):
    return idx_files.packed(np.zeros((600, 8, 4)))


def label_10(data):
    return data[:-1] + bytes([10])


def not_packed(data):
    return b"no gzip"


@pytest.mark.parametrize(
    ("name", "spoil", "said", "words"),
    [
        (idx_files.FILES[0], cut, {}, ["it says that it holds 600 x 8 x 8 bytes, and there are 38399"]),
        (idx_files.FILES[0], other_kind, {}, ["it begins with 00 00 0d 03", "begins with 00 00 08 03"]),
        (idx_files.FILES[1], other_kind, {}, ["with 1 axis begins with 00 00 08 01"]),
        (idx_files.FILES[1], lambda data: b"", {}, ["it begins with nothing"]),
        (idx_files.FILES[0], lambda data: data[:9], {}, ["it begins with 00 00 08 03"]),
        (idx_files.FILES[0], one_image_more, {}, ["has 601 images", "600 labels"]),
        (idx_files.FILES[0], oblong, {}, ["side: ", "8 x 4 pixels", "8 x 8 blocks do not fill them"]),
        (idx_files.FILES[1], label_10, {}, ["there is a label 10; 0 to 9 are possible"]),
        (idx_files.FILES[0], None, {"side": 3}, ["8 x 8 pixels", "3 x 3 blocks do not fill them"]),
        (idx_files.FILES[0], None, {"side": 28}, ["28 x 28 blocks do not fill them"]),
        (idx_files.FILES[0], None, {"validation": 600}, ["validation: 600 of 600 training images leave none"]),
        (idx_files.FILES[0], None, {"sha256": {idx_files.FILES[0]: "0" * 64}}, ["has the SHA-256", "is asked for"]),
        (idx_files.FILES[0], None, {"folder": "nowhere"}, ["nowhere", "is not there"]),
    ],
)
def test_bad_files_get_a_sentence(tmp_path, name, spoil, said, words):
    idx_files.write(tmp_path)
    if spoil is not None:
        (tmp_path / name).write_bytes(spoil((tmp_path / name).read_bytes()))
    with pytest.raises(SchurscopeError) as caught:
        make_task(idx_files.settings(tmp_path) | said).trials(0, 0, 3)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_file_that_is_no_gzip_gets_a_sentence(tmp_path):
    idx_files.write(tmp_path, gz=True)
    for data in (b"no gzip", gzip.compress(b"abc" * 99)[:-9]):
        (tmp_path / f"{idx_files.FILES[2]}.gz").write_bytes(data)
        with pytest.raises(SchurscopeError, match="t10k-images-idx3-ubyte.gz cannot be read"):
            make_task(idx_files.settings(tmp_path)).held_out(3)


@pytest.mark.parametrize(("of", "there"), [("validation", 40), ("selection", 20), ("guard", 20), ("held_out", 100)])
def test_too_few_images_get_a_sentence(images, of, there):
    assert len(getattr(images, of)(there).inputs) == there
    for ask in (getattr(images, of), lambda count: images.check_count(of, count)):
        with pytest.raises(SchurscopeError, match=f"{there + 1} images are asked for, and there are {there}"):
            ask(there + 1)


def test_a_file_that_changes_is_read_again(tmp_path):
    task = make_task(idx_files.settings(idx_files.write(tmp_path)))
    before = corpora.sha256(task.files()[idx_files.FILES[0]])
    idx_files.write(tmp_path, seed=1, training=500)
    assert corpora.sha256(task.files()[idx_files.FILES[0]]) != before
    assert make_task(idx_files.settings(tmp_path))._places("validation", 40).max() < 500


def engines(task, seeds, training):
    """By name, groups that train networks of these seeds in float64."""
    starts = [start(task, 16, "triangular", seed, training) for seed in seeds]
    found = {"batched": [batched.Group(task, starts, seeds, 5, recipe(training), "float64")]}
    for name in ("fused", "torch"):
        said = training | {"engine": name}
        alone = [make_engine(task, 16, "triangular", seed, said, dtype="float64") for seed in seeds]
        found[name] = [Alone(one, task, seed, 5) for one, seed in zip(alone, seeds, strict=True)]
    return found


def test_engines_agree(images):
    """With one scored step a trial, over more updates than are read at once, and after a network has left."""
    said, losses, weights = TRAINING | {"engine": "fused", "learning_rate": 1e-3}, {}, {}
    training = section.whole(said, images, "triangular")
    for name, some in engines(images, [0, 3], training).items():
        losses[name] = np.array([one for group in some for one in group.run(0, 20, [None] * 2)])
        if name == "batched":
            some[0].keep([1])
        later = some[-1].run(20, 20, [None])[0]
        losses[name], weights[name] = np.append(losses[name], later), some[-1].weights()[0]
    for name in ("fused", "batched"):
        assert losses[name] == pytest.approx(losses["torch"], rel=1e-8)
        assert np.allclose(weights[name].W_hh, weights["torch"].W_hh, atol=1e-8)


def test_it_is_learnt_and_measured_wherever_the_files_are(folder, tmp_path):
    """300 updates at 4 x 4 pixels: above 0.6 on what was held out, chance being 0.1; the same from another folder."""
    training = TRAINING | {"updates": 300, "batch": 40, "check_every": 300, "engine": "fused", "learning_rate": 3e-3}
    said = idx_files.settings(folder, side=4)
    networks = train(said, 24, "orthogonal", [0], training)
    schur = decompose(networks)
    grid = ablate(networks, schur, {"trials": 100})
    intact = grid["classification_accuracy"].sel(removed="none").values
    assert (intact > 0.6).all() and float(networks["validation"][0]) > 0.6
    assert float(grid["classification_accuracy"].sel(removed="RR+CR+CC").min()) < intact[0, 0]
    idx_files.write(tmp_path / "moved")
    again = train(said | {"folder": str(tmp_path / "moved")}, 24, "orthogonal", [0], training | {"updates": 20})
    for name in ("W_xh", "loss"):
        assert again[name].dtype == networks[name].dtype
    assert np.array_equal(again["loss"].values[0], networks["loss"].values[0][:20])
    found = circuit(networks, schur, {"epsilons": [0.1], "selection": 20, "guard": 20, "trials": 50})
    assert float(found["accuracy_share"][0]) > 0.5
    asked = question("stability", networks, schur, found)
    assert np.isfinite(asked["discrepancy"]).all() and len(np.unique(asked["removed_share"])) > 1
    answers = question("function", networks, schur, found)["discrepancy"].isel(seed=0, epsilon=0)
    assert np.isfinite(answers).sum() == 1, "there are no other trials of such a task"
