"""Rule train: a block of networks into one networks file."""

from job import job, one_gpu, write
from schurscope.foundations.canonical_json import canonical
from schurscope.stages.train import train

with job(snakemake) as settings:
    task, training, wildcards = settings["task_settings"], settings["training"], snakemake.wildcards
    one_gpu(training)
    networks = train(task, int(wildcards.width), wildcards.init, settings["seeds"], training, wildcards.task)
    own = {"task_settings": task, "training": training}  # seeds that share a job must not tell
    write(snakemake, networks, settings=canonical(own))
