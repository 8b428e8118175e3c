"""The page on epsilon-stabilizers: its question, its columns a network and sector, its answer in words."""

from schurscope.reports.labels import init_name
from schurscope.reports.trust.shares import count

QUESTION = "What may go?"
COLUMNS = {
    "discrepancy": lambda d: d["discrepancy"],
    "candidate": lambda d: d["candidate"],
}


def answer(datasets, table, found) -> str:
    attributes = datasets[0].attrs
    rows = [row for row in found.to_dict("records") if count(row["candidate"]) > 0]
    words = [
        f"−{r['sector']} in {r['task']}, N = {r['width']}, {init_name(r['init'])} ({r['candidate']})" for r in rows
    ]
    return (
        "Candidate approximate functional invariances, as the paper defines them (discrepancy at most"
        f" {attributes['epsilon']:g}, removed mass at least {attributes['mass']:g}): {'; '.join(words) or 'none'}."
    )
