"""What is wrong with figures, by themselves: text on paper, colours of sectors, words of tooltips."""

import json
import math
import re
from xml.etree import ElementTree

from schurscope.reports.figures.style import SECTOR_COLOURS

SECTORS = {colour: sector for sector, colour in SECTOR_COLOURS.items()}
SVG = "{http://www.w3.org/2000/svg}"
LETTER, HEIGHT = 0.4, 0.6  # of a letter over the size of its font: less than all but "i", so that what touches is told


def texts(path) -> list[tuple[str, float, tuple | None]]:
    """(text, size in pt, box) of every line of text; the box (left, top, right, bottom) is in the SVG's own units, None
    where the text is at an angle."""
    root = ElementTree.parse(path).getroot()
    unit = float(root.get("width").removesuffix("cm")) / 2.54 * 72 / float(root.get("viewBox").split()[2])
    found = []
    _walk(root, [(1, 0, 0, 1, 0, 0)], found, unit, {})
    return found


def _walk(node, placed, found, unit, inherited):
    place = placed[-1]
    for kind, given in re.findall(r"(translate|rotate|scale)\(([^)]*)\)", node.get("transform", "")):
        numbers = [float(number) for number in re.split("[, ]+", given)]
        place = _then(place, kind, numbers)
    style = inherited | {key: node.get(key) for key in ("font-size", "text-anchor") if node.get(key)}
    if node.tag == f"{SVG}text":
        lines = [child for child in node if child.tag == f"{SVG}tspan"] or [node]
        down = 0.0
        for line in lines:
            down += float(line.get("dy", 0)) if line is not node else 0.0
            words = "".join(line.itertext()).strip()
            size = float(style["font-size"].removesuffix("px"))
            if words and node.get("opacity") != "0":  # Vega's way to leave a label out
                found.append((words, size * unit * abs(complex(*place[:2])), _box(words, size, style, place, down)))
        return
    for child in node:
        _walk(child, [*placed, place], found, unit, style)


def _then(place, kind, numbers):
    a, b, c, d, e, f = place
    if kind == "translate":
        x, y = (*numbers, 0)[:2]
        return a, b, c, d, e + a * x + c * y, f + b * x + d * y
    if kind == "scale":
        x, y = (*numbers, numbers[0])[:2]
        return a * x, b * x, c * y, d * y, e, f
    cos, sin = math.cos(math.radians(numbers[0])), math.sin(math.radians(numbers[0]))
    return a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f


def _box(words, size, style, place, down):
    a, b, c, d, e, f = place
    if min(abs(a), abs(b)) > 1e-6:
        return None
    wide = LETTER * size * len(words)
    left = {"middle": -wide / 2, "end": -wide}.get(style.get("text-anchor"), 0.0)
    corners = [(left, down - HEIGHT * size), (left + wide, down)]
    points = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    (x, y), (x2, y2) = points
    return min(x, x2), min(y, y2), max(x, x2), max(y, y2)


def overlaps(path) -> list[tuple[str, str]]:
    """Pairs of texts of which one stands on the other."""
    boxes = [(words, box) for words, _, box in texts(path) if box]
    return [
        (one, other)
        for i, (one, a) in enumerate(boxes)
        for other, b in boxes[:i]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
    ]


def check(folder) -> None:
    """Every figure below ``folder`` at the widths of a paper's columns: no text below 6 pt, none on another."""
    files = sorted(folder.rglob("*cm.svg"))
    assert files
    for file in files:
        found = texts(file)
        assert found and min(size for _, size, _ in found) >= 6, (file, min(found, key=lambda one: one[1]))
        assert overlaps(file) == [], file


def specifications(folder):
    """(file, Vega-Lite specification) of every page below ``folder``."""
    for page in sorted(folder.rglob("*.html")):
        if found := re.search(r'vegaEmbed\("#vis", (.*), {"mode"', page.read_text(encoding="utf-8")):
            yield page, json.loads(found[1])


def units(node):
    """The parts of a specification that draw marks."""
    for kind in ("concat", "hconcat", "vconcat", "layer"):
        for part in node.get(kind, ()):
            yield from units(part)
    if "mark" in node:
        yield node


def check_colours(folder) -> None:
    """The colour of a sector is seen where that sector is meant, and nowhere else."""
    for file, specification in specifications(folder):
        for unit in units(specification):
            rows = specification.get("datasets", {}).get(unit.get("data", {}).get("name"), [])
            of_sectors = {row["sector"].lstrip("−") for row in rows if row.get("sector")}
            for encoding in unit.get("encoding", {}).values():
                scale = encoding.get("scale") if isinstance(encoding, dict) else None
                ends = (scale.get("domain"), scale.get("range")) if scale else (None, None)
                if isinstance(ends[0], list) and isinstance(ends[1], list):
                    for name, colour in zip(*ends, strict=False):
                        sector = str(name).lstrip("−")
                        assert SECTORS.get(str(colour), sector) == sector, (file, name, colour)
            constant = {str(said) for said in unit["mark"].values()} & SECTORS.keys() if rows else set()
            assert {SECTORS[colour] for colour in constant} <= of_sectors, (file, unit["mark"], of_sectors)


def check_tooltips(folder) -> None:
    """Tooltips speak words, not names of columns."""
    for file, specification in specifications(folder):
        for unit in units(specification):
            told = unit.get("encoding", {}).get("tooltip", [])
            for one in told if isinstance(told, list) else [told]:
                title = one["title"]
                assert "_" not in title.replace("n_R", "").replace("T_", ""), (file, title)


def check_figures(folder) -> None:
    check(folder)
    check_colours(folder)
    check_tooltips(folder)
