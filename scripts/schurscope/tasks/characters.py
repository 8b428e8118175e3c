"""Characters: say which character of a text comes next (Mikolov et al. 2012; Kerg et al. 2019 on Penn Treebank).

A text is cut into as many rows as a batch has, one after the other; an update sees the next ``steps`` characters of
every row. States are carried over from update to update until the rows are at their end; then they begin again, with
states 0. Inputs and targets are one-hot over the symbols of the training text, sorted, and every step is scored.

Validation, selection, guard and held-out trials are pieces of texts that training never sees, of ``evaluated`` steps
each at most, evenly spread, each from a state of 0: of the three thirds of the text given as ``validation``, and of
that given as ``held_out``; where only one text is given, of its last 5 % (held out) and of the 6 % before.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks import corpora
from schurscope.tasks.file_task import FileTask
from schurscope.tasks.trials import Trials

TEXTS = ("text", "validation", "held_out")
THIRDS = {"validation": 0, "selection": 1, "guard": 2}
HELD_OUT, VALIDATION = 0.05, 0.06  # of a text that is all there is, at its end


class Characters(FileTask):
    metric = "bits_per_character"
    loss = "cross_entropy"
    carried = True
    properties = {
        "text": {"type": "string", "minLength": 1, "default": "data/king_james/king_james.txt"},
        "validation": {"type": "string", "minLength": 1},
        "held_out": {"type": "string", "minLength": 1},
        "separated": {"type": "boolean", "default": False},  # by blanks, with _ for a blank, as ptb.char.* is
        "steps": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 150},
        "evaluated": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 300},
        "sha256": {"type": "object", "properties": {name: corpora.DIGEST for name in TEXTS}, "default": {}},
    }

    def __init__(self, settings: dict):
        super().__init__(settings)
        if ("validation" in settings) != ("held_out" in settings):
            raise SchurscopeError("validation and held_out are two texts; give both, or neither")

    def files(self) -> dict[str, Path]:
        return {name: Path(self.settings[name]) for name in TEXTS if name in self.settings}

    def command(self) -> str:
        folder = Path(self.settings["text"]).parent
        return f"{corpora.COMMAND} king_james {folder}" if folder.name == "king_james" else ""

    @property
    def inputs(self) -> int:
        return len(self._texts()["symbols"])

    @property
    def outputs(self) -> int:
        return self.inputs

    def trials(self, seed, update, batch, horizon=None) -> Trials:
        """Of one update: the same for every seed."""
        text, (row, chunks) = self._texts()["text"], self._cut(batch)
        first = np.arange(batch) * row + update % chunks * self.settings["steps"]
        return self._at(text, first, self.settings["steps"])

    def begins(self, update: int, batch: int) -> bool:
        """Whether the rows are at their beginning, with states 0."""
        return update % self._cut(batch)[1] == 0

    def check_count(self, of: str, count: int) -> None:
        if of == "training":
            self._cut(count)
            return
        size = len(self._texts()[of])
        if size < 2 * count:
            raise SchurscopeError(
                f"{count} trials are asked for of a text ({of.replace('_', ' ')}) of {size} characters"
            )

    def _cut(self, batch: int) -> tuple[int, int]:
        """(characters of a row, updates until its end)."""
        row, steps = (len(self._texts()["text"]) - 1) // batch, self.settings["steps"]
        if row < steps:
            raise SchurscopeError(
                f"batch {batch}: the training text has {len(self._texts()['text'])} characters, fewer than so many rows"
                f" of {steps} steps need"
            )
        return row, row // steps

    def fixed(self, of, count):
        self.check_count(of, count)
        text = self._texts()[of]
        row = (len(text) - 1) // count
        return self._at(text, np.arange(count) * row, min(row, self.settings["evaluated"]))

    def _at(self, text, first, steps: int) -> Trials:
        """Pieces of a text, of so many steps, from these places on."""
        codes = text[first[:, None] + np.arange(steps + 1)]
        one_hot = np.eye(self.inputs)[codes]
        return Trials(one_hot[:, :-1], one_hot[:, 1:], np.ones(one_hot[:, 1:].shape, dtype=bool))

    def _texts(self) -> dict:
        """``symbols``, and name -> codes (character,) of every set."""
        said, paths = self.settings["sha256"], self.files()
        files = tuple((name, path, corpora.sha256(path), said.get(name)) for name, path in paths.items())
        return _read(files, self.settings["separated"])


@lru_cache(maxsize=4)
def _read(files: tuple, separated: bool) -> dict:
    """``files``: (name, path, SHA-256, SHA-256 that is asked for); equal files are read once."""
    texts = {name: _plain(corpora.content(path, asked), path, separated) for name, path, _, asked in files}
    symbols, codes = np.unique(texts["text"], return_inverse=True)
    found = {"symbols": symbols, "text": codes}
    for name, text in texts.items():
        if odd := sorted(set(np.unique(text)) - set(symbols)):
            path = next(path for one, path, _, _ in files if one == name)
            raise SchurscopeError(f"{path}: it holds {chr(odd[0])!r}, and the training text does not")
        found[name] = np.searchsorted(symbols, text)
    if "held_out" not in found:
        parts = np.cumsum([round(len(codes) * share) for share in (1 - HELD_OUT - VALIDATION, VALIDATION)])
        found["text"], found["validation"], found["held_out"] = np.split(codes, parts)
    thirds = np.array_split(found["validation"], len(THIRDS))
    return found | {name: thirds[place] for name, place in THIRDS.items()}


def _plain(data: bytes, path: Path, separated: bool) -> np.ndarray:
    """Code points of a text, (character,)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SchurscopeError(f"{path} is no text in UTF-8 ({error.reason} at byte {error.start})") from None
    if separated:
        text = "\n".join("".join(line.split()).replace("_", " ") for line in text.splitlines())
    if len(set(text)) < 2:
        raise SchurscopeError(f"{path}: a text needs at least two different characters")
    return np.array([ord(character) for character in text], dtype=np.int32)


TASK = Characters
