"""Seeds as a list, or as a range such as "0-39"."""

import re

from schurscope.foundations.errors import SchurscopeError

LARGEST = 2**32 - 1
MOST = 100_000  # of one range


def listed(where: str, seeds: list[int] | str) -> list[int]:
    """The seeds that a config names. Raises SchurscopeError for what is no range."""
    if not isinstance(seeds, str):
        return seeds
    ends = re.fullmatch(r"\s*([0-9]{1,10})\s*-\s*([0-9]{1,10})\s*", seeds)
    if not ends or not int(ends[1]) <= int(ends[2]) <= LARGEST:
        raise SchurscopeError(f'{where}: {seeds!r} is no range of seeds; write a list, or a range such as "0-39"')
    if int(ends[2]) - int(ends[1]) >= MOST:
        raise SchurscopeError(f"{where}: {seeds!r} are more than {MOST:,} seeds")
    return list(range(int(ends[1]), int(ends[2]) + 1))
