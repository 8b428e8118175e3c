"""Which removals are epsilon-stabilizers of which network, and which blocks are candidate functional invariances?

Draeger 2026, section 2: S is an epsilon-stabilizer if the rollout discrepancy of the ablated network is at most
epsilon; a block is a candidate approximate functional invariance if its discrepancy is small while its mass is not
negligible.
"""

import numpy as np

NEEDS = ("ablation",)
PROPERTIES = {
    "epsilons": {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"type": "number", "minimum": 0, "maximum": 1e30},
        "default": [0.001, 0.01, 0.1],
    },
    "epsilon": {"type": "number", "minimum": 0, "maximum": 1e30, "default": 0.01},
    "mass": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.05},
}
VARIABLES = {
    "discrepancy": (("alpha", "removed"), "rollout discrepancy from the intact network"),
    "removed_mass": (("alpha", "removed"), "Frobenius norm of what is removed over that of T"),
    "stabilizer": (("alpha", "removed", "epsilon"), "1 if the discrepancy is at most epsilon"),
    "candidate": (
        ("alpha", "removed"),
        "1 if the discrepancy is at most `epsilon` and the removed mass at least `mass`",
    ),
}


def coordinates(settings) -> dict:
    return {"epsilon": sorted(settings["epsilons"])}


def measure(ablation, settings) -> dict:
    """``ablation``: one network of an ablation dataset; the verdicts rest on its numbers, nothing is run again."""
    discrepancy, mass = ablation["discrepancy"].values, ablation["removed_mass"].values
    epsilons = np.array(sorted(settings["epsilons"]))
    small = discrepancy <= settings["epsilon"]
    return {
        "discrepancy": discrepancy,
        "removed_mass": mass,
        "stabilizer": (discrepancy[..., None] <= epsilons).astype(float),
        "candidate": (small & (mass >= settings["mass"])).astype(float),
    }
