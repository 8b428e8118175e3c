"""The one exception that means: the user can mend this."""

from contextlib import contextmanager


class SchurscopeError(ValueError):
    """One sentence for the user: what was wrong, where, and what is allowed."""


NO_GPU = "gpu is 1, but PyTorch sees no GPU here; set gpu to 0 (engine fused, on the CPU), or run where there is one"


@contextmanager
def at(where: str):
    """Name the place of the config in an error that comes from deeper down."""
    try:
        yield
    except SchurscopeError as error:
        raise SchurscopeError(f"{where}: {str(error).removeprefix('settings: ')}") from None
