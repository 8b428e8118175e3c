"""A chart as a web page that holds all that draws it: it opens anywhere, without a network.

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
from schurscope.store.files import write_text

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<script>{bundle}</script>
</head>
<body>
<div id="vis"></div>
<script>
vegaEmbed("#vis", {spec}, {{"mode": "vega-lite"}}).catch(console.error);
</script>
</body>
</html>
"""


def web_page(spec: dict, title: str) -> str:
    """The page of a Vega-Lite specification."""
    within = json.dumps(spec, ensure_ascii=False).replace("</", "<\\/")  # </script> in a name would end the script
    return PAGE.format(title=html.escape(title), bundle=bundle(), spec=within)


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
