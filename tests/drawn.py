"""The tasks whose trials are drawn; those that read files have tests of their own."""

from schurscope.foundations.registry import REGISTRY, load
from schurscope.tasks import DrawnTask

DRAWN = [name for name in REGISTRY["task"] if issubclass(load("task", name).TASK, DrawnTask)]
