"""Tasks whose trials are read from data files, which are known by what they hold (corpora.py)."""

from abc import abstractmethod
from pathlib import Path

from schurscope.tasks.base import Task


class FileTask(Task):
    """``files`` of a subclass has at least one file, each under its name in the setting ``sha256``."""

    @abstractmethod
    def files(self) -> dict[str, Path]:
        """The data files that trials come from, by name."""

    @abstractmethod
    def command(self) -> str:
        """The command that gets these files; nothing where nobody but the user has them."""

    @abstractmethod
    def check_count(self, of: str, count: int) -> None:
        """Raise SchurscopeError where one of base.SETS has fewer trials, or "training" fewer for one batch."""
