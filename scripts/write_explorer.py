"""Rule explorer: one page with all networks."""

from job import job
from schurscope.reports.explorer.explored import Block
from schurscope.reports.explorer.explorer import page
from schurscope.store import files, netcdf

KINDS = {"controls": "analysis"}  # where a file's kind has another name than what it is asked for


def key(dataset) -> tuple:
    """Which block a file belongs to."""
    return (*netcdf.key_of(dataset).values(), *dataset["seed"].values)


with job(snakemake) as settings:
    asked = {kind: paths for kind, paths in snakemake.input.items() if kind not in ("data", "trials")}
    blocks: dict = {}
    for kind, paths in asked.items():
        only = ("effect", "status") if kind == "atlas" else None
        for dataset in (netcdf.read(path, KINDS.get(kind, kind), only) for path in paths):
            blocks.setdefault(key(dataset), {})[kind] = dataset
    recorded = [netcdf.read(path, "trials") for path in snakemake.input.get("trials", [])]
    trials = {dataset["task"].item(): dataset for dataset in recorded}
    found = [Block(**parts, trials=trials.get(parts["networks"]["task"].item())) for parts in blocks.values()]
    files.write_text(snakemake.output[0], page(found, settings["alpha"], settings["near"]))
