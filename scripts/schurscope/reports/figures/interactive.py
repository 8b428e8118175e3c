"""What a chart does on a web page: panels move and zoom, and tooltips speak words. Pictures are as they were."""

WORDS = {  # field -> what a tooltip calls it, where no axis of its panel does
    "also": "T_CC",
    "alpha_high": "same n_R up to α",
    "alpha_low": "same n_R from α",
    "alpha": "α",
    "called": "model",
    "cut": "cut",
    "end": "end of training",
    "epsilon": "ε",
    "flag": "network is",
    "high": "highest",
    "how": "angle",
    "im": "imaginary part",
    "init": "construction",
    "left": "numbers left",
    "low": "lowest",
    "lost": "what is lost",
    "mass": "share of the norm of T",
    "mean": "mean over networks",
    "median": "median of the draws",
    "moved": "change of the exponents",
    "n": "networks in the mean",
    "near_cut": "modulus nearest to the cut",
    "n_R": "rows in R (n_R)",
    "over": "ratio to",
    "re": "real part",
    "recovered": "share brought back",
    "refit": "with a new readout",
    "rho": "Spearman's ρ",
    "row": "network",
    "s": "condition of the split, s",
    "sem": "standard error",
    "sep": "separation of R and C",
    "weight": "strength over the largest",
}
ZOOMED = ("quantitative", "temporal")


def alive(spec: dict) -> dict:
    """The specification with tooltips in words, and scales that follow the mouse."""
    return _alive(spec, iter(range(10_000)))


def _alive(node: dict, numbers) -> dict:
    for kind in ("concat", "hconcat", "vconcat"):
        if kind in node:
            return node | {kind: [_alive(part, numbers) for part in node[kind]]}
    titles = {}
    _collect(node, titles)
    return _zoomed(_worded(node, titles), next(numbers))


def _collect(panel: dict, titles: dict) -> None:
    """Titles of the axes and legends of a panel, by field."""
    for layer in panel.get("layer", ()):
        _collect(layer, titles)
    for channel, given in panel.get("encoding", {}).items():
        if channel != "tooltip" and isinstance(given, dict) and given.get("title") and "field" in given:
            title = given["title"]
            titles[given["field"]] = title if isinstance(title, str) else " ".join(title)


def _worded(panel: dict, titles: dict) -> dict:
    if "layer" in panel:
        return panel | {"layer": [_worded(layer, titles) for layer in panel["layer"]]}
    mark = panel["mark"] if isinstance(panel["mark"], dict) else {"type": panel["mark"]}
    found = panel | {"mark": mark | {"clip": True}}
    told = panel.get("encoding", {}).get("tooltip")
    if isinstance(told, list):
        found["encoding"] = panel["encoding"] | {"tooltip": [_told(one, titles) for one in told]}
    return found


def _told(one: dict, titles: dict) -> dict:
    field = one["field"]
    words = {"title": titles.get(field) or WORDS.get(field) or field.replace("_", " ")} | one
    return {"format": ".4~g"} | words if one["type"] == "quantitative" else words


def _zoomed(panel: dict, number: int) -> dict:
    """One layer, that with most continuous axes, takes the mouse for the whole panel."""
    if "layer" not in panel:
        channels = _continuous(panel)
        zoom = {"name": f"zoom_{number}", "select": {"type": "interval", "encodings": channels}, "bind": "scales"}
        return panel | {"params": [zoom]} if channels else panel
    layers = panel["layer"]
    place = max(range(len(layers)), key=lambda i: len(_most(layers[i])), default=0)
    return panel | {"layer": [_zoomed(layer, number) if i == place else layer for i, layer in enumerate(layers)]}


def _most(panel: dict) -> list[str]:
    return max((_most(layer) for layer in panel["layer"]), key=len) if "layer" in panel else _continuous(panel)


def _continuous(layer: dict) -> list[str]:
    encoding = layer.get("encoding", {})
    return [channel for channel in ("x", "y") if encoding.get(channel, {}).get("type") in ZOOMED]
