"""Rule train: a block of networks, one after the other, into one networks file."""

import os
from pathlib import Path

import numpy as np

from job import job
from schurscope.cells import TANH
from schurscope.foundations.canonical_json import canonical
from schurscope.store import netcdf
from schurscope.store.provenance import provenance
from schurscope.tasks import make_task
from schurscope.training.loop import train
from schurscope.workflow import locks

with job(snakemake) as settings:
    wildcards, training, seeds = snakemake.wildcards, settings["training"], settings["seeds"]
    if training.get("device") == "cuda" and "CUDA_VISIBLE_DEVICES" not in os.environ:  # SLURM would have set it
        gpu = locks.claim_gpu(len(list(Path("/dev").glob("nvidia[0-9]*"))))
        if gpu is not None:
            os.environ["CUDA_VISIBLE_DEVICES"] = str(gpu)
    task, width, init = make_task(settings["task_settings"]), int(wildcards.width), wildcards.init
    trained = train(task, width, init, seeds, training, f"{wildcards.task} n{width} {init}")

    loss = np.full((len(seeds), training["updates"]), np.nan)
    for row, network in zip(loss, trained, strict=True):
        row[: len(network.loss)] = network.loss
    of_each = [network.weights.arrays() for network in trained]
    arrays = {name: np.stack([own[name] for own in of_each]) for name in of_each[0]}
    arrays |= {
        "loss": loss,
        "updates": np.array([len(network.loss) for network in trained]),
        "validation": np.array([network.score for network in trained]),
        "solved": np.array([int(network.solved) for network in trained]),
        "status": np.array([network.status for network in trained]),
    }
    own = {"task_settings": settings["task_settings"], "training": training}
    attributes = {
        "cell": training.get("cell", TANH),
        "activation": training.get("cell", TANH),
        "leak": 1.0,
        "task_settings": canonical(settings["task_settings"]),
        **provenance(canonical(own), snakemake.params.code),
    }
    key = {"task": wildcards.task, "width": width, "init": init}
    netcdf.write(netcdf.build("networks", key, {"seed": seeds}, arrays, attributes), snakemake.output[0])
