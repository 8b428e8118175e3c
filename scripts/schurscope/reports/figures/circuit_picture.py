"""Circuits as pictures: modes in the complex plane, input and readout on them, and the couplings that are kept."""

import altair as alt
import numpy as np

from schurscope.reports.circuit_tables import block_of, place_of
from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.store.netcdf import basis_of

SHOWS = "circuits"
MADE_FROM = ("networks", "schur", "circuit")
CATEGORY = "Circuits"
CALLED = "what is kept"
CAPTION = (
    "One network a task, width and construction (the first seed with a circuit): blocks of the Schur form at their"
    " eigenvalues, upper half of the complex plane. Area of a disc: strength of the input on the mode; of a ring: of"
    " the readout, each over its largest. Lines: couplings between blocks of the circuit found at the middle epsilon,"
    " darker where stronger, with an arrow from the mode that gives to the one that receives."
)
READING = [
    "Modes at their eigenvalues, upper half of the complex plane (dashed: modulus 1). Discs: input on the mode;",
    "rings: readout from it (areas, over the largest). Lines: couplings that are kept, darker where stronger.",
]
INPUT, READOUT, COUPLING = style.LIGHT, style.DARK, "#444444"
MOST = 12  # panels
AREA = 220  # of the largest disc
ALONG = 0.6  # of a line, where its arrow is
TIP = 0.035  # an arrow's length, in units of the plane


def draw(datasets, settings):
    """A panel a task, width and construction, its first network; of more than MOST, those of each task's last width."""
    there = {block_of(circuit): circuit for circuit in datasets["circuit"] if basis_of(circuit) == "schur"}
    found: dict[tuple, tuple] = {}
    for networks, schur in zip(datasets["networks"], datasets["schur"], strict=True):
        circuit = there[block_of(schur)]
        known = [seed for seed in circuit["seed"].values if circuit["removed_share"].sel(seed=seed).notnull().all()]
        if known:
            found.setdefault(place_of(schur), tuple(one.sel(seed=known[0]) for one in (networks, schur, circuit)))
    last = {task: width for task, width, _ in found}
    shown = [one for (task, width, _), one in found.items() if len(found) <= MOST or width == last[task]]
    panels = [panel(*one) for one in shown]
    chart = alt.concat(*panels, columns=2, spacing=25) if panels else alt.Chart(style.inline([])).mark_point()
    return style.styled(chart, "What a circuit is", READING)


def panel(networks, schur, circuit):
    """One network: networks, schur and circuit datasets at one seed."""
    epsilon = circuit["epsilon"].values[circuit.sizes["epsilon"] // 2]
    T, Q, block = (schur[name].values for name in ("T", "Q", "block"))
    kept = circuit["kept"].sel(epsilon=epsilon).values.astype(bool) & (block[:, None] != block[None, :])
    first = np.unique(block, return_index=True)[1]
    re, im = schur["eigenvalue_real"].values[first], np.abs(schur["eigenvalue_imag"].values[first])
    strength = np.sqrt(_by_block(np.where(kept, T, 0.0) ** 2, block, block))
    reads = _by_block((Q.T @ networks["W_xh"].values) ** 2, block).sum(axis=1)
    writes = _by_block((networks["W_hy"].values @ Q).T ** 2, block).sum(axis=1)
    modes = [
        {"re": x, "im": y, "reads": a / (reads.max() or 1), "writes": b / (writes.max() or 1)}
        for x, y, a, b in zip(re, im, reads, writes, strict=True)
    ]
    to, source = np.nonzero(strength)
    weight = strength[to, source] / strength.max() if len(to) else []
    lines = [
        {"re": re[j], "im": im[j], "re2": re[i], "im2": im[i], "weight": w}
        for i, j, w in zip(to, source, weight, strict=True)
    ]
    right, top = 1.05 * max(1.0, np.abs(re).max()), 1.05 * max(1.0, im.max())
    across = alt.Scale(domain=[-right, right], nice=False)
    up = alt.Scale(domain=[-0.08 * top, top], nice=False)
    x = alt.X("re:Q", scale=across, axis=alt.Axis(values=[-1, -0.5, 0, 0.5, 1], grid=False), title="Re λ")
    y = alt.Y("im:Q", scale=up, axis=alt.Axis(values=[0, 0.5, 1], grid=False), title="|Im λ|")
    opacity = alt.Opacity("weight:Q", scale=alt.Scale(domain=[0, 1], range=[0.08, 0.9]), legend=None)
    rules = alt.Chart(style.inline(lines)).mark_rule(color=COUPLING, strokeWidth=1).encode(
        x=x, y=y, x2="re2:Q", y2="im2:Q", opacity=opacity, tooltip=["weight:Q"]
    )  # fmt: skip
    arrows = alt.Chart(style.inline([part for line in lines for part in _arrow(line)])).mark_rule(
        color=COUPLING, strokeWidth=1
    ).encode(x=x, y=y, x2="re2:Q", y2="im2:Q", opacity=opacity)  # fmt: skip
    dots = alt.Chart(style.inline(modes))
    scale = alt.Scale(domain=[0, 1], range=[0, AREA])
    inputs = dots.mark_point(filled=True, color=INPUT, opacity=0.85).encode(
        x=x, y=y, size=alt.Size("reads:Q", scale=scale, legend=None)
    )
    readouts = dots.mark_point(color=READOUT, strokeWidth=1.6, opacity=1).encode(
        x=x, y=y, size=alt.Size("writes:Q", scale=scale, legend=None)
    )
    places = dots.mark_point(filled=True, color=READOUT, size=5).encode(x=x, y=y, tooltip=["re:Q", "im:Q"])
    half = [{"re": np.cos(a), "im": np.sin(a), "step": i} for i, a in enumerate(np.linspace(0, np.pi, 61))]
    circle = alt.Chart(style.inline(half)).mark_line(color=style.GREY, strokeWidth=1, strokeDash=[4, 3])
    share, cost = (float(circuit[name].sel(epsilon=epsilon)) for name in ("removed_share", "discrepancy"))
    task, width, init = place_of(circuit)
    seed = "" if init == "imported" else f"seed {int(circuit['seed'])}, "
    notes = [
        f"{seed}ε = {epsilon:g}: {int(np.sum(kept & (T != 0)))} couplings kept, {share:.1%} of N removed",
        f"held-out discrepancy {cost:.2g}",
    ]
    if not np.isfinite(share):
        notes = [f"{seed}normal, N has no coupling", ""]
    head = alt.TitleParams(f"{task}, N = {width}, {init_name(init)}", subtitle=notes, fontSize=12)
    layers = circle.encode(x=x, y=y, order="step:Q") + rules + arrows + inputs + readouts + places
    return layers.properties(width=380, height=380 * (1.08 * top) / (2 * right), title=head)


def _arrow(line: dict) -> list[dict]:
    """The two strokes of a line's arrow; none on a line too short for one."""
    way = complex(line["re2"] - line["re"], line["im2"] - line["im"])
    if abs(way) < TIP:
        return []
    at = complex(line["re"], line["im"]) + ALONG * way
    ends = [at - TIP * way / abs(way) * np.exp(1j * turn) for turn in (-0.45, 0.45)]
    return [{"re": at.real, "im": at.imag, "re2": e.real, "im2": e.imag, "weight": line["weight"]} for e in ends]


def _by_block(array: np.ndarray, rows: np.ndarray, columns: np.ndarray | None = None) -> np.ndarray:
    """Sums of an array over the modes of each block, along rows and, if said, columns."""
    found = np.add.reduceat(array, np.unique(rows, return_index=True)[1], axis=0)
    return found if columns is None else np.add.reduceat(found, np.unique(columns, return_index=True)[1], axis=1)
