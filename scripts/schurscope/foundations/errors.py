"""The one exception that means: the user can mend this."""

from contextlib import contextmanager

LONGEST = 1500


class SchurscopeError(ValueError):
    """One sentence for the user: what was wrong, where, and what is allowed; on one line, whatever is named in it."""

    def __init__(self, sentence: str):
        super().__init__(printable(sentence))


def printable(text: str) -> str:
    """``text`` on one line of at most LONGEST characters, without control characters."""
    text = "".join(character if character.isprintable() else "?" for character in str(text)[: LONGEST + 1])
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


EXTRAS = {
    "numba": "train",
    "llvmlite": "train",
    "flint": "memory",
}  # library -> extra of pyproject.toml that brings it, if not its own name


def needs(error: ImportError) -> str:
    """Words for a library that cannot be imported, and how to get it."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return f"needs a library that cannot be imported here ({printable(error)})"
    library = error.name.partition(".")[0]
    extra = EXTRAS.get(library, library)
    return f"needs {library}, which is not installed here (pip install 'schurscope[{extra}]')"


NO_GPU = "gpu is 1, but PyTorch sees no GPU here; set gpu to 0 (engine fused, on the CPU), or run where there is one"


@contextmanager
def at(where: str):
    """Name the place of the config in an error that comes from deeper down."""
    try:
        yield
    except SchurscopeError as error:
        raise SchurscopeError(f"{where}: {str(error).removeprefix('settings: ')}") from None
