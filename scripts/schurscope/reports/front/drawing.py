"""A small drawing of T: blocks on the diagonal, the cut, and the three sectors above it."""

from schurscope.reports.figures.style import SECTOR_COLOURS

BLOCKS, IN_R = (2, 1, 2, 2, 1, 1), 3  # sizes of the blocks; how many lie in R
CELL, EDGE = 26, 22  # pixels
TEXT = {"RR": "#FFFFFF", "CR": "#FFFFFF", "CC": "#000000"}
TITLE = "T, quasi-upper-triangular, with its cut"
DESCRIPTION = (
    "A square matrix. On the diagonal 2 by 2 and 1 by 1 blocks, largest modulus first; below it nothing. A dashed line,"
    " the cut, parts the leading blocks R from their complement C. Above the diagonal: T_RR within R, T_CR at the upper"
    " right, from C into R, and T_CC within C."
)


def drawing() -> str:
    """The drawing as SVG, which says of itself what it shows."""
    n, cut = sum(BLOCKS), sum(BLOCKS[:IN_R])
    side, at = n * CELL, EDGE + cut * CELL
    parts = [_cell(i, j, _sector(i, j, cut)) for i in range(n) for j in range(n) if _block(i) < _block(j)]
    start = 0
    for size in BLOCKS:
        parts.append(_square(start, size))
        start += size
    end = EDGE + side
    parts.append(f'<rect x="{EDGE}" y="{EDGE}" width="{side}" height="{side}" fill="none" stroke="#444"/>')
    for x1, y1, x2, y2 in ((at, 4, at, end), (4, at, end, at)):
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#000" stroke-dasharray="5 3"/>')
    middle_R, middle_C = EDGE + cut * CELL / 2, EDGE + (cut + n) * CELL / 2
    for word, x, y in (("R", middle_R, 15), ("C", middle_C, 15), ("R", 9, middle_R + 5), ("C", 9, middle_C + 5)):
        parts.append(_text(word, x, y, "#000"))
    for sector, i, j in (("RR", 0.5, 3.5), ("CR", 2, (cut + n) / 2 - 0.5), ("CC", cut + 0.5, n - 1.5)):
        parts.append(_text(f"T_{sector}", EDGE + (j + 0.5) * CELL, EDGE + (i + 0.5) * CELL + 5, TEXT[sector]))
    parts.append(_text("0", EDGE + 2 * CELL, EDGE + (n - 2) * CELL, "#666"))
    box = end + 4
    head = f'<svg class="drawing" viewBox="0 0 {box} {box}" role="img" aria-labelledby="T_title T_what">'
    return f'{head}<title id="T_title">{TITLE}</title><desc id="T_what">{DESCRIPTION}</desc>{"".join(parts)}</svg>'


def _block(i: int) -> int:
    """The block that row i is in."""
    return next(b for b in range(len(BLOCKS)) if i < sum(BLOCKS[: b + 1]))


def _sector(i: int, j: int, cut: int) -> str:
    return "RR" if j < cut else "CC" if i >= cut else "CR"


def _cell(i: int, j: int, sector: str) -> str:
    x, y = EDGE + j * CELL, EDGE + i * CELL
    return f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{SECTOR_COLOURS[sector]}"/>'


def _square(start: int, size: int) -> str:
    """A block of the diagonal, which always stays."""
    at, side = EDGE + start * CELL + 2, size * CELL - 4
    return f'<rect x="{at}" y="{at}" width="{side}" height="{side}" fill="#FFF" stroke="#000" stroke-width="2"/>'


def _text(word: str, x: float, y: float, colour: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" fill="{colour}">{word}</text>'
