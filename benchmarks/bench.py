"""`make bench`: contestants side by side in one run, on one thread; a table, the data as CSV, and a figure.

Contestants take turns within each repeat, so that a drift of the machine's speed meets all of them; a ratio is taken
within each repeat, and its median over repeats is what counts. Absolute times are of this machine at this hour.
"""

import argparse
import os
import sys
import time
from pathlib import Path

os.environ |= {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import altair as alt
import numpy as np
import pandas as pd
import torch
from contestants import BATCH, UPDATES, ablation_grid, group_update, lyapunov_spectrum, nnrnn_update, training_update

from schurscope.reports.figures import style
from schurscope.reports.reading import markdown

torch.set_num_threads(1)
WIDTHS, LENGTHS = (16, 32, 64, 128, 256, 512), (25, 50, 100)
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
NETWORKS = (1, 16, 64, 256, 1024) if DEVICE == "cuda" else (1, 4, 16, 64)


COLOURS = {
    "torch.nn.RNN": "#000000",
    "engine torch": "#BB5566",
    "engine batched": "#DDAA33",
    "engine fused": "#004488",
    "bare products": "#888888",
}
SPECTRA = (("tanh", 64, 11_000), ("gru", 64, 2_000), ("lstm", 32, 2_000))  # all of 64 numbers of state
UPDATE, SIDE_BY_SIDE = "training update", "networks side by side, trials included"


def measure(contestants: dict, calls: int, repeats: int) -> dict[str, np.ndarray]:
    """Milliseconds a call of each contestant, (repeats,)."""
    for function in contestants.values():
        function()
    times = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, function in contestants.items():
            begun = time.perf_counter()
            for _ in range(calls):
                function()
            times[name].append((time.perf_counter() - begun) / calls * 1e3)
    return {name: np.array(values) for name, values in times.items()}


def rows(what: str, networks: int, width: int, steps: int, times: dict, flop: float) -> list[dict]:
    """A row a contestant: median and spread of its time, and medians of the ratios within repeats.

    ``flop``: floating-point operations of the products alone.
    """
    return [
        {
            "what": what,
            "networks": networks,
            "N": width,
            "T": steps,
            "contestant": name,
            "ms (median)": np.median(values),
            "ms (least)": values.min(),
            "ms (most)": values.max(),
            "GFLOP/s": flop / np.median(values) / 1e6,
            "times faster than torch.nn.RNN": ratio(times.get("torch.nn.RNN"), values),
            "times faster than engine torch": ratio(times.get("engine torch"), values),
            "times faster than the plain loop": ratio(times.get("plain loop"), values),
            "times the bare products": ratio(values, times.get("bare products")),
        }
        for name, values in times.items()
    ]


def ratio(above, below) -> float:
    """Median of the ratios within repeats; NaN where one of the two was not measured."""
    return np.nan if above is None or below is None else float(np.median(above / below))


def flop(width, steps):
    """Of the products of one update: a step's is done once forward, once backward, and once for the gradient."""
    return 3 * 2 * BATCH * width**2 * steps


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks"))
    arguments = parser.parse_args()
    table = []
    sizes = [(width, 25) for width in WIDTHS] + [(64, steps) for steps in LENGTHS[1:]]
    for width, steps in sizes:
        calls = max(3, int(3e6 / (width * (width + 64) * steps)))
        print(f"training update, N = {width}, T = {steps}", flush=True)
        times = measure(training_update(width, steps), calls, arguments.repeats)
        table += rows(UPDATE, 1, width, steps, times, flop(width, steps))
    few = max(3, arguments.repeats // 3)
    for networks in NETWORKS:
        print(f"networks side by side, {networks}", flush=True)
        times = measure(group_update(networks, 64, 25, DEVICE), 1, few)
        times = {name: values / UPDATES for name, values in times.items()}
        table += rows(SIDE_BY_SIDE, networks, 64, 25, times, networks * flop(64, 25))
    for networks in (1, 5):
        print(f"nnRNN on copy memory, {networks} side by side", flush=True)
        times = measure(nnrnn_update(networks), 2, few)
        table += rows("nnRNN on copy memory, batch 10", networks, 128, 220, times, np.nan)
    for cell, width, steps in SPECTRA:
        print(f"Lyapunov spectrum, {cell}", flush=True)
        times = measure(lyapunov_spectrum(cell, width, steps), 1, few)
        table += rows(f"Lyapunov spectrum, {cell}, QR at every step", 1, width, steps, times, np.nan)
    for masks_differ in (True, False):
        what = f"ablation grid, {'all masks differ' if masks_differ else 'equal n_R at the three alphas'}"
        print(what, flush=True)
        times = measure(ablation_grid(masks_differ), 1, few)
        table += rows(what, 1, 72, 136, times, np.nan)

    data = pd.DataFrame(table)
    place = torch.cuda.get_device_name() if DEVICE == "cuda" else "the CPU (there is no GPU here: not measured)"
    notes = (
        "One thread; contestants take turns; ratios are medians over repeats. GFLOP/s counts the products alone."
        f" Side by side: the group of networks and its bare products on {place}."
    )
    text = markdown(data, "Benchmark", notes)
    arguments.out.mkdir(parents=True, exist_ok=True)
    data.to_csv(arguments.out / "bench.csv", index=False)
    (arguments.out / "bench.md").write_text(text, encoding="utf-8")
    files = [str(arguments.out / f"bench.{ending}") for ending in ("html", "svg", "png")]
    style.save(figure(data), *files)
    print(text)


def figure(data):
    """Milliseconds an update over width and length, and for each network over their number; log-log."""
    one = data[data["what"] == UPDATE]
    several = data[data["what"] == SIDE_BY_SIDE]
    several = several.assign(**{"ms (median)": several["ms (median)"] / several["networks"]})
    panels = [
        panel(one[one["T"] == 25], "N", "units (T = 25)", "ms an update"),
        panel(one[one["N"] == 64], "T", "steps (N = 64)", "ms an update"),
        panel(several, "networks", "networks side by side (N = 64, T = 25)", "ms an update of one network"),
    ]
    return style.styled(alt.hconcat(*panels), f"Training, batch {BATCH}, one thread; groups of networks on {DEVICE}")


def panel(part, axis, title, what):
    records = part.rename(columns={"ms (median)": "ms"})[[axis, "contestant", "ms"]].to_dict("records")
    x = alt.X(
        f"{axis}:Q", title=title, scale=alt.Scale(type="log", base=2), axis=alt.Axis(values=sorted(set(part[axis])))
    )
    base = alt.Chart(style.inline(records)).encode(
        x=x,
        y=alt.Y("ms:Q", title=what, scale=alt.Scale(type="log"), axis=alt.Axis(format="~g")),
        color=alt.Color("contestant:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))),
        shape=alt.Shape("contestant:N", scale=alt.Scale(domain=list(COLOURS))),
    )
    return (base.mark_line() + base.mark_point(size=45)).properties(width=260, height=220)


if __name__ == "__main__":
    main()
