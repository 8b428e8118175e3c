"""Rule neutral_train: networks of one model, trained on the circle and tested."""

from job import job, write
from schurscope.stages.neutral_paths import train_paths

with job(snakemake) as settings:
    write(snakemake, train_paths(**settings))
