"""The explorer's page: networks, what was measured of them, and three trials, in one file that opens anywhere."""

import json
from collections.abc import Iterable
from pathlib import Path

from schurscope.analyses.ablation import REMOVED
from schurscope.metrics import make_metric
from schurscope.reports.explorer.explored import SAME_PLACE, Block, explored
from schurscope.reports.explorer.linked_charts import CHANGED, INK, PALE, specs
from schurscope.reports.explorer.packing import bits, exact
from schurscope.reports.figures.style import SECTOR_COLOURS
from schurscope.reports.figures.web_page import bundle
from schurscope.reports.reading import render
from schurscope.stages.measured_on import measured_on
from schurscope.store import netcdf

PAGE = Path(__file__).with_name("explorer.html.jinja")
NOTHING = PAGE.with_name("nothing.html.jinja")
SCRIPTS = ("numbers", "words", "networks", "matrix", "strips", "trials", "pictures", "address", "controls", "page")
MOST_LIVE = 60  # networks; of more, stored values only
MOST_ENTRIES = 300_000  # of the matrices of live networks: about 27 bytes of text each, within 10 MB in all
MOST_SHOWN = 500  # networks at all: each takes about 18 kB when it is not live
TRIALS = 3


def page(blocks: Iterable[Block], alpha: float, near: float) -> str:
    """A self-contained HTML page. ``alpha``: the cut that is shown first; ``near``: what a sound cut bears.

    Where no network has a Schur form, because all diverged, the page says so and shows nothing.
    """
    blocks = list(blocks)
    every = [(block, seed) for block in blocks for seed in block.seeds()]
    found = first_seeds(every, MOST_SHOWN)
    if not found:
        return render(NOTHING, left_out=sum(block.networks.sizes["seed"] for block in blocks))
    entries = sum(block.schur.sizes["mode"] ** 2 for block, _ in found)
    live = len(found) <= MOST_LIVE and entries <= MOST_ENTRIES
    tasks: dict[str, dict] = {}
    for block, _ in found:
        if block.called not in tasks:
            tasks[block.called] = _task(block, live)
    left_out = sum(block.schur.sizes["seed"] for block in blocks) - len(every)
    data = {
        "networks": [explored(block, seed, live) for block, seed in found],
        "tasks": tasks,
        "alpha": alpha,
        "near": near,
        "removed": list(REMOVED),
        "colours": {**SECTOR_COLOURS, "ink": INK, "pale": PALE, "changed": CHANGED},
        "live": live,
        "specs": specs(),
    }
    script = "\n".join(PAGE.with_name(f"explorer.{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    return render(
        PAGE,
        bundle=bundle(),
        script=script,
        data=json.dumps(data, ensure_ascii=False, allow_nan=False).replace("</", "<\\/"),
        colours=data["colours"],
        sectors=list(SECTOR_COLOURS),
        count=len(found),
        left_out=left_out,
        not_shown=len(every) - len(found),
        live=live,
        near=near,
        same_place=SAME_PLACE,
        most_live=MOST_LIVE,
    )


def first_seeds(networks: list[tuple[Block, int]], most: int) -> list[tuple[Block, int]]:
    """At most so many networks: the first seeds of each task, width and start, as many of one as of another."""
    cells: dict[tuple, int] = {}
    numbered = []
    for block, seed in networks:
        cell = (block.called, *netcdf.key_of(block.networks).values())
        cells[cell] = cells.get(cell, 0) + 1
        numbered.append((cells[cell], block, seed))
    of_each = max(1, most // max(len(cells), 1)) if len(networks) > most else len(networks)
    return [(block, seed) for number, block, seed in numbered if number <= of_each]


def _task(block: Block, live: bool) -> dict:
    """The metric of a task and, where networks are live, its first held-out trials."""
    trials, name = measured_on(block.networks, block.trials, TRIALS)
    metric = make_metric(name)
    said = {"label": metric.label, "lost": metric.lost_label, "higher": metric.higher_is_better}
    said |= {"classes": metric.of_classes, "signs": name == "accuracy"}
    if not live:
        return {"metric": said}
    inputs, targets = trials.inputs, trials.targets
    shape = {"count": len(inputs), "steps": inputs.shape[1], "inputs": inputs.shape[2], "outputs": targets.shape[2]}
    arrays = {"x": exact(inputs), "targets": exact(targets), "mask": bits(trials.mask.ravel())}
    arrays |= {} if trials.h0 is None else {"h0": exact(trials.h0)}
    return {"metric": said, "trials": shape | arrays}
