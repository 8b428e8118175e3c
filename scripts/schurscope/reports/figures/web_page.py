"""A chart as a web page that opens without a network.

It holds all that draws it; or, where pages lie side by side, it takes Vega from a file that they share, and shows the
picture that it holds where that file is not (a page that was sent alone).

To bundle Vega takes seconds and gives the same text each time, so it is kept in the user's cache folder, one file a
version of vl-convert. A file there that is not whole, or a folder that cannot be written, costs the time only.
"""

import hashlib
import html
import json
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import altair as alt
import vl_convert

from schurscope.foundations.errors import SchurscopeError
from schurscope.reports.figures.interactive import alive
from schurscope.store.files import write_text

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 1rem; font-family: Helvetica, Arial, sans-serif; }}
#how {{ color: #444; font-size: 13px; }}
</style>
{script}
</head>
<body>
<div id="vis">{picture}</div>
<p id="how">{without}</p>
<script>
if (window.vegaEmbed) {{
  document.getElementById("how").textContent = "{how}";
  vegaEmbed("#vis", {spec}, {{"mode": "vega-lite", "logLevel": 1}}).catch(console.error);
}}
</script>
</body>
</html>
"""
HOW = "Drag to move, turn the wheel to zoom, double-click to come back; point at a mark for its numbers."


def web_page(spec: dict, title: str, picture: str = "", shared: str | None = None) -> str:
    """The page of a Vega-Lite specification.

    ``shared``: the file with ``bundle``, as the page finds it; without it, ``picture`` (SVG) is seen. None: the page
    holds the bundle itself.
    """
    within = json.dumps(alive(spec), ensure_ascii=False).replace(
        "</", "<\\/"
    )  # </script> in a name would end the script
    said = {"title": html.escape(title), "spec": within, "how": HOW}
    if shared is None:
        return PAGE.format(script=f"<script>{bundle()}</script>", picture="", without="", **said)
    script, without = f'<script src="{shared}"></script>', f"This is the picture alone: {shared} is not there."
    return PAGE.format(script=script, picture=picture, without=without, **said)


def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    kept = cached()
    with suppress(OSError, ValueError):
        digest, _, script = kept.read_bytes().decode().partition("\n")
        if hashlib.sha256(script.encode()).hexdigest() == digest:
            return script
    script = vl_convert.javascript_bundle(vl_version="_".join(alt.SCHEMA_VERSION.split(".")[:2]))
    with suppress(SchurscopeError, OSError):
        write_text(kept, f"{hashlib.sha256(script.encode()).hexdigest()}\n{script}")
    return script


def cached() -> Path:
    """Where the bundle of this version lies."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return folder / "schurscope" / f"vega_{alt.SCHEMA_VERSION}_{version('vl-convert-python')}.js"
