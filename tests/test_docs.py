"""The pages: pictures, tests and commands that they name, and a notebook that runs (links: mkdocs --strict)."""

import json
import re
import struct
import sys
import zlib

import numpy as np
import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import gallery
import run_notebook

NOTEBOOK = ROOT / "examples" / "one_network.ipynb"
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" viewBox="0 0 200 40">
<rect width="200" height="40" fill="#fff"/><rect width="50" height="40" fill="#bb5566"/>
<rect x="50" width="50" height="40" fill="#000" fill-opacity=".2"/>
<path d="M100 40L200 0" stroke="#004488" stroke-width="9"/></svg>"""


def pages():
    return {page.name: page.read_text(encoding="utf-8") for page in gallery.pages()}


def test_every_picture_is_there_small_and_shown():
    shown = {name for text in pages().values() for name in re.findall(r"\((?:docs/)?pictures/([^)]+)\)", text)}
    there = {file.name: file.stat().st_size for file in gallery.PICTURES.iterdir()}
    assert shown == there.keys()
    assert max(there.values()) <= gallery.LARGEST and sum(there.values()) < 1_500_000


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", pages()["checked.md"])
    for file, name in named:
        assert f"\ndef {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{file}::{name}"
    assert len(named) > 50


def test_every_command_of_make_exists():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page, text in pages().items():
        for pair in re.findall(r"`make ([\w-]+)|^make ([\w-]+)", text, re.M):
            assert next(filter(None, pair)) in targets, (page, pair)


def test_a_small_picture_has_the_colours_of_its_figure():
    """Decoded by hand: no filter, an index a pixel."""
    png = gallery.small(SVG)
    parts = dict(gallery.chunks(png))
    width, height, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (width, height, depth, kind) == (1400, 280, 8, 3)
    lines = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert (lines[:, 0] == 0).all()
    image = np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)[lines[:, 1:]]
    assert image[140, 175].tolist() == [0xBB, 0x55, 0x66] and image[5, 788].tolist() == [255] * 3
    assert image[140, 525].tolist() == [204] * 3, "a fifth of black on white"
    assert image[140, 1050].tolist() == [0, 0x44, 0x88]


@pytest.mark.filterwarnings("default")
def test_the_notebook_runs_and_shows_what_is_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    committed = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    made = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    names = run_notebook.run(made)
    for old, new in zip(committed["cells"], made["cells"], strict=True):
        kinds = [[sorted(output.get("data", ["text"])) for output in cell.get("outputs", ())] for cell in (old, new)]
        assert kinds[0] == kinds[1]
    outputs, trials = names["outputs"], names["trials"]
    error = np.sum((outputs - trials.targets)[trials.mask] ** 2)
    spread = sum(
        np.sum((trials.targets[..., c] - trials.targets[..., c].mean())[trials.mask[..., c]] ** 2) for c in (0, 1)
    )
    assert names["at"].fvu.sel(removed="none").item() == pytest.approx(error / spread, rel=1e-9)
    assert (names["circuit"].discrepancy <= names["circuit"].epsilon * 1.2).all()
