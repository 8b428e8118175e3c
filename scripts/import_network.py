"""Rule import_network: a network that was trained elsewhere and its trials, as the rest of the chain knows them."""

import logging

from job import job
from schurscope.external.network import read_network
from schurscope.external.recorded import read_trials
from schurscope.stages.read import datasets, held_out
from schurscope.store import netcdf, records
from schurscope.store.provenance import provenance
from schurscope.tasks import make_task

with job(snakemake) as settings:
    reading = {key: settings.get(key) for key in ("keys", "orientation", "leak", "seed", "activation")}
    weights, origin = read_network(snakemake.input.weights, **reading)
    for quantity, source in origin.items():
        logging.info("%s: %s", quantity, source)
    measuring = {"metric": settings["metric"], "solved": settings.get("solved")}
    if "task" in settings:
        task = make_task(settings["task"])
        arrays = held_out(task, settings["held_out"], weights)
        measuring |= {"task_settings": task.settings, "where": f"task {task.name}: "}
    else:
        arrays = read_trials(snakemake.input.trials, settings["trial_keys"])
        measuring |= {"axes": settings["axes"], "tolerance": settings["tolerance"]}
        measuring |= {"where": f"{snakemake.input.trials}: "}
    measuring |= {"unused": origin.get("not used", "")}
    measuring |= {"activation": origin.get("activation")}
    networks, trials = datasets(snakemake.wildcards.task, weights, arrays, **measuring)
    if "warning" in networks.attrs:
        logging.warning("%s; activation: tanh in the config says so", networks.attrs["warning"])
    if "reproduction" in networks.attrs:
        logging.info("the recorded outputs are reproduced, to %.2g of their size", networks.attrs["reproduction"])
    attributes = provenance(snakemake.params.settings, snakemake.params.code)
    attributes |= {f"sha256_of_{name}": records.sha256(path) for name, path in snakemake.input.items()}
    netcdf.write(networks.assign_attrs(attributes), snakemake.output.networks)
    netcdf.write(trials.assign_attrs(attributes), snakemake.output.trials)
