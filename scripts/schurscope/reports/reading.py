"""Numbers and tables as people read them: text, Markdown, HTML."""

import math
from pathlib import Path

import pandas as pd

TRACE = 0.0005  # what is nearer to 0 is written as 0
TABLE = Path(__file__).with_name("reading.html.jinja")


def mean_and_sem(mean, sem, n) -> str:
    """A number as people write it: 0.0945 ± 0.0094 (3)."""
    return f"{number(mean)} ± {number(sem)} ({int(n)})" if n > 1 else f"{number(mean)} ({int(n)})"


def number(value) -> str:
    """Four significant digits; nothing for NaN."""
    return "" if isinstance(value, float) and math.isnan(value) else f"{value:.4g}"


def short(value, digits: int = 2) -> str:
    """A number with two significant digits and at most three decimals: 0.36, 12, 0.007; nothing for NaN."""
    value = float(value)
    if math.isnan(value):
        return ""
    if abs(value) < TRACE:
        return "0"
    decimals = 0
    if not (value.is_integer() and abs(value) >= 10):
        whole = math.floor(math.log10(abs(value))) + 1
        decimals = min(max(digits - whole, 0), 3)
        if abs(round(value, decimals)) >= 10**whole:  # 0.9999 is 1.00, not 1.000
            decimals = min(max(digits - whole - 1, 0), 3)
    return f"{value:.{decimals}f}".replace("-", "−")


def shown(table: pd.DataFrame) -> list[list[str]]:
    """The cells of a table as people read them."""
    return [[number(v) if isinstance(v, float) else str(v) for v in row] for row in table.itertuples(index=False)]


def page(table: pd.DataFrame, title: str, notes: str) -> str:
    """A table as an HTML page, with a title and a line on how to read it."""
    return render(TABLE, title=title, notes=notes, columns=table.columns, rows=shown(table))


def markdown(table: pd.DataFrame, title: str, notes: str) -> str:
    """A table as Markdown, with a title and a line on how to read it."""
    lines = [list(table.columns), ["---"] * len(table.columns), *shown(table)]
    return f"# {title}\n\n{notes}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def render(template: Path, **values) -> str:
    """A template (Jinja's) with its values; in HTML, what is no markup is escaped. A name without a value is an error.

    A template or a script (.js) beside a module, under its name, belongs to that module's code (workflow/digest.py).
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # most commands write no pages

    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=template.name.endswith(".html.jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template.name).render(values)
