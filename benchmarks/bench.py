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
from contestants import ablation_grid, training_update

from schurscope.figures import style
from schurscope.tables import markdown

torch.set_num_threads(1)
WIDTHS, LENGTHS = (16, 32, 64, 128, 256, 512), (25, 50, 100)


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


def rows(what: str, width: int, steps: int, times: dict) -> list[dict]:
    """A row a contestant: median and spread of its time, and medians of the ratios within repeats."""
    return [
        {
            "what": what,
            "N": width,
            "T": steps,
            "contestant": name,
            "ms (median)": np.median(values),
            "ms (least)": values.min(),
            "ms (most)": values.max(),
            "times faster than torch.nn.RNN": np.median(times["torch.nn.RNN"] / values),
            "times the bare products": np.median(values / times["bare products"]),
        }
        for name, values in times.items()
    ]


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
        table += rows("training update", width, steps, measure(training_update(width, steps), calls, arguments.repeats))
    for masks_differ in (True, False):
        what = f"ablation grid, {'all masks differ' if masks_differ else 'equal n_R at the three alphas'}"
        print(what, flush=True)
        table += rows(what, 72, 136, measure(ablation_grid(masks_differ), 1, max(3, arguments.repeats // 3)))

    data = pd.DataFrame(table)
    notes = "One thread; contestants take turns; ratios are medians over repeats. GPU: not measured."
    text = markdown(data, "Benchmark", notes)
    arguments.out.mkdir(parents=True, exist_ok=True)
    data.to_csv(arguments.out / "bench.csv", index=False)
    (arguments.out / "bench.md").write_text(text, encoding="utf-8")
    files = [str(arguments.out / f"bench.{ending}") for ending in ("html", "svg", "png")]
    style.save(figure(data), *files)
    print(text)


def figure(data):
    """Milliseconds an update over width and over length, log-log."""
    updates = data[data["what"] == "training update"]
    panels = []
    for axis, title, part in (
        ("N", "units (T = 25)", updates[updates["T"] == 25]),
        ("T", "steps (N = 64)", updates[updates["N"] == 64]),
    ):
        records = part.rename(columns={"ms (median)": "ms"})[[axis, "contestant", "ms"]].to_dict("records")
        base = alt.Chart(style.inline(records)).encode(
            x=alt.X(
                f"{axis}:Q",
                title=title,
                scale=alt.Scale(type="log", base=2),
                axis=alt.Axis(values=sorted(set(part[axis]))),
            ),
            y=alt.Y("ms:Q", title="ms an update", scale=alt.Scale(type="log")),
            color=alt.Color("contestant:N", scale=alt.Scale(range=["#DDAA33", "#004488", "#BB5566", "#000000"])),
            shape="contestant:N",
        )
        panels.append((base.mark_line() + base.mark_point(size=45)).properties(width=280, height=220))
    return style.styled(alt.hconcat(*panels), "One training update, batch 64, one thread")


if __name__ == "__main__":
    main()
