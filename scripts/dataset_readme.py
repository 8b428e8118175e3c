"""Rule dataset_readme: what a dataset is, and the checksums of its files."""

import hashlib
from pathlib import Path

from job import job
from schurscope.reports import census
from schurscope.reports.census.counted import groups
from schurscope.reports.reading import render
from schurscope.store import files, netcdf

TEMPLATE = Path(census.__file__).with_name("dataset.md.jinja")

with job(snakemake):
    made, sums = [], []
    for path in map(Path, snakemake.input):
        data = netcdf.read(path, "dataset")
        names = ", ".join(f"`{name}`" for name in data.data_vars)
        made.append({"name": path.name, "megabytes": f"{path.stat().st_size / 1e6:.1f}", "variables": names})
        sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
        if path.stem == "networks":
            found = groups(data)
    readme = render(TEMPLATE, networks=sum(row["networks"] for row in found), files=made, groups=found)
    files.write_text(snakemake.output.readme, readme)
    files.write_text(snakemake.output.sums, "".join(sums))
