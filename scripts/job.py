"""What every job does around its work: a log, one thread, a record of what it wrote, one sentence for a mistake."""

import json
import logging
import os
import platform
import signal
import sys
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

from schurscope.foundations.errors import SchurscopeError
from schurscope.store import records
from schurscope.workflow import locks


def network_of(wildcards) -> dict:
    """The task, width and init that a rule's wildcards name; an imported network's width is not in its path."""
    place = wildcards.place.split("/")
    width = {"width": int(place[0].removeprefix("n"))} if len(place) > 1 else {}
    return {"task": wildcards.task, "init": place[-1], **width}


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
