"""|T| of one network a construction as a heat map, with its sectors."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.schur.form import stored_form
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
SMALLEST = 0.15  # share of the matrix: a smaller sector gets no letters
FLOOR = -4.0  # log10 of |T| / max |T|: what is smaller is drawn as this


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
    subtitle = f"log10 of |T| over its largest entry; lines: the cut at α = {settings['alpha']:g}."
    chart = alt.hconcat(*panels.values(), spacing=25) if panels else alt.Chart(style.inline([])).mark_point()
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
    position = {"scale": alt.Scale(domain=[0, n], nice=False)}
    y_scale = alt.Scale(domain=[n, 0], nice=False)
    heat = (
        alt.Chart(style.inline(records))
        .mark_rect()
        .encode(
            x=alt.X("column:Q", title="mode (from)", **position),
            x2="c2:Q",
            y=alt.Y("row:Q", title="mode (to)", scale=y_scale),
            y2="r2:Q",
            color=alt.Color("level:Q", scale=alt.Scale(scheme="greys", domain=[FLOOR, 0]), title="log10 |T| / max"),
        )
    )
    cut = alt.Chart(style.inline([{"at": n_R}])).mark_rule(color="#BB5566", strokeWidth=1.5)
    lines = cut.encode(x=alt.X("at:Q", **position)) + cut.encode(y=alt.Y("at:Q", scale=y_scale))
    size_R, size_C = n_R / n, 1 - n_R / n
    names = []  # in the upper right of each sector that is large enough for letters
    if size_R > SMALLEST:
        names.append({"x": 0.65 * n_R, "y": 0.35 * n_R, "text": "RR"})
    if min(size_R, size_C) > SMALLEST / 2:
        names.append({"x": (n_R + n) / 2, "y": n_R / 2, "text": "CR"})
    if size_C > SMALLEST:
        names.append({"x": n_R + 0.65 * (n - n_R), "y": n_R + 0.35 * (n - n_R), "text": "CC"})
    text = alt.Chart(style.inline(names)).encode(
        x=alt.X("x:Q", **position), y=alt.Y("y:Q", scale=y_scale), text="text:N"
    )
    letters = {"fontSize": 13, "fontWeight": "bold"}
    halo = text.mark_text(stroke="white", strokeWidth=4, **letters)
    text = halo + text.mark_text(color="#BB5566", **letters)
    mass = ", ".join(f"{sector} {form.removed_mass([sector], settings['alpha']):.2g}" for sector in ("RR", "CR", "CC"))
    notes = [f"seed {int(block['seed'])}, n_R = {n_R}", f"share of the norm of T: {mass}"]
    if fragile(form.moduli, settings["alpha"], settings["near"]):
        notes.append("the cut is fragile")
    if network["solved"] != 1:
        notes.append("not solved")
    head = alt.TitleParams(init_name(block["init"].item()), subtitle=notes, fontSize=12)
    return (heat + lines + text).properties(width=300, height=300, title=head)


def pooled(matrix: np.ndarray, cell: int) -> np.ndarray:
    """The largest entry of each cell x cell square."""
    count = -(-len(matrix) // cell)
    padded = np.zeros((count * cell, count * cell))
    padded[: len(matrix), : len(matrix)] = matrix
    return padded.reshape(count, cell, count, cell).max(axis=(1, 3))
