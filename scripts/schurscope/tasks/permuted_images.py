"""Permuted sequential images (Le et al. 2015; with Kerg et al. 2019's permutation and split): say what an image shows.

A step is a pixel, in [0, 1], in an order that is the same for all images; the answer, one of ten classes, is asked for
at the last step only. ``folder`` holds the four IDX files of MNIST, or others of their names and shapes. An image may
be made smaller first: ``side`` pixels a side, each the mean of a square block.

numpy's RandomState(``permutation_seed``) gives first the order of the pixels, then one of the training images: its last
``validation`` are not trained on. Of these, validation has the first half, and circuits are chosen on the third quarter
and guarded on the last. Update k takes the next ``batch`` of the others, from the first again after the last, never
shuffled, the same for every seed. Held out: the test files, in their order.
"""

from functools import cached_property

import numpy as np

from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks import corpora
from schurscope.tasks.file_task import FileTask
from schurscope.tasks.trials import Trials

CLASSES, WHITE = 10, 255
TRAINING, TEST = "train", "t10k"
NAMES = tuple(f"{part}-{what}" for part in (TRAINING, TEST) for what in ("images-idx3-ubyte", "labels-idx1-ubyte"))
PARTS = {"validation": (0, 2), "selection": (2, 3), "guard": (3, 4)}  # quarters of what is not trained on
COUNT = {"type": "integer", "minimum": 1, "maximum": 1_000_000}


class PermutedImages(FileTask):
    metric = "classification_accuracy"
    loss = "cross_entropy"
    inputs = 1
    outputs = CLASSES
    properties = {
        "folder": {"type": "string", "minLength": 1, "default": "data/mnist"},
        "side": COUNT | {"default": 28},
        "permutation_seed": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1, "default": 1234},
        "validation": COUNT | {"minimum": 4, "default": 10_000},
        "sha256": {  # name of a file -> of what it holds, unpacked; the workflow fills it in
            "type": "object",
            "additionalProperties": False,
            "properties": {name: corpora.DIGEST for name in NAMES},
            "default": {},
        },
    }

    def files(self):
        return {name: corpora.lies_at(self.settings["folder"], name) for name in NAMES}

    def command(self):
        folder = self.settings["folder"].rstrip("/")
        return f"{corpora.COMMAND} {'fashion_mnist' if 'fashion' in folder.lower() else 'mnist'} {folder}"

    def trials(self, seed, update, batch, horizon=None):
        trained = self._orders[1][: -self.settings["validation"]]
        return self._shown(TRAINING, trained[(update * batch + np.arange(batch)) % len(trained)])

    def check_count(self, of, count):
        if of != "training":  # begins again from the first image
            self._places(of, count)

    def fixed(self, of, count):
        return self._shown(TEST if of == "held_out" else TRAINING, self._places(of, count))

    def _places(self, of: str, count: int) -> np.ndarray:
        """The first ``count`` images of a set of trials, by their places in their file."""
        if of == "held_out":
            places, why = np.arange(len(self._images(TEST)[1])), "that is all that the test files have"
        else:
            size = self.settings["validation"]
            first, end = PARTS[of]
            places = self._orders[1][-size:][first * size // 4 : end * size // 4]
            why = f"of the images that the setting validation ({size}) sets apart, a part is {of}'s"
        if count > len(places):
            raise SchurscopeError(f"{of}: {count} images are asked for, and there are {len(places)}: {why}")
        return places[:count]

    @cached_property
    def _orders(self) -> tuple[np.ndarray, np.ndarray]:
        """(of the pixels, of the training images): those of the training split first."""
        source, count = np.random.RandomState(self.settings["permutation_seed"]), len(self._images(TRAINING)[1])
        if self.settings["validation"] >= count:
            raise SchurscopeError(
                f"validation: {self.settings['validation']} of {count} training images leave none to train on"
            )
        return source.permutation(self.settings["side"] ** 2), source.permutation(count)

    def _images(self, part: str) -> tuple[np.ndarray, np.ndarray]:
        """(images (image, row, column), labels (image,)) of the training or the test files, bytes."""
        return self._training if part == TRAINING else self._test

    _training = cached_property(lambda self: self._checked(TRAINING))
    _test = cached_property(lambda self: self._checked(TEST))

    def _checked(self, part: str) -> tuple[np.ndarray, np.ndarray]:
        files, said = (
            [(name, path) for name, path in self.files().items() if name.startswith(part)],
            self.settings["sha256"],
        )
        images, labels = (
            corpora.idx(path, axes, said.get(name)) for (name, path), axes in zip(files, (3, 1), strict=True)
        )
        (_, images_at), (_, labels_at) = files
        side, (count, rows, columns) = self.settings["side"], images.shape
        if len(labels) != count or not count:
            raise SchurscopeError(f"{images_at} has {count} images, and {labels_at} {len(labels)} labels")
        if labels.max() >= CLASSES:
            raise SchurscopeError(f"{labels_at}: there is a label {labels.max()}; 0 to {CLASSES - 1} are possible")
        if rows != columns or not rows or rows % side:
            raise SchurscopeError(
                f"side: {images_at} has images of {rows} x {columns} pixels; {side} x {side} blocks do not fill them"
            )
        return images, labels

    def _shown(self, part: str, places: np.ndarray) -> Trials:
        """The trials of some images: inputs (trial, pixel, 1), targets and mask (trial, pixel, class)."""
        images, labels = self._images(part)
        side, count, block = self.settings["side"], len(places), images.shape[1] // self.settings["side"]
        some = images[places].astype(np.int64)
        sums = sum(some[:, row::block, column::block] for row in range(block) for column in range(block))
        inputs = (sums / (WHITE * block**2)).reshape(count, side**2)[:, self._orders[0], None]
        targets, mask = np.zeros((count, side**2, CLASSES)), np.zeros((count, side**2, CLASSES), dtype=bool)
        targets[np.arange(count), -1, labels[places]], mask[:, -1] = 1, True
        return Trials(inputs, targets, mask)


TASK = PermutedImages
