"""Eigenvalues in the complex plane, in units of the spectral radius, with the cut."""

import altair as alt
import numpy as np

from schurscope.reports.figures import style
from schurscope.reports.labels import init_name
from schurscope.schur import split

SHOWS = "task"
MADE_FROM = ("schur",)
CATEGORY = "Spectra and Schur forms"
CALLED = "spectra"
CAPTION = (
    "Eigenvalues of the recurrent matrices of task {task} over their spectral radius. Solid circle: the cut. Shapes:"
    " seeds. Numbers: eigenvalues of a network that lie together."
)
COLOURS = {"R (leading)": style.DARK, "C (complement)": style.LIGHT}
NEAR, SEVERAL, AWAY = 0.06, 3, 0.2  # in units of the spectral radius; a number of eigenvalues
SEED_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "stroke")


def draw(datasets, settings):
    """A row a width, a column a construction; the networks of a panel differ in shape."""
    blocks = datasets["schur"]
    rows = {}
    for block in blocks:
        rows.setdefault(int(block["width"]), {}).setdefault(block["init"].item(), []).append(block)
    panels = [alt.hconcat(*[panel(parts, settings) for parts in row.values()], spacing=15) for row in rows.values()]
    subtitle = [
        f"Eigenvalues over the spectral radius ρ; solid circle: the cut α = {settings['alpha']:g}; dashed: modulus ρ.",
        f"Numbers: so many eigenvalues of a network lie together (at least {SEVERAL} within {NEAR:g} ρ).",
    ]
    return style.styled(alt.vconcat(*panels, spacing=20), f"Spectra, task {blocks[0]['task'].item()}", subtitle)


def panel(parts, settings):
    """The spectra of networks of one width and construction; with one network, no legend of seeds."""
    records, radii, cuts = [], [], []
    for block in parts:
        for network in (block.sel(seed=seed) for seed in block["seed"].values):
            if network["status"] != "ok":
                continue
            modulus = network["modulus"].values
            rho = modulus.max()
            unit = rho or 1.0  # there is nothing to divide by where all eigenvalues are 0
            radii.append(rho)
            leading = np.arange(len(modulus)) < split.leading(modulus, settings["alpha"])
            cuts.append(split.fragile(modulus, settings["alpha"], settings["near"]))
            for real, imaginary, inside in zip(
                network["eigenvalue_real"].values, network["eigenvalue_imag"].values, leading, strict=True
            ):
                records.append(
                    {
                        "re": real / unit,
                        "im": imaginary / unit,
                        "seed": str(int(network["seed"])),
                        "group": list(COLOURS)[0 if inside else 1],
                    }
                )
    several = _several(records)
    reach = 1.34 if several else 1.1
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    axis = alt.Axis(values=[-1, -0.5, 0, 0.5, 1], grid=False)
    seeds = sorted({record["seed"] for record in records}, key=int)
    shapes = [SEED_SHAPES[i % len(SEED_SHAPES)] for i in range(len(seeds))]
    x = alt.X("re:Q", scale=scale, axis=axis, title="Re λ / ρ")
    y = alt.Y("im:Q", scale=scale, axis=axis, title="Im λ / ρ")
    points = (
        alt.Chart(style.inline(records))
        .mark_point(size=18, strokeWidth=1.1, opacity=0.9)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "group:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), title="group"
            ),
            shape=alt.Shape(
                "seed:N",
                scale=alt.Scale(domain=seeds, range=shapes),
                legend=alt.Legend(title="seed") if len(seeds) > 1 else None,
            ),
            tooltip=["re:Q", "im:Q", "seed:N", "group:N"],
        )
    )
    width, init = parts[0]["width"].item(), parts[0]["init"].item()
    span = f"ρ = {min(radii):.3f}" + (f" to {max(radii):.3f}" if len(radii) > 1 else "") if radii else "all diverged"
    fragile = f"cut fragile in {sum(cuts)} of {len(cuts)}"
    notes = [f"n = {len(radii)}, {span}", *([fragile] if any(cuts) else [])]
    head = alt.TitleParams(f"N = {width}, {init_name(init)}", subtitle=notes, fontSize=12)
    counts = alt.Chart(style.inline(several)).mark_text(fontSize=10, fontWeight="bold", color=style.INK)
    circles = style.circle(1.0, [4, 3], x, y) + style.circle(settings["alpha"], [1, 0], x, y)
    chart = circles + points + counts.encode(x=x, y=y, text="count:N")
    return chart.properties(width=210, height=210, title=head)


def _several(records: list[dict]) -> list[dict]:
    """Where at least SEVERAL eigenvalues of a network lie within NEAR of one another: how many, beside them.

    From the least to the most over networks, where they differ.
    """
    centres: dict[complex, dict] = {}
    for record in records:
        value = complex(record["re"], record["im"])
        centre = next((one for one in centres if abs(one - value) < NEAR), value)
        own = centres.setdefault(centre, {})
        own[record["seed"]] = own.get(record["seed"], 0) + 1
    found = []
    for centre, own in centres.items():
        if max(own.values()) >= SEVERAL:
            away = centre + AWAY * (centre / abs(centre) if abs(centre) > AWAY else 1j)
            low, high = min(own.values()), max(own.values())
            count = f"{low}" if low == high else f"{low}–{high}"
            found.append({"re": away.real, "im": away.imag, "count": count})
    return found
