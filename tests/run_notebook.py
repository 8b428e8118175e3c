"""Runs a notebook's cells in order, in this process, and puts what they show into it: no Jupyter.

python tests/run_notebook.py examples/one_network.ipynb
"""

import ast
import contextlib
import io
import json
import os
import sys
import warnings
from pathlib import Path

import altair as alt
import vl_convert


def shown(value) -> dict:
    """The output of a cell that ends with an expression: a chart as SVG, anything else as text."""
    if isinstance(value, alt.TopLevelMixin):
        data = {"image/svg+xml": vl_convert.vegalite_to_svg(value.to_dict()), "text/plain": "a chart"}
    else:
        data = {"text/plain": repr(value)}
    data = {kind: text.splitlines(keepends=True) for kind, text in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def run(notebook: dict) -> dict:
    """The names that its cells leave; ``notebook`` gets their outputs and the order in which they ran."""
    names: dict = {}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for count, cell in enumerate(code, 1):
        body = ast.parse("".join(cell["source"]))
        last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
        printed, value = io.StringIO(), None
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(body, f"cell {count}", "exec"), names)  # this repository's own text
            if last is not None:
                value = eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), names)
        text = printed.getvalue().splitlines(keepends=True)
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        cell["outputs"] = outputs + ([shown(value)] if value is not None else [])
        cell["execution_count"] = count
    return names


def main(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    path = path.resolve()
    os.chdir(path.parent)
    run(notebook)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
