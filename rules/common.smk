# The checked config, and the names that all stages share.

import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from schurscope import plan
from schurscope.config import check_config
from schurscope.digest import digest
from schurscope.errors import SchurscopeError
from schurscope.registry import module_name
from schurscope.tasks import make_task

try:
    PLAN = check_config(config)
except SchurscopeError as mistake:
    raise WorkflowError(str(mistake))

TRAINED, RESULTS = PLAN["folders"]["trained"], PLAN["folders"]["results"]
BLOCK = "{task}/n{width}/{init}/seeds{block}"
ENV = "../envs/schurscope.yaml"


wildcard_constraints:
    task=r"[A-Za-z]\w*",
    width=r"\d+",
    init=r"[A-Za-z]\w*",
    block=r"\d+-\d+",


def paths(stage, label):
    """The files of one stage for one task, in the order of the config."""
    folder = RESULTS if stage == "ablation" else TRAINED
    return [block.path(folder, stage) for block in plan.blocks_of(PLAN, label)]


def networks_in(block):
    """How many networks a block may hold."""
    first, last = map(int, block.split("-"))
    return last - first + 1
