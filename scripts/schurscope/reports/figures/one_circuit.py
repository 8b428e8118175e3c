"""The circuit of one network: what is kept, and how many numbers are left beside other coordinates."""

import altair as alt

from schurscope.reports.figures import circuit_numbers, circuit_picture, style
from schurscope.store.netcdf import basis_of


def draw(datasets, settings):
    """The picture and, with other bases, the numbers; ``datasets``: those of one network."""
    parts = (datasets["networks"][0], datasets["schur"][0], datasets["circuit"][0])
    charts = [circuit_picture.panel(*(part.isel(seed=0) for part in parts))]
    if any(basis_of(circuit) != "schur" for circuit in datasets["circuit"]):
        charts.append(circuit_numbers.chart(datasets["circuit"]))
    name = parts[0]["task"].item()
    return style.styled(alt.hconcat(*charts, spacing=40), f"The circuit of {name}", circuit_picture.READING)
