"""Rule import_network: a network that was trained elsewhere and its trials, as the rest of the chain knows them."""

from job import job, write
from schurscope.stages.read import read
from schurscope.store import records

with job(snakemake) as settings:
    files = {name: path for name, path in snakemake.input.items() if name != "data"}
    wildcards = snakemake.wildcards
    networks, trials = read(wildcards.task, files["weights"], settings, files.get("trials"))
    digests = {f"sha256_of_{name}": records.sha256(path) for name, path in files.items()}
    for name, dataset in {"networks": networks, "trials": trials}.items():
        write(snakemake, dataset.assign_attrs(digests), snakemake.output[name])
