"""Tasks: what a trial is, as a pure function of (settings, seed, update). One file a task."""

from schurscope.foundations import registry
from schurscope.foundations.config_check import checked
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks.base import DrawnTask, Task, Trials

__all__ = ["DrawnTask", "Task", "Trials", "make_task"]


def make_task(settings: dict) -> Task:
    """The task that ``settings`` describe, as in config.yaml and in the attribute ``task_settings``.

    ``settings["task"]`` is the registered name; the other keys are that task's own and have defaults.
    Raises SchurscopeError for an unknown task, an unknown key, or a value out of range.
    """
    if not isinstance(settings, dict) or not isinstance(settings.get("task"), str):
        raise SchurscopeError(f"task settings need the key 'task' with a registered name; they are {settings!r}")
    cls = registry.load("task", settings["task"]).TASK
    settings = checked(settings, cls.schema(), where="settings")
    if "metric" in settings:
        registry.module_name("metric", settings["metric"])
        if settings["metric"] == cls.metric:  # one text for what is the same
            del settings["metric"]
    return cls(settings)
