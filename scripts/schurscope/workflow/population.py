"""The part of the plan that is about all networks at once: which files a dataset has, and what each is made of."""

from schurscope.workflow import plan

TRAINED = ("networks", "schur", "ablation")
OF_CIRCUITS = ("atlas", "circuit")


def kinds(config: dict) -> list[str]:
    """The files of a dataset, by what they are called."""
    return [*TRAINED, *(OF_CIRCUITS if plan.circuit_blocks(config) else ()), *plan.diagnostics(config)]


def files(config: dict) -> list[str]:
    """The paths of a dataset's files."""
    return [f"{config['folders']['results']}/dataset/{kind}.nc" for kind in kinds(config)]


def blocks(config: dict, kind: str) -> dict[str, list[str]]:
    """What one of them is made of: ``blocks``; ``schur`` beside the grid, whose fragile cuts are marked."""
    if kind in OF_CIRCUITS:
        return {"blocks": plan.of_circuits(config | {"circuits": config["circuits"] | {"controls": []}}, kind)}
    found = {"blocks": [path for label in plan.labels(config) for path in plan.paths(config, kind, label)]}
    if kind == "ablation":
        found["schur"] = [path for label in plan.labels(config) for path in plan.paths(config, "schur", label)]
    return found


def settings(config: dict, kind: str) -> str:
    """What it depends on besides these."""
    contract = "analysis" if kind in plan.diagnostics(config) else kind
    return plan.canonical({"contract": contract} | ({"near": plan.near(config)} if kind == "ablation" else {}))
