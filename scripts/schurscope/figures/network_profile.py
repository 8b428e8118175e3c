"""One network on one page: what it loses with each removed set, its spectrum, its Schur form."""

import math

import altair as alt

from schurscope.ablation import REMOVED
from schurscope.figures import schur_matrix, spectra, style
from schurscope.schur import SECTORS

TITLES = {"accuracy": "replay accuracy", "fvu": "FVU (log scale)"}
COLOURS = ("#004488", "#BB5566", "#DDAA33", "#000000", "#888888")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
SIZE, MARGIN = 300, 1.4
LEAST_FVU = 1e-8  # what is smaller is drawn as this


def draw(datasets, settings):
    """Left, every removed set at every alpha (one shape each); right, spectrum and Schur form at the chosen alpha."""
    networks, schur, ablation = (datasets[kind][0] for kind in ("networks", "schur", "ablation"))
    network, form = networks.isel(seed=0), schur.isel(seed=0)
    metric = "accuracy" if "accuracy" in ablation else "fvu"
    intact = float(ablation[metric].isel(seed=0, alpha=0).sel(removed="none"))
    chart = alt.hconcat(_effects(ablation.isel(seed=0), metric), spacing=30)
    if form["status"] == "ok":
        rho = f"spectral radius ρ = {float(form['modulus'].max()):.3g}"
        chart |= spectra.panel([schur], settings).properties(width=SIZE, height=SIZE, title=_head("spectrum", rho))
        mass = ablation["mass"].isel(seed=0).sel(alpha=settings["alpha"])
        shares = "share of the norm of T: " + ", ".join(
            f"{sector} {float(mass.sel(sector=sector)):.2g}" for sector in SECTORS
        )
        chart |= schur_matrix.panel(form, network, settings).properties(title=_head("ordered Schur form T", shares))
    title = f"What the network {networks['task'].item()} loses without its nonnormal couplings"
    subtitle = [
        f"N = {networks['width'].item()}, intact {style.METRIC_NAMES[metric]} {intact:.4g}.",
        f"Solid circle and red lines: the cut at α = {settings['alpha']:g}.",
    ]
    return style.styled(chart.resolve_scale(color="independent", shape="independent"), title, subtitle)


def _effects(ablation, metric):
    alphas = [f"{alpha:g}" for alpha in ablation["alpha"].values]
    records = [
        {
            "removed": style.removed_name(removed),
            "alpha": f"{alpha:g}",
            "value": _drawn(float(ablation[metric].sel(removed=removed, alpha=alpha)), metric),
            "mass": ablation["removed_mass"].sel(removed=removed, alpha=alpha),
            "n_R": ablation["n_R"].sel(alpha=alpha),
        }
        for removed in REMOVED
        for alpha in ablation["alpha"].values
    ]
    names = [style.removed_name(removed) for removed in REMOVED]
    values = [record["value"] for record in records if math.isfinite(record["value"])] or [1.0]
    scale = alt.Scale(domain=[0, 1])
    if metric == "fvu":
        scale = alt.Scale(type="log", domain=[min(values) / MARGIN, max(values) * MARGIN], nice=False)
    colours = [COLOURS[i % len(COLOURS)] for i in range(len(alphas))]
    shapes = [SHAPES[i % len(SHAPES)] for i in range(len(alphas))]
    rows = alt.Y("removed:N", sort=names, title="removed", axis=alt.Axis(grid=True))
    legend = alt.Legend(title="α", orient="bottom", columns=5)
    points = (
        alt.Chart(style.inline(records))
        .mark_point(size=60, strokeWidth=1.6, opacity=0.9)
        .encode(
            x=alt.X("value:Q", title=TITLES[metric], scale=scale),
            y=rows,
            yOffset=alt.YOffset("alpha:N", sort=alphas),
            color=alt.Color("alpha:N", scale=alt.Scale(domain=alphas, range=colours), sort=alphas, legend=legend),
            shape=alt.Shape("alpha:N", scale=alt.Scale(domain=alphas, range=shapes), sort=alphas, legend=legend),
            tooltip=["removed:N", "alpha:N", "value:Q", "mass:Q", "n_R:Q"],
        )
    )
    sizes = ", ".join(f"{int(n_R)} at {alpha}" for n_R, alpha in zip(ablation["n_R"].values, alphas, strict=True))
    return points.properties(width=SIZE, height=SIZE, title=_head("effect of each removed set", f"n_R = {sizes}"))


def _head(title, note):
    return alt.TitleParams(title, subtitle=[note], fontSize=12)


def _drawn(value: float, metric: str) -> float:
    return value if metric == "accuracy" else max(value, LEAST_FVU)
