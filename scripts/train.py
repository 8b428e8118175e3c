"""Rule train: a block of networks into one networks file."""

from job import job, one_gpu, write
from schurscope.foundations.canonical_json import canonical
from schurscope.stages.train import train
from schurscope.training import section
from schurscope.workflow import progress

with job(snakemake) as settings:
    task, training, wildcards = settings["task_settings"], settings["training"], snakemake.wildcards
    one_gpu(training)
    width, init, seeds = int(wildcards.width), wildcards.init, settings["seeds"]
    tell = progress.keeper(snakemake.log[0], len(seeds), training["updates"])
    networks = train(task, width, init, seeds, section.of_init(training, init), wildcards.task, tell)
    own = {"task_settings": task, "training": training}  # seeds that share a job must not tell
    write(snakemake, networks, settings=canonical(own))
