"""One network on one page: what it loses with each removed set, its spectrum, its Schur form."""

import math

import altair as alt
import numpy as np

from schurscope.analyses.ablation import REMOVED
from schurscope.metrics import metric_in
from schurscope.reports.figures import schur_matrix, spectra, style
from schurscope.reports.labels import removed_name
from schurscope.schur.form import SECTORS
from schurscope.stages.flags import flagged, without_empty

SHOWS = "imported"
MADE_FROM = ("networks", "schur", "ablation")
CATEGORY = "Profiles"
CALLED = "network from elsewhere"
CAPTION = (
    "The network {task}, which was trained elsewhere. Left: its performance without each set of couplings, one shape an"
    " alpha; middle: its eigenvalues over the spectral radius; right: its ordered real Schur form."
)
SHAPES = style.CATEGORY_SHAPES[:5]
SIZE, MARGIN = 300, 1.4
LEAST = 1e-8  # what is smaller is drawn as this
CUTS = {"sound": "black", "fragile": "white"}


def draw(datasets, settings):
    """Left, every removed set at every alpha (one shape each); right, spectrum and Schur form at the chosen alpha."""
    networks, schur, ablation = (datasets[kind][0] for kind in ("networks", "schur", "ablation"))
    ablation = without_empty(flagged(ablation, schur, settings["near"]))
    network, form = networks.isel(seed=0), schur.isel(seed=0)
    metric = metric_in(ablation)
    intact = float(ablation[metric.name].isel(seed=0, alpha=0).sel(removed="none"))
    chart = alt.hconcat(_effects(ablation.isel(seed=0), metric, settings), spacing=30)
    if form["status"] == "ok":
        rho = f"spectral radius ρ = {float(form['modulus'].max()):.3g}"
        chart |= spectra.panel([schur], settings).properties(width=SIZE, height=SIZE, title=_head("spectrum", rho))
        mass = ablation["mass"].isel(seed=0).sel(alpha=settings["alpha"])
        shares = ", ".join(f"{sector} {float(mass.sel(sector=sector)):.2g}" for sector in SECTORS)
        shares = "T is 0" if float(np.abs(form["T"]).max()) == 0 else f"share of the norm of T: {shares}"
        chart |= schur_matrix.panel(form, network, settings).properties(title=_head("ordered Schur form T", shares))
    title = f"What the network {networks['task'].item()} loses without its nonnormal couplings"
    proof = networks.attrs.get("reproduction")
    proof = "no recorded outputs" if proof is None else f"recorded outputs reproduced to {proof:.0e}"
    subtitle = [
        f"N = {networks['width'].item()} {networks.attrs['activation']} units, leak {networks.attrs['leak']:g}, "
        f"{'with' if 'b_h' in networks else 'no'} biases, {proof}; intact {metric.label} {intact:.4g}.",
        f"Solid circle and lines: the cut at α = {settings['alpha']:g}; dashed circle: modulus ρ.",
    ]
    if "warning" in networks.attrs:
        subtitle.insert(0, f"Warning: {networks.attrs['warning']}.")
    return style.styled(chart.resolve_scale(color="independent", shape="independent"), title, subtitle)


def _effects(ablation, metric, settings):
    shown = _some([float(alpha) for alpha in ablation["alpha"].values], settings["alpha"])
    alphas = [f"{alpha:g}" for alpha in shown]
    records = [
        {
            "removed": removed_name(removed),
            "alpha": f"{alpha:g}",
            "value": _drawn(float(ablation[metric.name].sel(removed=removed, alpha=alpha)), metric),
            "empty": "empty" if ablation["empty"].sel(removed=removed, alpha=alpha) == 1 else "",
            "mass": ablation["removed_mass"].sel(removed=removed, alpha=alpha),
            "n_R": ablation["n_R"].sel(alpha=alpha),
            "cut": "fragile" if ablation["fragile"].sel(alpha=alpha) == 1 else "sound",
        }
        for removed in REMOVED
        for alpha in shown
    ]
    names = [removed_name(removed) for removed in REMOVED]
    scale, axis = _scale([record["value"] for record in records if math.isfinite(record["value"])] or [1.0], metric)
    colours, shapes = style.CATEGORIES[: len(alphas)], SHAPES[: len(alphas)]
    legend = alt.Legend(title="α (open: the cut is fragile)", orient="bottom", columns=5)
    colour = alt.Color("alpha:N", scale=alt.Scale(domain=alphas, range=colours), sort=alphas, legend=legend)
    base = alt.Chart(style.inline(records)).encode(
        x=alt.X(
            "value:Q", title=metric.label + ("" if metric.higher_is_better else " (log scale)"), scale=scale, axis=axis
        ),
        y=alt.Y("removed:N", sort=names, title="removed", axis=alt.Axis(grid=True)),
        yOffset=alt.YOffset("alpha:N", sort=alphas),
        color=colour,
        shape=alt.Shape("alpha:N", scale=alt.Scale(domain=alphas, range=shapes), sort=alphas, legend=legend),
        tooltip=["removed:N", "alpha:N", "value:Q", "mass:Q", "n_R:Q", "cut:N"],
    )
    sound = base.transform_filter("datum.cut == 'sound'").mark_point(size=55, filled=True, opacity=1)
    fragile = base.transform_filter("datum.cut == 'fragile'").mark_point(size=55, strokeWidth=1.6, opacity=1)
    intact = alt.Chart(style.inline(records[:1])).mark_rule(color=style.GREY, strokeDash=[4, 3])
    sizes = ", ".join(f"{int(ablation['n_R'].sel(alpha=alpha))} at {alpha:g}" for alpha in shown if records)
    empty = base.transform_filter("datum.empty").mark_text(fontSize=10).encode(x=alt.value(22), text="empty:N")
    chart = intact.encode(x=alt.X("value:Q", scale=scale)) + sound + fragile + empty
    return chart.properties(width=SIZE, height=SIZE, title=_head("effect of each removed set", f"n_R = {sizes}"))


def _some(alphas: list[float], needed: float) -> list[float]:
    """At most as many alphas as there are shapes, the one that is shown elsewhere among them."""
    if len(alphas) <= len(SHAPES):
        return alphas
    spread = {alphas[round(i * (len(alphas) - 1) / (len(SHAPES) - 2))] for i in range(len(SHAPES) - 1)}
    return sorted(spread | {needed})


def _scale(values, metric):
    """Scale and axis of the effect, with room on both sides."""
    if not metric.higher_is_better:
        domain = [min(values) / MARGIN, max(values) * MARGIN]
        return alt.Scale(type="log", domain=domain, nice=False), alt.Axis(format="~g", tickCount=5)
    return alt.Scale(domain=[min(*values, 0.95) - 0.05, 1.03], nice=False), alt.Axis(tickCount=5)


def _head(title, note):
    return alt.TitleParams(title, subtitle=[note], fontSize=12)


def _drawn(value: float, metric) -> float:
    return value if metric.higher_is_better or not math.isfinite(value) else max(value, LEAST)
