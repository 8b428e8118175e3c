"""What every job does around its work: a log, one thread, a record of what it wrote, one sentence for a mistake.

And how a block's files are read and a result is written.
"""

import json
import logging
import os
import platform
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits

from schurscope.foundations.errors import SchurscopeError
from schurscope.store import netcdf, records
from schurscope.store.provenance import provenance
from schurscope.workflow import locks


def network_of(wildcards) -> dict:
    """The task, width and init that a rule's wildcards name; an imported network's width is not in its path."""
    place = wildcards.place.split("/")
    width = {"width": int(place[0].removeprefix("n"))} if len(place) > 1 else {}
    return {"task": wildcards.task, "init": place[-1], **width}


def block(snakemake, *kinds: str) -> list:
    """The datasets of the job's block, each an input of the name of its kind."""
    return [netcdf.read(snakemake.input[kind], kind, **network_of(snakemake.wildcards)) for kind in kinds]


def recorded(snakemake):
    """The trials that came with a network from elsewhere; None for the task's own."""
    there = "trials" in snakemake.input.keys()
    return netcdf.read(snakemake.input.trials, "trials", task=snakemake.wildcards.task) if there else None


def write(snakemake, dataset, path=None, settings: str | None = None, code: str | None = None) -> None:
    """Write a result with the settings and the code that made it, the job's if nothing is said."""
    attributes = provenance(settings or snakemake.params.settings, code or snakemake.params.code)
    netcdf.write(dataset.assign_attrs(attributes), path or snakemake.output[0])


def one_gpu(training: dict) -> None:
    """Let this job see a GPU of its own; SLURM would have seen to it."""
    if training.get("device") == "cuda" and "CUDA_VISIBLE_DEVICES" not in os.environ:
        gpu = locks.claim_gpu(len(list(Path("/dev").glob("nvidia[0-9]*"))))
        if gpu is not None:
            os.environ["CUDA_VISIBLE_DEVICES"] = str(gpu)


signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C: the run says what is to be said


@contextmanager
def job(snakemake):
    """Run a script's body: yields the rule's settings (parsed from its canonical JSON).

    Numbers must not depend on the number of cores, so BLAS and OpenMP get one thread.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # for libraries that are imported later
    logging.basicConfig(filename=snakemake.log[0], filemode="w", level=logging.INFO, format="%(asctime)s %(message)s")
    gpus = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    logging.info("on %s%s", platform.node(), f", GPU {gpus}" if gpus else "")
    try:
        locks.hold_job()
        with threadpool_limits(1):
            yield json.loads(snakemake.params.settings)
        for path in snakemake.output:
            records.record(path)
    except SchurscopeError as error:
        logging.error("%s", error)
        sys.exit(f"{snakemake.rule}: {error}")
    except MemoryError as error:
        logging.error("%s", error)
        sys.exit(
            f"{snakemake.rule}: not enough memory ({error}); use smaller batches, fewer trials or smaller networks"
        )
    except BaseException:
        logging.exception("%s failed", snakemake.rule)
        raise
    logging.info("done")
