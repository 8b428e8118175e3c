"""Replay accuracy at each lag: does an ablated network fail at once, drift, or settle at another level?"""

import altair as alt

from schurscope.reports.figures import style
from schurscope.reports.figures.copy_profile import PAIRS, with_cc
from schurscope.reports.labels import init_name, removed_name

SHOWS = "task"
MADE_FROM = ("summary",)
MEASURE = "accuracy_by_lag"
CATEGORY = "Profiles"
CALLED = "accuracy by lag"
CAPTION = (
    "Replay accuracy at each step after the input, for task {task}; mean over networks that did not diverge. Dashed"
    " lines: T_CC is removed as well. No line: nothing is removed."
)
RANGE = alt.Scale(domain=[0.2, 1.02], nice=False)
COLOURS = (style.INK, style.SECTOR_COLOURS["RR"], style.SECTOR_COLOURS["CR"], style.DARK)  # of PAIRS


def draw(datasets, settings):
    """Rows: widths; columns: constructions; mean over networks with status ok, one line a removed set."""
    summary = datasets["summary"][0]
    at_alpha = style.chosen(summary, settings["alpha"])
    rows = []
    for width in at_alpha["width"].values:
        panels = [
            _panel(at_alpha.sel(width=width, init=init), width, init, settings) for init in at_alpha["init"].values
        ]
        rows.append(alt.hconcat(*panels, spacing=15))
    subtitle = (
        f"α = {settings['alpha']:g}; mean over networks in which something is removed (no line: in none); dashed lines:"
        " T_CC is removed as well; thin dashes: chance."
    )
    return style.styled(alt.vconcat(*rows), f"Replay accuracy by lag, task {summary['task'].item()}", subtitle)


def _panel(profile, width, init, settings):
    records = []
    for pair in PAIRS:
        for removed, also_cc in ((pair, "as named"), (with_cc(pair), "and T_CC")):
            at = profile.sel(removed=removed)
            means, counts = (at[f"accuracy_by_lag_{short}"].values for short in ("mean", "n"))
            for lag, mean, n in zip(at["lag"].values, means, counts, strict=True):
                records.append({"lag": lag, "mean": mean, "n": n, "removed": removed_name(pair), "also": also_cc})
    names = [removed_name(pair) for pair in PAIRS]
    line = (
        alt.Chart(style.inline(records))
        .mark_line(strokeWidth=1.6, interpolate="linear")
        .encode(
            x=alt.X("lag:Q", title="lag (scored step)", scale=alt.Scale(nice=False)),
            y=alt.Y("mean:Q", title="replay accuracy", scale=RANGE),
            color=alt.Color(
                "removed:N", sort=names, scale=alt.Scale(domain=names, range=list(COLOURS)), title="removed"
            ),
            strokeDash=alt.StrokeDash(
                "also:N", scale=alt.Scale(domain=["as named", "and T_CC"], range=[[1, 0], [4, 3]]), title="T_CC"
            ),
            tooltip=["lag:Q", "removed:N", "also:N", "mean:Q", "n:Q"],
        )
    )
    chance = (
        alt.Chart(style.inline([{"chance": 0.5}]))
        .mark_rule(strokeDash=[2, 3], color=style.GREY)
        .encode(y=alt.Y("chance:Q", scale=RANGE))
    )
    head = alt.TitleParams(f"N = {width}, {init_name(init)}", subtitle=style.remarks(profile), fontSize=12)
    return (chance + line).properties(width=200, height=130, title=head)
