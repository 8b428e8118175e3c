"""All questions of docs/census.md at once: rows, false discoveries held down, and what they say."""

import pandas as pd
import xarray as xr

from schurscope.reports.census import costs, likeness, properties, sizes, slow_modes, starts, statements, variance
from schurscope.reports.census.measures import measures
from schurscope.reports.census.resampling import controlled

MAIN = ("flipflop", "sine", "integration", "copy")  # the tasks of the confirmatory part, as the config calls them
CROSSED = MAIN[:3]  # the balanced design of width and start


def asked(files: dict[str, xr.Dataset], alpha: float) -> dict[str, pd.DataFrame]:
    """``solved``, ``all``: the rows of all questions, over solved networks and over all that did not diverge, ``q`` in
    one family each; ``arm``: the same of the other tasks; ``measures``; ``seed_variance``, of the mixed models.
    """
    table = measures(files, alpha)
    table = table[table["status"] == "ok"].reset_index(drop=True)
    order = files["networks"]["network"].values
    pairs = likeness.pairs_of(*(files[kind].reindex(network=order) for kind in ("schur", "circuit")))
    shown = {"measures": table}
    main = table[table["task"].isin(MAIN)]
    alphas = files["ablation"]["alpha"].values.tolist()
    for name, part in {"solved": main[main["solved"] == 1], "all": main}.items():
        part = part.reset_index(drop=True)
        shown[name] = controlled(pd.DataFrame(_rows(part, files, pairs, alpha, alphas, whole=main)))
    arm = table[~table["task"].isin(MAIN) & (table["solved"] == 1)].reset_index(drop=True)
    if len(arm):
        shown["arm"] = pd.DataFrame([*costs.found(arm), *sizes.found(arm)])
    crossed = main[main["task"].isin(CROSSED)]
    shown["seed_variance"] = pd.DataFrame(
        [
            {"networks": name, "sector": sector} | variance.of_the_seed(part, f"d_{sector}_{alpha:g}")
            for name, part in {"solved": crossed[crossed["solved"] == 1], "all": crossed}.items()
            for sector in ("RR", "CR", "CC")
            if part["seed"].nunique() > 1
        ]
    )
    return shown


def _rows(part, files, pairs, alpha, alphas, whole) -> list[dict]:
    metrics = {task: "accuracy" if task == "copy" else "fvu" for task in MAIN}
    crossed = whole[whole["task"].isin(CROSSED)].reset_index(drop=True)  # balanced: solved or not
    return [
        *costs.found(part),
        *statements.found(part, files["ablation"], metrics, alpha),
        *sizes.found(part),
        *starts.found(part),
        *variance.found(crossed, alphas, alpha),
        *properties.found(part),
        *likeness.found(part, pairs),
        *slow_modes.found(part),
    ]
