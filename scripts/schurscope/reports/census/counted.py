"""How many networks there are of each group, solved and diverged."""

import xarray as xr

from schurscope.reports.census.measures import PLACE


def groups(networks: xr.Dataset) -> list[dict]:
    """A row a task, width and start, in the dataset's order."""
    table = networks[[*PLACE, "status", "solved"]].to_dataframe()
    return [
        dict(zip(PLACE, place, strict=True))
        | {
            "networks": len(own),
            "solved": int((own["solved"] == 1).sum()),
            "diverged": int((own["status"] == "diverged").sum()),
        }
        for place, own in table.groupby(PLACE, sort=False)
    ]
