"""|T| of one network a construction as a heat map, with its sectors."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.schur.form import SECTORS, stored_form
from schurscope.schur.split import fragile

SHOWS = "task"
MADE_FROM = ("schur", "networks")
CATEGORY = "Spectra and Schur forms"
CALLED = "Schur form |T|"
CAPTION = (
    "Entries of the ordered real Schur form T of one network a construction (largest width, first seed that did not"
    " diverge), task {task}. Lines: the cut. Blocks on the diagonal hold the eigenvalues in order of nonincreasing"
    " modulus; all that stands above them are couplings."
)
CELLS = 128  # drawn along a side at most
FLOOR, FAINT = -4.0, "#E9DDF0"  # log10 of |T| / max |T|; the colour of what is smaller, but not 0
SIDE = 300  # pixels


def draw(datasets, settings):
    """The first network with status ok of each construction at the largest width."""
    widest = max(int(block["width"]) for block in datasets["schur"])
    panels = {}
    for block, networks in zip(datasets["schur"], datasets["networks"], strict=True):
        init = block["init"].item()
        for seed in block["seed"].values:
            if int(block["width"]) == widest and init not in panels and block["status"].sel(seed=seed) == "ok":
                panels[init] = panel(block.sel(seed=seed), networks.sel(seed=seed), settings)
    task = datasets["schur"][0]["task"].item()
    subtitle = [
        f"log10 of |T| over its largest entry; lines: the cut at α = {settings['alpha']:g}.",
        "Pale: below 1e-4, but not 0; white: 0.",
    ]
    chart = alt.hconcat(*panels.values(), spacing=40) if panels else alt.Chart(style.inline([])).mark_point()
    return style.styled(chart, f"Ordered real Schur form, task {task}, N = {widest}", subtitle)


def panel(block, network, settings):
    """The form of one network: a schur and a networks dataset at one seed."""
    T = block["T"].values
    form = stored_form(network["W_hh"].values, block["Q"].values, T)
    n, n_R = len(T), form.leading(settings["alpha"])
    cell = -(-n // CELLS)  # modes a cell: of a large matrix, the largest entry of each square
    size = pooled(np.abs(T), cell) / (np.abs(T).max() or 1.0)
    level = np.maximum(np.log10(np.maximum(size, 1e-300)), FLOOR)
    records = [
        {
            "row": i * cell,
            "column": j * cell,
            "r2": min(n, (i + 1) * cell),
            "c2": min(n, (j + 1) * cell),
            "level": round(level[i, j], 2),
        }
        for i, j in zip(*np.nonzero(level > FLOOR), strict=True)
    ]
    faint = [
        {"row": i * cell, "column": j * cell, "r2": min(n, (i + 1) * cell), "c2": min(n, to * cell)}
        for i, j, to in runs((size > 0) & (level <= FLOOR))
    ]
    position = {"scale": alt.Scale(domain=[0, n], nice=False)}
    y_scale = alt.Scale(domain=[n, 0], nice=False)
    heat = (
        alt.Chart(style.inline(records))
        .mark_rect(aria=False)
        .encode(
            x=alt.X("column:Q", title="mode (from)", **position),
            x2="c2:Q",
            y=alt.Y("row:Q", title="mode (to)", scale=y_scale),
            y2="r2:Q",
            color=alt.Color(
                "level:Q",
                scale=alt.Scale(scheme="greys", domain=[FLOOR, 0]),
                title="log10 |T| / max",
                legend=alt.Legend(offset=36),  # behind the letters
            ),
            tooltip=["row:Q", "column:Q", "level:Q"],
        )
    )
    pale = alt.Chart(style.inline(faint)).mark_rect(color=FAINT, aria=False)
    pale = pale.encode(x=alt.X("column:Q", **position), x2="c2:Q", y=alt.Y("row:Q", scale=y_scale), y2="r2:Q")
    cut = alt.Chart(style.inline([{"at": n_R}])).mark_rule(color=style.DARK, strokeWidth=1.5)
    lines = cut.encode(x=alt.X("at:Q", **position)) + cut.encode(y=alt.Y("at:Q", scale=y_scale))
    letters = alt.layer(
        *[_letters(sector, n, n_R, position, y_scale) for sector in SECTORS if _is_there(sector, n, n_R)]
    )
    mass = ", ".join(f"{sector} {form.removed_mass([sector], settings['alpha']):.2g}" for sector in SECTORS)
    notes = [f"seed {int(block['seed'])}, n_R = {n_R}", f"share of the norm of T: {mass}"]
    if fragile(form.moduli, settings["alpha"], settings["near"]):
        notes.append("the cut is fragile")
    if network["solved"] != 1:
        notes.append("not solved")
    head = alt.TitleParams(init_name(block["init"].item()), subtitle=notes, fontSize=12, offset=20)
    return (pale + heat + lines + letters).properties(width=SIDE, height=SIDE, title=head)


def _is_there(sector: str, n: int, n_R: int) -> bool:
    return {"RR": n_R > 0, "CR": 0 < n_R < n, "CC": n_R < n}[sector]


def _letters(sector, n, n_R, position, y_scale):
    """A sector's name beside the matrix, where it has room however small the sector: RR above it, the others right."""
    place = {"RR": n_R / 2, "CR": n_R / 2, "CC": (n_R + n) / 2}[sector]
    text = alt.Chart(style.inline([{"sector": sector, "place": place}])).mark_text(
        fontSize=12, fontWeight="bold", color=style.SECTOR_COLOURS[sector], align="center" if sector == "RR" else "left"
    )
    if sector == "RR":
        return text.encode(x=alt.X("place:Q", **position), y=alt.value(-9), text="sector:N")
    return text.encode(x=alt.value(SIDE + 4), y=alt.Y("place:Q", scale=y_scale), text="sector:N")


def runs(there: np.ndarray) -> list[tuple[int, int, int]]:
    """(row, first, behind the last) of every stretch of True along a row."""
    edges = np.diff(np.pad(there.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    return [
        (int(i), int(j), int(k))
        for (i, j), (_, k) in zip(np.argwhere(edges == 1), np.argwhere(edges == -1), strict=True)
    ]


def pooled(matrix: np.ndarray, cell: int) -> np.ndarray:
    """The largest entry of each cell x cell square."""
    count = -(-len(matrix) // cell)
    padded = np.zeros((count * cell, count * cell))
    padded[: len(matrix), : len(matrix)] = matrix
    return padded.reshape(count, cell, count, cell).max(axis=(1, 3))
