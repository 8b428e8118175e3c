"""What a sentence is, and spreads and lists as sentences have them."""

from dataclasses import dataclass

import numpy as np

from schurscope.reports.reading import short


@dataclass(frozen=True)
class Said:
    """One sentence, and the numbers that it rests on, one line each."""

    head: str
    sentence: str
    evidence: tuple[str, ...] = ()


def spread(values) -> str:
    """Median and range over networks: 0.36 [0.31 to 0.42]; one number for one network, and for equal ones."""
    values = np.asarray(values, dtype=float)
    low, middle, high = (short(value) for value in (values.min(), np.median(values), values.max()))
    if len(values) == 1:
        return middle
    return f"{middle} in all" if low == high else f"{middle} [{low} to {high}]"


def listed(names, last: str = "and") -> str:
    """a, b and c."""
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def few(names, most: int = 4) -> str:
    """The first of many names, and how many more there are."""
    names = list(names)
    return ", ".join(names) if len(names) <= most + 1 else f"{', '.join(names[:most])} and {len(names) - most} more"
