"""A chart as wide as a column of a journal: panels in fewer columns, legends below, text of at least 6 pt.

A Vega-Lite specification is laid out anew, so that figures need not know of it. Widths are estimated from labels, and
corrected once by what was drawn. One pixel is 0.6 pt at both widths: text of 10 pixels is 6 pt.
"""

import json
import math
import re
import textwrap

import vl_convert

WIDTHS = {"8.5cm": 400, "17.5cm": 823}  # pixels
LEAST = {"beside": 68, "map": 125, "plain": 105}  # of a panel's width: one without labels of its own, a map, another
NARROWER = 0.06  # than the column: near enough
MAP = 330  # pixels of a map at most
HIGH = 200  # of a panel at most, where its height does not say how many rows it has
LETTER, BOLD = 0.52, 0.56  # widths over the size of the font
GAP = 12  # between panels
TITLE, TEXT, LABEL = 13, 11, 10  # pixels
ROOM = {"8.5cm": 125, "17.5cm": 250}  # for the labels of rows


def drawn(spec: dict, size: str) -> str:
    """The SVG of a specification at one of WIDTHS, with that width in cm."""
    wanted = WIDTHS[size]
    taken, before, svg = 0, None, ""
    for _ in range(5):
        svg = vl_convert.vegalite_to_svg(fitted(spec, size, taken))
        over = float(re.search(r'viewBox="0 0 ([0-9.]+)', svg)[1]) - wanted
        if -NARROWER * wanted <= over <= 0 or over == before:  # a map does not grow beyond its limit
            break
        taken, before = taken + over + 2, over
    return _in_cm(svg, size)


def _in_cm(svg: str, size: str) -> str:
    width, height = map(float, re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg).groups())
    wanted = max(WIDTHS[size], width)
    high = height * float(size.removesuffix("cm")) / wanted
    head = re.search(r"<svg[^>]*>", svg)[0]
    said = re.sub(r' (width|height|viewBox)="[^"]*"', "", head)[:-1]
    said += f' width="{size}" height="{high:.3f}cm" viewBox="0 0 {wanted:g} {height:g}">'
    return svg.replace(head, said, 1).replace(f'width="{width:g}"', f'width="{wanted:g}"', 1)


def fitted(spec: dict, size: str, taken: float = 0) -> dict:
    """The specification laid out for ``size``; ``taken``: pixels that an earlier drawing was too wide."""
    wide, config = WIDTHS[size] - 12, spec["config"]
    own = {
        "axis": config["axis"] | {"labelFontSize": LABEL, "titleFontSize": TEXT},
        "legend": config["legend"] | {"labelFontSize": LABEL, "titleFontSize": LABEL, "orient": "bottom"},
        "title": config["title"] | {"fontSize": TITLE, "subtitleFontSize": LABEL},
        "padding": 5,
    }
    own["legend"] |= {"layout": {"bottom": {"direction": "vertical", "anchor": "start"}}, "offset": 8}
    head = {"title": _title(spec["title"], wide, TITLE, joined=True)}
    whole = _with_data(spec, spec.get("datasets", {}))
    return _laid(whole, wide, size, taken) | {"config": config | own} | head


def _with_data(node: dict, named: dict) -> dict:
    """Data stand where they are drawn, so that names can be read from them."""
    found = {key: value for key, value in node.items() if key != "datasets"}
    for kind in ("concat", "hconcat", "vconcat", "layer"):
        if kind in node:
            found[kind] = [_with_data(part, named) for part in node[kind]]
    if (name := node.get("data", {}).get("name")) in named:
        found["data"] = {"values": named[name]}
    return found


def _laid(node: dict, wide: float, size: str, taken: float) -> dict:
    if "vconcat" in node:
        parts = [_laid(part, wide, size, taken) for part in node["vconcat"]]
        return node | {"vconcat": parts, "spacing": min(node.get("spacing", 20), 20)}
    flowing = "concat" in node
    panels = node.get("concat") or node.get("hconcat") or [node]
    if any(_is_nested(panel) for panel in panels):  # grids of their own: below one another
        return _without(node) | {"vconcat": [_laid(panel, wide, size, taken) for panel in panels]}
    panels = [_wrapped_rows(panel, size) for panel in panels]
    columns = _columns(panels, wide, min(node.get("columns", len(panels)), len(panels)))
    rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
    rows = [[_labelled(row[0], panels[0]), *row[1:]] for row in rows]
    factor = min(_factor(row, wide - taken, columns) for row in rows)
    room = wide / columns if _apart(node) else wide  # for a legend
    rows = [_level([_scaled(panel, factor, room) for panel in row]) for row in rows]
    if flowing:
        return _without(node) | {"concat": [panel for row in rows for panel in row], "columns": columns, "spacing": GAP}
    if "hconcat" not in node:
        return rows[0][0]
    apart = {"resolve": node["resolve"]} if "resolve" in node else {}
    below = [{"hconcat": row, "spacing": GAP} | apart for row in rows]
    return _without(node) | ({"vconcat": below, "spacing": 16} if len(rows) > 1 else below[0])


def _without(node: dict) -> dict:
    return {key: value for key, value in node.items() if key not in ("hconcat", "concat", "columns", "spacing")}


def _apart(node: dict) -> bool:
    """Whether each panel has legends of its own."""
    return "independent" in json.dumps(node.get("resolve", {}))


def _is_nested(panel: dict) -> bool:
    grids = ("hconcat", "concat")
    return any(grid in part for part in (panel, *panel.get("vconcat", ())) for grid in grids)


def _leaves(panel: dict) -> list[dict]:
    return panel.get("vconcat") or [panel]


def _layers(panel: dict) -> list[dict]:
    return [layer for part in panel["layer"] for layer in _layers(part)] if "layer" in panel else [panel]


def _axis(panel: dict, channel: str) -> dict:
    """The first encoding of a channel that has an axis."""
    found = [layer.get("encoding", {}).get(channel, {}) for layer in _layers(panel)]
    found = [one for one in found if "type" in one and one.get("axis", 0) is not None]
    return max(found, key=lambda one: ("title" in one) + 2 * bool(one.get("axis")), default={})


def _labels(panel: dict, channel: str) -> list[str]:
    """The names along an axis or in a legend, of all layers that have this field."""
    at = _axis(panel, channel)
    named = [at.get("scale") and at["scale"].get("domain"), at.get("sort")]
    names = next((one for one in named if isinstance(one, list)), [])
    if not names and at.get("type") in ("nominal", "ordinal"):
        rows = [row for layer in _layers(panel) for row in (layer.get("data") or {}).get("values", ())]
        names = list(dict.fromkeys(row[at["field"]] for row in rows if row.get(at["field"]) is not None))
    return [str(name) for name in names]


def _beside(panel: dict) -> float:
    """Pixels beside a panel: the labels and the title of its y axis."""

    def of(leaf):
        y = _axis(leaf, "y")
        axis = y.get("axis") or {}
        if not y or axis.get("labels", True) is False:
            return 6
        title = 16 if y.get("title", 0) is not None else 0
        if y["type"] == "quantitative":
            return 32 + title
        lines = [line for name in _labels(leaf, "y") for line in axis.get("wrapped", {}).get(name, [name])]
        return 8 + title + LETTER * LABEL * max(map(len, lines), default=0)

    return max(of(leaf) for leaf in _leaves(panel))


def _width(panel: dict) -> float:
    return max(leaf.get("width", 300) for leaf in _leaves(panel))


def _is_map(leaf: dict) -> bool:
    """Whether a panel shows a plane or a matrix: a unit is as long across as it is up."""
    across, up = (_axis(leaf, channel) for channel in ("x", "y"))
    if not {across.get("type"), up.get("type")} == {"quantitative"}:
        return False
    ends = [(one.get("scale") or {}).get("domain") or (0, 1) for one in (across, up)]
    wide, high = (size / abs(last - first) for size, (first, last) in zip(_size(leaf), ends, strict=True))
    return abs(wide / high - 1) < 0.02


def _size(leaf: dict) -> tuple[float, float]:
    return leaf.get("width", 300), leaf.get("height", 200)


def _least(panel: dict) -> float:
    across = _axis(_leaves(panel)[0], "x")
    x = across.get("axis") or {}
    if across.get("type") in ("nominal", "ordinal"):
        return 22 * len(_labels(panel, "x"))
    if x.get("labelOverlap") is False:
        return max(24 * len(x["values"]), LEAST["plain"] / 2)
    first = _leaves(panel)[0]
    in_rows = _axis(first, "y").get("type") in ("nominal", "ordinal") or _beside(panel) <= 6
    kind = "beside" if in_rows else "map" if _is_map(first) else "plain"
    return min(_width(panel), LEAST[kind])


def _columns(panels: list[dict], wide: float, most: int) -> int:
    for columns in range(most, 1, -1):
        rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
        needed = [sum(_beside(p) + _least(p) for p in [_labelled(r[0], panels[0]), *r[1:]]) for r in rows]
        if max(needed) + GAP * (columns - 1) <= wide:
            return math.ceil(len(panels) / len(rows))
    return 1


def _factor(row: list[dict], wide: float, columns: int) -> float:
    """What the panels' widths are multiplied with; a row that is not full is as one that is."""
    missing = columns - len(row)
    row = row + [row[-1]] * missing
    left = wide - GAP * (columns - 1) - sum(map(_beside, row))
    return max(left, 40 * columns) / sum(map(_width, row))


def _labelled(panel: dict, first: dict) -> dict:
    """A panel that begins a row has the row labels of the first one."""
    axis = _axis(panel, "y").get("axis") or {}
    if panel is first or axis.get("labels", True) is not False:
        return panel
    return _with_y(panel, lambda y: y | {"axis": _axis(first, "y")["axis"]} if "axis" in y else y)


def _with_y(panel: dict, change) -> dict:
    if "layer" in panel:
        return panel | {"layer": [_with_y(layer, change) for layer in panel["layer"]]}
    encoding = panel.get("encoding", {})
    return panel | {"encoding": encoding | {"y": change(encoding["y"])}} if "y" in encoding else panel


def _wrapped_rows(panel: dict, size: str) -> dict:
    """Labels of rows that are too long in lines below one another, and as much room for each row."""
    names, letters = _labels(panel, "y"), int(ROOM[size] / (LETTER * LABEL))
    if "layer" not in panel and "mark" not in panel or _axis(panel, "y").get("type") not in ("nominal", "ordinal"):
        return panel
    lines = {name: textwrap.wrap(name, letters) or [name] for name in names}
    most = max(map(len, lines.values()), default=1)
    if most == 1:
        return panel
    chosen = "{" + ",".join(f"{_quoted(n)}:[{','.join(map(_quoted, ls))}]" for n, ls in lines.items()) + "}"
    words = {"labelExpr": f"{chosen}[datum.label]", "labelLimit": 0, "wrapped": lines}
    changed = _with_y(
        panel, lambda y: y | {"axis": (y.get("axis") or {}) | words} if y.get("axis", 0) is not None else y
    )
    high = len(names) * (most * (LABEL + 2) + 4)
    return changed | {"height": max(high, panel.get("height", 0))}


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _scaled(panel: dict, factor: float, room: float) -> dict:
    if "vconcat" in panel:
        return panel | {"vconcat": [_scaled(part, factor, room) for part in panel["vconcat"]]}
    old = _size(panel)
    wide = math.floor(old[0] * factor)
    high = old[1]
    if _is_map(panel):
        wide = min(wide, MAP)
        high = wide * old[1] / old[0]
    elif _axis(panel, "y").get("type") == "quantitative":
        high = min(high, max(HIGH, 0.6 * wide)) if factor > 0.5 else min(high, HIGH)
    ratio = {"x": wide / old[0], "y": high / old[1]}
    found = _lettered(panel, (wide, high), ratio, room) | {"width": wide, "height": high}
    if "title" in panel:
        found["title"] = _title(panel["title"], wide + min(_beside(panel), 60), TEXT)
    return found


def _lettered(panel: dict, size: tuple, ratio: dict, room: float) -> dict:
    """A panel or layer: its titles and legends broken into lines, what is said in pixels along with its size."""
    if "layer" in panel:
        return panel | {"layer": [_lettered(layer, size, ratio, room) for layer in panel["layer"]]}
    encoding = {}
    for channel, given in panel.get("encoding", {}).items():
        one = given
        if channel[:1] in ratio and isinstance(one, dict) and isinstance(one.get("value"), int | float):
            one = one | {"value": one["value"] * ratio[channel[0]]}
        if channel in ("x", "y") and isinstance(one, dict):
            if isinstance(one.get("title"), str):
                long = size[0] if channel == "x" else max(size[1], 120)
                one = one | {"title": _lines(one["title"], (long + 16) / (BOLD * TEXT))}
            if one.get("axis"):
                one = one | {"axis": {key: value for key, value in one["axis"].items() if key != "wrapped"}}
        elif isinstance(one, dict) and "type" in one and one.get("legend", 0) is not None and channel in LEGENDS:
            one = one | {"legend": _legend(panel, channel, one, room)}
        encoding[channel] = one
    found = panel | {"encoding": encoding} if encoding else panel
    mark = panel.get("mark")
    if isinstance(mark, dict) and isinstance(mark.get("width"), int | float):
        found = found | {"mark": mark | {"width": mark["width"] * ratio["x"]}}
    return found


LEGENDS = ("color", "fill", "stroke", "shape", "strokeDash", "fillOpacity", "opacity", "size")


def _legend(panel: dict, channel: str, one: dict, room: float) -> dict:
    legend = one.get("legend") or {}
    if legend.get("orient", "bottom") != "bottom":  # inside of the panel
        return legend
    legend = legend | {"orient": "bottom", "direction": "horizontal"}
    if one["type"] == "quantitative":
        return legend | {"gradientLength": min(140, room - 60)}
    longest = max((len(name) for name in _labels(panel, channel)), default=8)
    return legend | {"columns": max(1, int((room - 20) / (LETTER * LABEL * longest + 26)))}


def _lines(text: str, letters: float) -> list[str]:
    return textwrap.wrap(text, max(int(letters), 8)) or [text]


def _title(title, wide: float, font: int, joined: bool = False) -> dict:
    """A title whose lines fit; ``joined``: the lines of its subtitle are one text."""
    title = title if isinstance(title, dict) else {"text": title}
    text = title["text"] if isinstance(title["text"], str) else " ".join(title["text"])
    said = title.get("subtitle") or []
    said = [said] if isinstance(said, str) else said
    said = [" ".join(said)] if joined else said
    below = [line for one in said for line in _lines(one, wide / (LETTER * LABEL)) if one]
    found = title | {"text": _lines(text, wide / (BOLD * font)), "fontSize": font}
    return found | ({"subtitle": below, "subtitleFontSize": LABEL} if below else {})


def _level(row: list[dict]) -> list[dict]:
    """Titles of as many lines, so that the panels of a row stand level."""
    tops = [_leaves(panel)[0].get("title") for panel in row]
    if any(top is None for top in tops):
        return row
    for key in ("text", "subtitle"):
        most = max(len(top.get(key, ())) for top in tops)
        for top in tops:
            lines = top.get(key, [])
            if most:
                top[key] = (
                    [*lines, *[" "] * (most - len(lines))]
                    if key == "subtitle"
                    else [*[" "] * (most - len(lines)), *lines]
                )
    return row
