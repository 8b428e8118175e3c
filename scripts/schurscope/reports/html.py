"""Numbers and tables as people read them: text, Markdown, HTML."""

import html
import math

import pandas as pd


def mean_and_sem(mean, sem, n) -> str:
    """A number as people write it: 0.0945 ± 0.0094 (3)."""
    return f"{number(mean)} ± {number(sem)} ({int(n)})" if n > 1 else f"{number(mean)} ({int(n)})"


def number(value) -> str:
    """Four significant digits; nothing for NaN."""
    return "" if isinstance(value, float) and math.isnan(value) else f"{value:.4g}"


def shown(table: pd.DataFrame) -> list[list[str]]:
    """The cells of a table as people read them."""
    return [[number(v) if isinstance(v, float) else str(v) for v in row] for row in table.itertuples(index=False)]


def page(table: pd.DataFrame, title: str, notes: str) -> str:
    """A table as an HTML page, with a title and a line on how to read it."""
    rows = "".join(f"<tr><td>{'</td><td>'.join(map(html.escape, row))}</td></tr>\n" for row in shown(table))
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{title}</title><style>'
        "body { font-family: sans-serif; }"
        " td, th { padding: 2px 10px; text-align: left; border-bottom: 1px solid #ddd; }</style></head>\n"
        f"<body><h1>{title}</h1><p>{html.escape(notes)}</p>\n"
        f"<table><tr><th>{'</th><th>'.join(table.columns)}</th></tr>\n{rows}</table></body></html>\n"
    )


def markdown(table: pd.DataFrame, title: str, notes: str) -> str:
    """A table as Markdown, with a title and a line on how to read it."""
    lines = [list(table.columns), ["---"] * len(table.columns), *shown(table)]
    return f"# {title}\n\n{notes}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
