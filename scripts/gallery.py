"""`make gallery`: the pictures of the pages, small, from the figures that results (and the tutorial) hold.

A page says which picture it shows: docs/pictures/NAME.png is made from NAME.svg, where "-" stands for a folder:
schur_matrix-copy from figures/schur_matrix/copy.svg of the first results that have it. NAME may begin with a study's
folder of results and a dot (circuits.circuit_dimension). What nobody has made here stays as it is, and is named.
"""

import re
import struct
import zlib
from pathlib import Path

import numpy as np
import vl_convert

from schurscope.store.files import replacing

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SHOWN = re.compile(r"\]\((?:docs/)?pictures/([\w.-]+)\.png\)")
WIDTHS = (1400, 1200, 1000, 800, 640)  # pixels; the largest that stays below
LARGEST = 150_000  # bytes
COLOURS = 256


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def pictures() -> list[str]:
    """Names of the pictures that the pages show, without .png."""
    return sorted({name for page in pages() for name in SHOWN.findall(page.read_text(encoding="utf-8"))})


def figure(name: str) -> Path:
    """Where a picture's figure lies once its results are made."""
    study, _, file = name.rpartition(".")
    return ROOT / "results" / study / "figures" / (file.replace("-", "/") + ".svg")


def small(svg: str) -> bytes:
    """A figure as PNG of at most LARGEST bytes, in COLOURS colours."""
    wide = float(re.search(r'<svg[^>]*? width="([\d.]+)"', svg)[1])
    for width in WIDTHS:
        png = with_few_colours(pixels(vl_convert.svg_to_png(svg, scale=width / wide)))
        if len(png) <= LARGEST:
            break
    return png


def chunks(png: bytes):
    """The parts of a PNG: name and content."""
    at = 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        yield name, png[at + 8 : at + 8 + length]
        at += 12 + length


def pixels(png: bytes) -> np.ndarray:
    """(height, width, 3): the colours of a PNG of 8 bits a channel with alpha, on white."""
    width, height, depth, kind = struct.unpack(">IIBB", next(content for name, content in chunks(png))[:10])
    assert (depth, kind) == (8, 6), "vl-convert writes RGBA"
    raw = zlib.decompress(b"".join(content for name, content in chunks(png) if name == b"IDAT"))
    rows, above, size = [], bytes(4 * width), 4 * width + 1
    for start in range(0, height * size, size):
        above = unfiltered(raw[start], bytearray(raw[start + 1 : start + size]), above)
        rows.append(above)
    image = np.frombuffer(b"".join(rows), np.uint8).reshape(height, width, 4).astype(float)
    opaque = image[..., 3:] / 255
    return np.round(image[..., :3] * opaque + 255 * (1 - opaque)).astype(np.uint8)


def unfiltered(how: int, row: bytearray, above: bytes) -> bytearray:
    """A row of a PNG (filters 0 to 4 of its specification, 4 bytes a pixel)."""
    for i in range(len(row)) if how else ():
        left, up = row[i - 4] if i >= 4 else 0, above[i]
        if how == 4:
            corner = above[i - 4] if i >= 4 else 0
            to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            nearest = left if to_left <= min(to_up, to_corner) else up if to_up <= to_corner else corner
        row[i] = (row[i] + (0, left, up, (left + up) // 2, nearest if how == 4 else 0)[how]) & 255
    return row


def with_few_colours(image: np.ndarray) -> bytes:
    """A PNG with a palette: the most frequent of 16 levels a channel; every other colour is the nearest of these."""
    levels = np.round(image / 17).astype(int) @ (256, 16, 1)
    found, inverse, count = np.unique(levels, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 8, found >> 4 & 15, found & 15], axis=1)
    palette = colours[np.argsort(-count, kind="stable")[:COLOURS]]
    nearest = np.argmin(((colours[:, None] - palette) ** 2).sum(axis=2), axis=1).astype(np.uint8)
    indices = nearest[inverse].reshape(levels.shape)
    height, width = indices.shape
    lines = np.hstack([np.zeros((height, 1), np.uint8), indices])  # no filter
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0),
        b"PLTE": (17 * palette).astype(np.uint8).tobytes(),
        b"IDAT": zlib.compress(lines.tobytes(), 9),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in parts.items()
    )


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    for name in pictures():
        made = [path for path in (figure(name), ROOT / f"{name}.svg") if path.is_file()]
        if not made:
            print(f"docs/pictures/{name}.png stays: {figure(name).relative_to(ROOT)} is not there")
            continue
        with replacing(PICTURES / f"{name}.png") as file:
            Path(file).write_bytes(small(made[0].read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
